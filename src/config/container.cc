#include "config/container.h"

#include <algorithm>
#include <array>
#include <cstddef>

namespace moldau::config {
namespace {

constexpr std::string_view kPrefix = "KAFKA_";
/// What the image formats with when it is told no other.
constexpr std::string_view kClusterId = "5L6g3nShT-eMCtK--X86sw";

constexpr std::array<std::string_view, 11> kScriptVariables = {
    "KAFKA_VERSION",       "KAFKA_HEAP_OPTS",
    "KAFKA_LOG4J_OPTS",    "KAFKA_OPTS",
    "KAFKA_JMX_OPTS",      "KAFKA_JVM_PERFORMANCE_OPTS",
    "KAFKA_GC_LOG_OPTS",   "KAFKA_LOG4J_ROOT_LOGLEVEL",
    "KAFKA_LOG4J_LOGGERS", "KAFKA_TOOLS_LOG4J_LOGLEVEL",
    "KAFKA_JMX_HOSTNAME"};

std::string_view value_of(const Environment& environment, std::string_view name) {
  const auto found = environment.find(name);
  return found == environment.end() ? std::string_view() : std::string_view(found->second);
}

char lower(char c) {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

bool is_blank(std::string_view text) {
  return std::ranges::all_of(text, [](char c) { return static_cast<unsigned char>(c) <= ' '; });
}

/// From each "://" to the next colon stands 0.0.0.0 afterwards.
std::string with_any_host(std::string_view listeners) {
  std::string result;
  while (true) {
    const std::size_t host = listeners.find("://");
    if (host == std::string_view::npos) break;
    const std::size_t colon = listeners.find(':', host + 3);
    if (colon == std::string_view::npos) break;
    result += listeners.substr(0, host + 3);
    result += "0.0.0.0";
    listeners.remove_prefix(colon);
  }
  result += listeners;
  return result;
}

}  // namespace

std::optional<std::string> property_of_variable(std::string_view name) {
  if (!name.starts_with(kPrefix) || std::ranges::find(kScriptVariables, name) != kScriptVariables.end())
    return std::nullopt;
  name.remove_prefix(kPrefix.size());
  std::string property;
  while (!name.empty()) {
    // Three at a time from the left, then two. Points that stand in the name already count like those to be.
    const std::size_t points = std::min(name.find_first_not_of("_."), name.size());
    property.append(points / 3, '-');
    if (points % 3 != 0) property.push_back(points % 3 == 2 ? '_' : '.');
    name.remove_prefix(points);
    const std::size_t others = std::min(name.find_first_of("_."), name.size());
    for (const char c : name.substr(0, others))
      property.push_back(lower(c));
    name.remove_prefix(others);
  }
  return property;
}

Result<void> prepare_container(Environment& environment) {
  if (value_of(environment, "CLUSTER_ID").empty()) environment["CLUSTER_ID"] = kClusterId;
  const std::string_view advertised = value_of(environment, "KAFKA_ADVERTISED_LISTENERS");
  if (value_of(environment, "KAFKA_PROCESS_ROLES") == "controller") {
    if (!advertised.empty()) {
      return fail(ErrorCode::kInvalidConfig,
                  "KAFKA_ADVERTISED_LISTENERS is not supported on a KRaft controller.");
    }
    environment.erase("KAFKA_ADVERTISED_LISTENERS");
  } else if (value_of(environment, "KAFKA_LISTENERS").empty() && !advertised.empty()) {
    environment["KAFKA_LISTENERS"] = with_any_host(advertised);
  }
  return {};
}

std::string container_properties(const Environment& environment, std::optional<std::string_view> mounted,
                                 std::string_view defaults) {
  std::string text(mounted.value_or(""));
  text += '\n';
  for (const auto& [name, value] : environment) {
    const auto property = property_of_variable(name);
    if (!property) continue;
    text += *property + "=" + value + "\n";
  }
  return is_blank(text) ? std::string(defaults) : text;
}

}  // namespace moldau::config
