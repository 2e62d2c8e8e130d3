#include <algorithm>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

#include "config/topic_config.h"
#include "config/topic_values.h"

namespace moldau::config {
namespace {

constexpr std::int64_t kUnlimited = -1;
constexpr std::int64_t kAsRetention = -2;

std::unexpected<Error> invalid(std::string message) {
  return fail(ErrorCode::kInvalidConfig, std::move(message));
}

std::int64_t i64(const TopicValues& values, std::string_view name) {
  return std::get<std::int64_t>(values.of(name));
}

bool flag(const TopicValues& values, std::string_view name) {
  return std::get<bool>(values.of(name));
}

Result<void> check_compaction_lag(const TopicValues& values) {
  const std::int64_t min = i64(values, "min.compaction.lag.ms");
  const std::int64_t max = i64(values, "max.compaction.lag.ms");
  if (min <= max) return {};
  return invalid("conflict topic config setting min.compaction.lag.ms (" + std::to_string(min) +
                 ") > max.compaction.lag.ms (" + std::to_string(max) + ")");
}

Result<void> check_local_retentions(const TopicValues& values) {
  const auto check = [&values](const std::string& whole_name, std::int64_t whole) {
    const std::string name = "local." + whole_name;
    return check_local_retention(
        {.name = name, .value = i64(values, name), .whole_name = whole_name, .whole = whole});
  };
  // Of sizes every negative number is without limit.
  const std::int64_t size = std::max(i64(values, "retention.bytes"), kUnlimited);
  if (auto checked = check("retention.bytes", size); !checked) return checked;
  return check("retention.ms", i64(values, "retention.ms"));
}

Result<void> check_copy_disabled(const TopicValues& values, const std::string& whole_name) {
  const std::int64_t local = i64(values, "local." + whole_name);
  if (!flag(values, "remote.log.copy.disable") || local == kAsRetention || local == i64(values, whole_name)) {
    return {};
  }
  return invalid(
      "When `remote.log.copy.disable` is set to true, the `local." + whole_name + "` and `" + whole_name +
      "` must be set to the identical value because there will be no more logs copied to the remote "
      "storage.");
}

Result<void> check_remote(const TopicValues& values, bool system_enabled) {
  if (!system_enabled) {
    return invalid(
        "Tiered Storage functionality is disabled in the broker. Topic cannot be configured with "
        "remote log storage.");
  }
  const auto& policy = std::get<StringList>(values.of("cleanup.policy"));
  if (!policy.empty() && (policy.size() != 1 || policy.front() != "delete")) {
    return invalid(
        "Remote log storage only supports topics with cleanup.policy=delete or cleanup.policy being an "
        "empty list.");
  }
  if (auto checked = check_local_retentions(values); !checked) return checked;
  if (auto checked = check_copy_disabled(values, "retention.bytes"); !checked) return checked;
  return check_copy_disabled(values, "retention.ms");
}

/// Remote storage may be turned off only together with its data.
Result<void> check_turned_off(const TopicValues& values, const Properties& existing) {
  const auto before = existing.find("remote.storage.enable");
  const auto* key = find_key(ResourceType::kTopic, "remote.storage.enable");
  if (before == existing.end() || flag(values, "remote.log.delete.on.disable")) return {};
  if (parse_type(*key, before->second) != Value(true)) return {};
  return invalid(
      "It is invalid to disable remote storage without deleting remote data. If you want to keep the "
      "remote data and turn to read only, please set `remote.storage.enable=true,"
      "remote.log.copy.disable=true`. If you want to disable remote storage and delete all remote data, "
      "please set `remote.storage.enable=false,remote.log.delete.on.disable=true`.");
}

bool remote_system_enabled(const BrokerConfig& broker) {
  return std::get<bool>(broker.value("remote.log.storage.system.enable"));
}

}  // namespace

Result<void> check_local_retention(const LocalRetention& local) {
  if (local.whole == kUnlimited || local.value == kAsRetention) return {};
  const std::string whole = std::to_string(local.whole);
  if (local.value == kUnlimited) {
    return invalid_value(
        local.name, std::to_string(local.value),
        "Value must not be -1 as " + std::string(local.whole_name) + " value is set as " + whole + ".");
  }
  if (local.value > local.whole) {
    return invalid_value(
        local.name, std::to_string(local.value),
        "Value must not be more than " + std::string(local.whole_name) + " property value: " + whole);
  }
  return {};
}

Result<void> validate_topic_overrides(const BrokerConfig& broker, const Properties& existing,
                                      const std::map<std::string, std::optional<std::string>>& overrides) {
  std::string nulls;
  for (const auto& [name, text] : overrides) {
    if (text) continue;
    if (!nulls.empty()) nulls.push_back(',');
    nulls.append(name);
  }
  if (!nulls.empty()) return invalid("Null value not supported for topic configs: " + nulls);
  for (const auto& [name, text] : overrides) {
    if (find_key(ResourceType::kTopic, name) == nullptr) return invalid("Unknown topic config name: " + name);
  }
  TopicValues values = TopicValues::of_broker(broker);
  for (const ConfigKey& key : keys_of(ResourceType::kTopic)) {
    const auto given = overrides.find(std::string(key.name));
    if (given == overrides.end()) continue;
    if (auto set = values.set(key, *given->second); !set) return set;
  }
  if (auto checked = check_compaction_lag(values); !checked) return checked;
  if (flag(values, "remote.storage.enable")) return check_remote(values, remote_system_enabled(broker));
  return check_turned_off(values, existing);
}

Result<void> check_topic_defaults(const BrokerConfig& broker) {
  const TopicValues values = TopicValues::of_broker(broker);
  for (const ConfigKey& key : keys_of(ResourceType::kTopic)) {
    if (auto checked = check_value(key, values.of(key.name)); !checked) return checked;
  }
  // Apache Kafka holds lags against each other when a broker starts, by its file.
  const BrokerLayers& layers = broker.layers();
  if (layers.dynamic_default.empty() && layers.dynamic_broker.empty()) {
    if (auto checked = check_compaction_lag(values); !checked) return checked;
  }
  return remote_system_enabled(broker) ? check_local_retentions(values) : Result<void>{};
}

}  // namespace moldau::config
