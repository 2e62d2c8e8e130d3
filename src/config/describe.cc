#include "config/describe.h"

#include <algorithm>
#include <span>
#include <string_view>
#include <utility>

#include "config/java_order.h"
#include "config/synonyms.h"
#include "config/topic_values.h"

namespace moldau::config {
namespace {

/// Public names of the table in the order Apache Kafka lists them.
std::vector<std::string_view> public_names(ResourceType resource) {
  std::vector<std::string_view> names;
  const auto keys = keys_of(resource);
  for (const ConfigKey& key : keys) {
    if (!key.is_internal()) names.push_back(key.name);
  }
  sort_like_hash_map(names, hash_map_buckets(keys.size()));
  return names;
}

/// The row that gives a broker name its type: its own, a dynamic quota's, or that of its base name.
const ConfigKey* typing_key(std::string_view name) {
  if (const ConfigKey* key = find_key(ResourceType::kBroker, name)) return key;
  if (const ConfigKey* key = find_dynamic_key(name)) return key;
  for (const std::string& synonym : broker_synonyms(name, true)) {
    if (const ConfigKey* key = find_key(ResourceType::kBroker, synonym)) return key;
  }
  return nullptr;
}

std::optional<std::string> hidden_if(bool sensitive, std::optional<std::string> value) {
  return sensitive ? std::nullopt : std::move(value);
}

void add_layer(std::vector<DescribedSynonym>& found, std::span<const std::string> names,
               const Properties& layer, ConfigSource source, bool sensitive) {
  for (const std::string& name : names) {
    const auto given = layer.find(name);
    if (given != layer.end()) found.push_back({name, hidden_if(sensitive, given->second), source});
  }
}

void add_defaults(std::vector<DescribedSynonym>& found, std::span<const std::string> names, bool sensitive) {
  for (const std::string& name : names) {
    const ConfigKey* key = find_key(ResourceType::kBroker, name);
    if (key == nullptr) continue;
    auto text = to_text(default_of(*key));
    if (text) found.push_back({name, hidden_if(sensitive, std::move(text)), ConfigSource::kDefault});
  }
}

/// Every layer's settings of a broker configuration, from the first one that bears its own name: a weaker
/// spelling that alone is set is not shown, as Apache Kafka does not show it.
std::vector<DescribedSynonym> broker_settings(const BrokerConfig& broker, std::string_view name,
                                              bool sensitive) {
  const std::vector<std::string> names = broker_synonyms(name, true);
  std::vector<DescribedSynonym> found;
  const BrokerLayers& layers = broker.layers();
  add_layer(found, names, layers.dynamic_broker, ConfigSource::kDynamicBroker, sensitive);
  add_layer(found, names, layers.dynamic_default, ConfigSource::kDynamicDefaultBroker, sensitive);
  add_layer(found, names, layers.fixed, ConfigSource::kStaticBroker, sensitive);
  add_defaults(found, names, sensitive);
  const auto first = std::ranges::find(found, name, &DescribedSynonym::name);
  found.erase(found.begin(), first);
  return found;
}

ConfigSource source_of(const std::vector<DescribedSynonym>& synonyms) {
  return synonyms.empty() ? ConfigSource::kDefault : synonyms.front().source;
}

DescribedConfig broker_entry(const BrokerConfig& broker, std::string_view name,
                             std::optional<std::string> value) {
  const ConfigKey* key = typing_key(name);
  DescribedConfig entry;
  entry.name = name;
  entry.type = key == nullptr ? ConfigType::kUnknown : key->type;
  entry.sensitive = key == nullptr || key->is_sensitive();
  entry.value = hidden_if(entry.sensitive, std::move(value));
  entry.read_only = find_dynamic_key(name) == nullptr;
  entry.synonyms = broker_settings(broker, name, entry.sensitive);
  entry.source = source_of(entry.synonyms);
  return entry;
}

/// An entry of a topic or a group: the resource's own override, then what the broker gives.
DescribedConfig override_entry(const BrokerConfig& broker, const ConfigKey& key, const Properties& overrides,
                               std::optional<std::string> value, ConfigSource own) {
  DescribedConfig entry;
  entry.name = key.name;
  entry.type = key.type;
  entry.sensitive = key.is_sensitive();
  entry.value = hidden_if(entry.sensitive, std::move(value));
  if (overrides.contains(key.name)) entry.synonyms.push_back({entry.name, entry.value, own});
  if (!key.broker_key.empty()) {
    std::ranges::move(broker_settings(broker, key.broker_key, entry.sensitive),
                      std::back_inserter(entry.synonyms));
  } else if (own == ConfigSource::kGroup) {
    entry.synonyms.push_back({entry.name, to_text(default_of(key)), ConfigSource::kDefault});
  }
  entry.source = source_of(entry.synonyms);
  return entry;
}

std::vector<std::string_view> names_in_order(const Properties& properties, auto keep) {
  std::vector<std::string_view> names;
  for (const auto& [name, text] : properties) {
    if (keep(name)) names.push_back(name);
  }
  sort_like_hash_map(names, hash_map_buckets(properties.size()));
  return names;
}

}  // namespace

std::vector<DescribedConfig> describe_topic(const BrokerConfig& broker, const Properties& overrides) {
  TopicValues values = TopicValues::of_broker(broker);
  std::vector<DescribedConfig> entries;
  for (const auto& [name, text] : overrides) {
    const ConfigKey* key = find_key(ResourceType::kTopic, name);
    if (key == nullptr) continue;
    static_cast<void>(values.set(*key, text));
    if (key->is_internal()) {
      entries.push_back(override_entry(broker, *key, overrides, text, ConfigSource::kTopic));
    }
  }
  for (const std::string_view name : public_names(ResourceType::kTopic)) {
    const ConfigKey& key = *find_key(ResourceType::kTopic, name);
    entries.push_back(override_entry(broker, key, overrides, to_text(values.of(name)), ConfigSource::kTopic));
  }
  return entries;
}

std::vector<DescribedConfig> describe_broker(const BrokerConfig& broker) {
  std::vector<DescribedConfig> entries;
  const auto is_extra = [](std::string_view name) {
    const ConfigKey* key = find_key(ResourceType::kBroker, name);
    return key == nullptr || key->is_internal();
  };
  for (const std::string_view name : names_in_order(broker.originals(), is_extra)) {
    entries.push_back(broker_entry(broker, name, broker.originals().find(name)->second));
  }
  for (const std::string_view name : public_names(ResourceType::kBroker)) {
    entries.push_back(broker_entry(broker, name, to_text(broker.value(name))));
  }
  return entries;
}

std::vector<DescribedConfig> describe_broker_defaults(const BrokerConfig& broker) {
  std::vector<DescribedConfig> entries;
  const Properties& defaults = broker.layers().dynamic_default;
  for (const std::string_view name : names_in_order(defaults, [](std::string_view) { return true; })) {
    DescribedConfig entry = broker_entry(broker, name, defaults.find(name)->second);
    std::erase_if(entry.synonyms,
                  [](const auto& synonym) { return synonym.source != ConfigSource::kDynamicDefaultBroker; });
    entry.source = source_of(entry.synonyms);
    entries.push_back(std::move(entry));
  }
  return entries;
}

std::vector<DescribedConfig> describe_group(const BrokerConfig& broker, const Properties& overrides) {
  std::vector<DescribedConfig> entries;
  for (const std::string_view name : public_names(ResourceType::kGroup)) {
    const ConfigKey& key = *find_key(ResourceType::kGroup, name);
    Value value = broker.group_default(key);
    if (const auto given = overrides.find(name); given != overrides.end()) {
      if (auto parsed = parse_value(key, given->second)) value = *std::move(parsed);
    }
    entries.push_back(override_entry(broker, key, overrides, to_text(value), ConfigSource::kGroup));
  }
  return entries;
}

std::vector<DescribedConfig> describe_client_metrics(const Properties& overrides) {
  std::vector<DescribedConfig> entries;
  for (const std::string_view name : public_names(ResourceType::kClientMetrics)) {
    const ConfigKey& key = *find_key(ResourceType::kClientMetrics, name);
    DescribedConfig entry;
    entry.name = name;
    entry.type = key.type;
    entry.value = to_text(default_of(key));
    if (const auto given = overrides.find(name); given != overrides.end()) {
      if (auto parsed = parse_value(key, given->second)) entry.value = to_text(*parsed);
      entry.source = ConfigSource::kClientMetrics;
      entry.synonyms.push_back({entry.name, entry.value, entry.source});
    }
    entries.push_back(std::move(entry));
  }
  return entries;
}

}  // namespace moldau::config
