#pragma once

#include <string_view>
#include <vector>

#include "base/result.h"
#include "config/broker_config.h"
#include "config/value.h"

namespace moldau::config {

/// The parsed values of all topic configurations of one topic, in the order of the table.
class TopicValues {
 public:
  /// What topics take from this broker when they override nothing.
  static TopicValues of_broker(const BrokerConfig& broker);
  /// Apache Kafka's defaults.
  static TopicValues of_defaults();

  /// The value of one of the 34 topic configurations, by a name that exists.
  const Value& of(std::string_view name) const;

  /// Overrides one value. kInvalidConfig, and no change, when the text is not allowed.
  Result<void> set(const ConfigKey& key, std::string_view text);

 private:
  std::vector<Value> values_;
};

}  // namespace moldau::config
