#include "config/group_config.h"

#include <algorithm>
#include <cstdint>
#include <iterator>
#include <string_view>
#include <utility>
#include <vector>

#include "base/assert.h"

namespace moldau::config {
namespace {

/// A group configuration and the broker configurations that bound it; an empty name is no bound.
struct Bounds {
  std::string_view name;
  std::string_view min;
  std::string_view max;
  bool only_if_set = false;
};

constexpr Bounds kBounds[] = {
    {"consumer.heartbeat.interval.ms", "group.consumer.min.heartbeat.interval.ms",
     "group.consumer.max.heartbeat.interval.ms"},
    {"consumer.session.timeout.ms", "group.consumer.min.session.timeout.ms",
     "group.consumer.max.session.timeout.ms"},
    {"consumer.assignment.interval.ms", "group.consumer.min.assignment.interval.ms",
     "group.consumer.max.assignment.interval.ms", true},
    {"share.heartbeat.interval.ms", "group.share.min.heartbeat.interval.ms",
     "group.share.max.heartbeat.interval.ms"},
    {"share.session.timeout.ms", "group.share.min.session.timeout.ms", "group.share.max.session.timeout.ms"},
    {"share.record.lock.duration.ms", "group.share.min.record.lock.duration.ms",
     "group.share.max.record.lock.duration.ms"},
    {"share.delivery.count.limit", "group.share.min.delivery.count.limit",
     "group.share.max.delivery.count.limit"},
    {"share.partition.max.record.locks", "group.share.min.partition.max.record.locks",
     "group.share.max.partition.max.record.locks"},
    {"share.assignment.interval.ms", "group.share.min.assignment.interval.ms",
     "group.share.max.assignment.interval.ms", true},
    {"streams.heartbeat.interval.ms", "group.streams.min.heartbeat.interval.ms",
     "group.streams.max.heartbeat.interval.ms"},
    {"streams.session.timeout.ms", "group.streams.min.session.timeout.ms",
     "group.streams.max.session.timeout.ms"},
    {"streams.num.standby.replicas", {}, "group.streams.max.standby.replicas"},
    {"streams.assignment.interval.ms", "group.streams.min.assignment.interval.ms",
     "group.streams.max.assignment.interval.ms", true},
};

std::unexpected<Error> invalid(std::string message) {
  return fail(ErrorCode::kInvalidConfig, std::move(message));
}

using Values = std::map<std::string_view, Value>;

std::int64_t i64(const Values& values, std::string_view name) {
  return std::get<std::int64_t>(values.find(name)->second);
}

Result<void> check_bounds(const BrokerConfig& broker, const Values& values, const Bounds& bounds) {
  const std::int64_t value = i64(values, bounds.name);
  if (!bounds.min.empty() && value < std::get<std::int64_t>(broker.value(bounds.min))) {
    return invalid(std::string(bounds.name) + " must be greater than or equal to " + std::string(bounds.min));
  }
  if (value > std::get<std::int64_t>(broker.value(bounds.max))) {
    return invalid(std::string(bounds.name) + " must be less than or equal to " + std::string(bounds.max));
  }
  return {};
}

Result<void> check_names(const std::map<std::string, std::optional<std::string>>& overrides) {
  std::string nulls;
  for (const auto& [name, text] : overrides) {
    if (text) continue;
    if (!nulls.empty()) nulls.push_back(',');
    nulls.append(name);
  }
  if (!nulls.empty()) return invalid("Null value not supported for group configs: " + nulls);
  for (const auto& [name, text] : overrides) {
    if (find_key(ResourceType::kGroup, name) == nullptr) return invalid("Unknown group config name: " + name);
  }
  return {};
}

}  // namespace

Result<void> validate_group_overrides(const BrokerConfig& broker,
                                      const std::map<std::string, std::optional<std::string>>& overrides) {
  if (auto checked = check_names(overrides); !checked) return checked;
  Values values;
  for (const ConfigKey& key : keys_of(ResourceType::kGroup)) {
    const auto given = overrides.find(std::string(key.name));
    if (given == overrides.end()) {
      values.emplace(key.name, broker.group_default(key));
      continue;
    }
    auto value = parse_value(key, *given->second);
    if (!value) return fail(std::move(value).error());
    values.emplace(key.name, *std::move(value));
  }
  for (const Bounds& bounds : kBounds) {
    if (bounds.only_if_set && !overrides.contains(std::string(bounds.name))) continue;
    if (auto checked = check_bounds(broker, values, bounds); !checked) return checked;
  }
  for (const char* prefix : {"consumer.", "share.", "streams."}) {
    std::string session(prefix);
    session.append("session.timeout.ms");
    std::string heartbeat(prefix);
    heartbeat.append("heartbeat.interval.ms");
    if (i64(values, session) <= i64(values, heartbeat)) {
      return invalid(session.append(" must be greater than ").append(heartbeat));
    }
  }
  return {};
}

std::int64_t group_value(const BrokerConfig& broker,
                         const std::map<std::string, std::string, std::less<>>* overrides,
                         std::string_view name) {
  const ConfigKey* key = find_key(ResourceType::kGroup, name);
  require(key != nullptr, "a group has the configuration");
  const auto fallback = std::get<std::int64_t>(broker.group_default(*key));
  if (overrides == nullptr) return fallback;
  const auto given = overrides->find(name);
  if (given == overrides->end()) return fallback;
  const auto parsed = parse_value(*key, given->second);
  if (!parsed) return fallback;
  auto value = std::get<std::int64_t>(*parsed);
  const auto* bounds = std::ranges::find(kBounds, name, &Bounds::name);
  if (bounds == std::end(kBounds)) return value;
  // The broker's limits may be others than when the override was made.
  value = std::min(value, std::get<std::int64_t>(broker.value(bounds->max)));
  if (!bounds->min.empty()) value = std::max(value, std::get<std::int64_t>(broker.value(bounds->min)));
  return value;
}

}  // namespace moldau::config
