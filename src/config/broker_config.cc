#include "config/broker_config.h"

#include <algorithm>
#include <cstddef>
#include <utility>

#include "base/assert.h"
#include "config/address.h"
#include "config/resolve.h"
#include "config/synonyms.h"

namespace moldau::config {
namespace {

constexpr std::int64_t kMsPerMinute = 60'000;
constexpr std::int64_t kMsPerHour = 3'600'000;

/// Dynamic values replace the weaker and stronger spellings of the same setting, too.
void lay_over(Properties& originals, const Properties& layer) {
  for (const auto& [name, text] : layer) {
    for (const std::string& synonym : broker_synonyms(name, false))
      originals.erase(synonym);
    originals.insert_or_assign(name, text);
  }
}

void fill_synonym(Properties& properties, const std::string& missing, const std::string& given) {
  const auto found = properties.find(given);
  if (found != properties.end()) properties.try_emplace(missing, found->second);
}

const std::int64_t* as_integer(const Value& value) {
  return std::get_if<std::int64_t>(&value);
}

}  // namespace

Result<BrokerConfig> BrokerConfig::resolve(BrokerLayers layers) {
  BrokerConfig config;
  config.layers_ = std::move(layers);
  fill_synonym(config.layers_.fixed, "broker.id", "node.id");
  fill_synonym(config.layers_.fixed, "node.id", "broker.id");
  config.originals_ = config.layers_.fixed;
  lay_over(config.originals_, config.layers_.dynamic_default);
  lay_over(config.originals_, config.layers_.dynamic_broker);
  if (auto parsed = config.parse_values(); !parsed) return fail(std::move(parsed).error());
  config.note_unknown();
  fill_sections(config);
  if (auto resolved = resolve_listeners(config); !resolved) return fail(std::move(resolved).error());
  std::vector<std::string> warnings;
  if (auto checked = check_broker(config, warnings); !checked) return fail(std::move(checked).error());
  if (auto checked = check_group_limits(config); !checked) return fail(std::move(checked).error());
  std::ranges::move(warnings, std::back_inserter(config.warnings_));
  return config;
}

Result<void> BrokerConfig::parse_values() {
  for (const ConfigKey& key : keys_of(ResourceType::kBroker)) {
    const auto given = originals_.find(key.name);
    if (given == originals_.end()) {
      if (key.default_value.is_required()) {
        return fail(ErrorCode::kInvalidConfig, "Missing required configuration \"" + std::string(key.name) +
                                                   "\" which has no default value.");
      }
      values_.push_back(default_of(key));
      continue;
    }
    auto value = parse_value(key, given->second);
    if (!value) return fail(std::move(value).error());
    values_.push_back(*std::move(value));
  }
  for (const ConfigKey& key : moldau_keys()) {
    const auto given = originals_.find(key.name);
    auto value = parse_value(
        key, given == originals_.end() ? key.default_value.text() : std::string_view(given->second));
    if (!value) return fail(std::move(value).error());
    if (auto taken = take_own(key, std::get<std::string>(*value)); !taken) return taken;
  }
  return {};
}

Result<void> BrokerConfig::take_own(const ConfigKey& key, const std::string& value) {
  if (key.name == "moldau.produce.validate") {
    moldau.produce_validate = value == "headers" ? ProduceValidation::kHeaders : ProduceValidation::kRecords;
    return {};
  }
  moldau.admin_listener = std::nullopt;
  if (value.empty()) return {};
  moldau.admin_listener = parse_host_port(value);
  if (moldau.admin_listener) return {};
  return fail(ErrorCode::kInvalidConfig, "Invalid value " + value + " for configuration " +
                                             std::string(key.name) + ": must be host:port");
}

void BrokerConfig::note_unknown() {
  const auto own = moldau_keys();
  for (const auto& [name, text] : originals_) {
    const std::string_view base = listener_base_name(name);
    const bool known = find_key(ResourceType::kBroker, name) != nullptr ||
                       find_dynamic_key(name) != nullptr ||
                       std::ranges::find(own, name, &ConfigKey::name) != own.end() || !base.empty();
    // Read before this, by those who put in what the providers find.
    const bool is_provider = name.starts_with("config.providers.");
    if (!known && !is_provider) warnings_.push_back("Unknown configuration " + name + " is ignored");
  }
}

const Value& BrokerConfig::value(std::string_view name) const {
  const ConfigKey* key = find_key(ResourceType::kBroker, name);
  require(key != nullptr, "broker configurations are asked for by names of the table");
  return values_[static_cast<std::size_t>(key - keys_of(ResourceType::kBroker).data())];
}

Value BrokerConfig::listener_value(std::string_view listener, std::string_view name) const {
  std::string own = "listener.name." + std::string(listener);
  for (char& c : own)
    c = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  if (const auto found = originals_.find(own.append(".").append(name)); found != originals_.end()) {
    if (auto parsed = parse_type(*find_key(ResourceType::kBroker, name), found->second))
      return *std::move(parsed);
  }
  return value(name);
}

Value BrokerConfig::topic_default(const ConfigKey& topic_key) const {
  if (topic_key.broker_key.empty()) return default_of(topic_key);
  const Value& direct = value(topic_key.broker_key);
  const bool is_null = std::holds_alternative<std::monostate>(direct);
  if (topic_key.name == "segment.ms" && is_null) {
    return Value(kMsPerHour * *as_integer(value("log.roll.hours")));
  }
  if (topic_key.name == "segment.jitter.ms" && is_null) {
    return Value(kMsPerHour * *as_integer(value("log.roll.jitter.hours")));
  }
  if (topic_key.name == "flush.ms" && is_null) return value("log.flush.scheduler.interval.ms");
  if (topic_key.name == "retention.ms") {
    const std::int64_t* minutes = as_integer(value("log.retention.minutes"));
    const std::int64_t ms = !is_null             ? *as_integer(direct)
                            : minutes != nullptr ? kMsPerMinute * *minutes
                                                 : kMsPerHour * *as_integer(value("log.retention.hours"));
    return Value(std::max<std::int64_t>(ms, -1));
  }
  return direct;
}

Value BrokerConfig::group_default(const ConfigKey& group_key) const {
  return group_key.broker_key.empty() ? default_of(group_key) : value(group_key.broker_key);
}

}  // namespace moldau::config
