#include "config/dynamic_config.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "config/synonyms.h"
#include "config/topic_config.h"

namespace moldau::config {
namespace {

/// Keys and certificates: a broker changes them per listener only.
constexpr std::array<std::string_view, 10> kSecurity = {
    "ssl.keystore.type",       "ssl.keystore.location",
    "ssl.keystore.password",   "ssl.key.password",
    "ssl.truststore.type",     "ssl.truststore.location",
    "ssl.truststore.password", "ssl.keystore.certificate.chain",
    "ssl.keystore.key",        "ssl.truststore.certificates",
};

constexpr std::array<std::string_view, 3> kClusterLevelOfListeners = {
    "max.connections", "max.connection.creation.rate", "num.network.threads"};

template <std::size_t N>
bool contains(const std::array<std::string_view, N>& names, std::string_view name) {
  return std::ranges::find(names, name) != names.end();
}

bool is_fixed(std::string_view name) {
  return find_key(ResourceType::kBroker, name) != nullptr && find_dynamic_key(name) == nullptr;
}

bool is_unprefixed_security(std::string_view name) {
  return contains(kSecurity, name);
}

bool is_per_broker(std::string_view name) {
  const ConfigKey* key = find_dynamic_key(name);
  if (key != nullptr) return key->update == Update::kPerBroker;
  const std::string_view base = listener_base_name(name);
  return !base.empty() && !contains(kClusterLevelOfListeners, base);
}

Result<void> check_type(std::string_view name, std::string_view text) {
  const std::string_view base = listener_base_name(name);
  const ConfigKey* key = find_dynamic_key(base.empty() ? name : base);
  if (key == nullptr) return {};
  if (auto value = parse_value(*key, text); !value) return fail(std::move(value).error());
  return {};
}

/// Fails with `sentence` and the names that `is_wrong` picks.
template <class Predicate>
Result<void> forbid(const Properties& properties, std::string sentence, Predicate is_wrong) {
  std::string names;
  for (const auto& [name, text] : properties) {
    if (!is_wrong(name)) continue;
    if (!names.empty()) names.append(", ");
    names.append(name);
  }
  if (names.empty()) return {};
  return fail(ErrorCode::kInvalidConfig, sentence.append(": [").append(names).append("]"));
}

std::int64_t i64(const BrokerConfig& config, std::string_view name) {
  return std::get<std::int64_t>(config.value(name));
}

/// What Apache Kafka says when a part of the broker refuses a configuration.
std::unexpected<Error> refused(const std::string& why) {
  return fail(ErrorCode::kInvalidConfig, "Invalid value org.apache.kafka.common.config.ConfigException: " +
                                             why + " for configuration Invalid dynamic configuration");
}

/// A number of threads at most halves and doubles at once.
Result<void> check_thread_count(std::string_view name, std::int64_t before, std::int64_t after) {
  const std::string why = "Dynamic thread count update validation failed for " + std::string(name) + "=" +
                          std::to_string(after) + ", value should ";
  if (after < before / 2)
    return refused(why + "be at least half the current value " + std::to_string(before));
  if (after > before * 2)
    return refused(why + "not be greater than double the current value " + std::to_string(before));
  return {};
}

Result<void> check_thread_counts(const BrokerConfig& current, const BrokerConfig& next,
                                 std::span<const std::string_view> names) {
  for (const std::string_view name : names) {
    if (auto checked = check_thread_count(name, i64(current, name), i64(next, name)); !checked)
      return checked;
  }
  return {};
}

Result<void> check_cleaner_threads(const BrokerConfig& current, const BrokerConfig& next) {
  const std::int64_t before = i64(current, "log.cleaner.threads");
  const std::int64_t after = i64(next, "log.cleaner.threads");
  if (after < 1) return refused("Log cleaner threads should be at least 1");
  if (after < before / 2) {
    return refused("Log cleaner threads cannot be reduced to less than half the current value " +
                   std::to_string(before));
  }
  if (after > before * 2) {
    return refused("Log cleaner threads cannot be increased to more than double the current value " +
                   std::to_string(before));
  }
  return {};
}

/// With or without tiered storage.
Result<void> check_local_retention_of(const BrokerConfig& next, std::string_view kind) {
  const std::string name = "log.local.retention." + std::string(kind);
  const std::string whole_name = "log.retention." + std::string(kind);
  const ConfigKey& of_topics = *find_key(ResourceType::kTopic, "retention." + std::string(kind));
  const auto checked =
      check_local_retention({.name = name,
                             .value = i64(next, name),
                             .whole_name = whole_name,
                             .whole = std::get<std::int64_t>(next.topic_default(of_topics))});
  if (!checked) return refused(checked.error().message);
  return {};
}

/// Only where something about it changes.
Result<void> check_local_retentions(const BrokerConfig& current, const BrokerConfig& next) {
  const auto same = [&](std::string_view name) { return current.value(name) == next.value(name); };
  if (same("log.retention.ms") && same("log.retention.minutes") && same("log.retention.hours") &&
      same("log.retention.bytes") && same("log.local.retention.ms") && same("log.local.retention.bytes"))
    return {};
  if (auto checked = check_local_retention_of(next, "ms"); !checked) return checked;
  return check_local_retention_of(next, "bytes");
}

/// What the listeners of a broker refuse.
Result<void> check_listeners(const BrokerConfig& current, const BrokerConfig& next) {
  constexpr std::string_view kThreads = "num.network.threads";
  for (const Endpoint& endpoint : next.listeners.all) {
    if (next.listeners.is_controller(endpoint.listener)) continue;
    const auto number = [&endpoint](const BrokerConfig& config, std::string_view name) {
      return std::get<std::int64_t>(config.listener_value(endpoint.listener, name));
    };
    for (const std::string_view name : {"max.connections", "max.connection.creation.rate"}) {
      const std::int64_t after = number(next, name);
      if (after <= 0 && after != number(current, name))
        return refused("Invalid " + std::string(name) + " " + std::to_string(after));
    }
    if (auto checked = check_thread_count(kThreads, number(current, kThreads), number(next, kThreads));
        !checked)
      return checked;
  }
  return {};
}

}  // namespace

Result<void> check_dynamic_change(const BrokerConfig& current, const BrokerLayers& next, DynamicScope scope) {
  const bool is_default = scope == DynamicScope::kClusterDefault;
  const Properties& altered = is_default ? next.dynamic_default : next.dynamic_broker;
  if (auto checked = validate_dynamic(altered, scope); !checked) return checked;
  const auto resolved = BrokerConfig::resolve(next);
  if (!resolved) return fail(resolved.error());
  constexpr std::array<std::string_view, 4> kPools = {
      "num.io.threads", "num.replica.fetchers", "num.recovery.threads.per.data.dir", "background.threads"};
  constexpr std::array<std::string_view, 4> kRemotePools = {
      "remote.log.manager.copier.thread.pool.size", "remote.log.manager.expiration.thread.pool.size",
      "remote.log.manager.follower.thread.pool.size", "remote.log.reader.threads"};
  if (auto checked = check_listeners(current, *resolved); !checked) return checked;
  if (auto checked = check_thread_counts(current, *resolved, kPools); !checked) return checked;
  if (auto checked = check_local_retentions(current, *resolved); !checked) return checked;
  if (auto checked = check_cleaner_threads(current, *resolved); !checked) return checked;
  return check_thread_counts(current, *resolved, kRemotePools);
}

Result<void> validate_dynamic(const Properties& properties, DynamicScope scope) {
  if (auto checked = forbid(properties, "Cannot update these configs dynamically", is_fixed); !checked) {
    return checked;
  }
  if (auto checked = forbid(properties,
                            "These security configs can be dynamically updated only per-listener using the "
                            "listener prefix",
                            is_unprefixed_security);
      !checked) {
    return checked;
  }
  for (const auto& [name, text] : properties) {
    if (auto checked = check_type(name, text); !checked) return checked;
  }
  if (scope == DynamicScope::kPerBroker) return {};
  return forbid(properties,
                "Cannot update these configs at default cluster level, broker id must be specified",
                is_per_broker);
}

Properties usable_dynamic(const Properties& properties, DynamicScope scope,
                          std::vector<std::string>& ignored) {
  Properties usable;
  for (const auto& [name, text] : properties) {
    const bool wrong_scope = scope == DynamicScope::kClusterDefault && is_per_broker(name);
    if (is_fixed(name) || is_unprefixed_security(name) || wrong_scope || !check_type(name, text)) {
      ignored.push_back(name);
    } else {
      usable.emplace(name, text);
    }
  }
  return usable;
}

}  // namespace moldau::config
