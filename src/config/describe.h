#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "config/broker_config.h"
#include "config/key.h"

namespace moldau::config {

/// Where a described value comes from; the numbers are the protocol's.
enum class ConfigSource : std::int8_t {
  kUnknown = 0,
  kTopic = 1,
  kDynamicBroker = 2,
  kDynamicDefaultBroker = 3,
  kStaticBroker = 4,
  kDefault = 5,
  kDynamicBrokerLogger = 6,
  kClientMetrics = 7,
  kGroup = 8,
};

/// One of the settings a described value falls back to; null for passwords.
struct DescribedSynonym {
  std::string name;
  std::optional<std::string> value;
  ConfigSource source = ConfigSource::kUnknown;

  bool operator==(const DescribedSynonym&) const = default;
};

/// One entry of DescribeConfigs, synonyms included whether asked for or not.
struct DescribedConfig {
  std::string name;
  std::optional<std::string> value;
  ConfigSource source = ConfigSource::kDefault;
  ConfigType type = ConfigType::kUnknown;
  bool read_only = false;
  bool sensitive = false;
  std::vector<DescribedSynonym> synonyms;
};

/// All public configurations of a topic in Apache's order; internal ones where the topic sets them.
std::vector<DescribedConfig> describe_topic(const BrokerConfig& broker, const Properties& overrides);

/// All public configurations of this broker in Apache's order, led by names the table does not have.
std::vector<DescribedConfig> describe_broker(const BrokerConfig& broker);

/// The dynamic defaults of all brokers (the BROKER resource without a name).
std::vector<DescribedConfig> describe_broker_defaults(const BrokerConfig& broker);

/// All configurations of a group in Apache's order.
std::vector<DescribedConfig> describe_group(const BrokerConfig& broker, const Properties& overrides);

/// All configurations of a client metrics subscription.
std::vector<DescribedConfig> describe_client_metrics(const Properties& overrides);

}  // namespace moldau::config
