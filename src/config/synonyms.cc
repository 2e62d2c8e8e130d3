#include "config/synonyms.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <span>

namespace moldau::config {
namespace {

constexpr std::array<std::string_view, 2> kRoll = {"log.roll.ms", "log.roll.hours"};
constexpr std::array<std::string_view, 2> kRollJitter = {"log.roll.jitter.ms", "log.roll.jitter.hours"};
constexpr std::array<std::string_view, 2> kFlush = {"log.flush.interval.ms",
                                                    "log.flush.scheduler.interval.ms"};
constexpr std::array<std::string_view, 3> kRetention = {"log.retention.ms", "log.retention.minutes",
                                                        "log.retention.hours"};

/// Set per listener and mechanism: listener.name.<listener>.<mechanism>.<name>.
constexpr std::array<std::string_view, 5> kPerMechanism = {
    "sasl.jaas.config", "sasl.login.callback.handler.class", "sasl.login.class",
    "sasl.server.callback.handler.class", "connections.max.reauth.ms"};

std::vector<std::string> strings(std::span<const std::string_view> names) {
  return {names.begin(), names.end()};
}

bool contains(std::span<const std::string_view> names, std::string_view name) {
  return std::ranges::find(names, name) != names.end();
}

}  // namespace

std::string_view listener_base_name(std::string_view name) {
  constexpr std::string_view kPrefix = "listener.name.";
  if (!name.starts_with(kPrefix)) return {};
  const std::size_t dot = name.find('.', kPrefix.size());
  return dot == std::string_view::npos ? std::string_view{} : name.substr(dot + 1);
}

std::vector<std::string> broker_synonyms(std::string_view name, bool match_listener) {
  if (contains(kRoll, name)) return strings(kRoll);
  if (contains(kRollJitter, name)) return strings(kRollJitter);
  if (name == kFlush.front()) return strings(kFlush);
  if (contains(kRetention, name)) return strings(kRetention);
  if (match_listener) {
    const std::string_view base = listener_base_name(name);
    if (!base.empty()) {
      const auto mechanism =
          std::ranges::find_if(kPerMechanism, [&](auto key) { return base.ends_with(key); });
      return {std::string(name), std::string(mechanism == kPerMechanism.end() ? base : *mechanism)};
    }
  }
  return {std::string(name)};
}

}  // namespace moldau::config
