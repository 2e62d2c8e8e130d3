#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "config/address.h"
#include "config/listeners.h"
#include "config/properties.h"
#include "config/sections.h"
#include "config/value.h"

namespace moldau::config {

/// Where a broker's configuration comes from; later layers win (KIP-226).
struct BrokerLayers {
  Properties fixed;            ///< the properties file and the command line
  Properties dynamic_default;  ///< set for all brokers, from the metadata log
  Properties dynamic_broker;   ///< set for this broker, from the metadata log
};

/// What a node runs without a properties file: a broker and its own controller on loopback, internal topics
/// with one replica, no wait before the first rebalance. Described as static configuration.
Properties single_node_defaults();

/// The static layer: the file's text, or single_node_defaults() without one, then the overrides "name=value"
/// of the command line in their order. kInvalidConfig when either cannot be read.
Result<Properties> load_static(std::optional<std::string_view> file, std::span<const std::string> overrides);

/// A broker's configuration, resolved once and checked as Apache Kafka checks it at start; immutable.
class BrokerConfig {
 public:
  /// Parses every known name, then checks names against each other. The error is kInvalidConfig and names
  /// the configuration, its value and what is allowed, in Apache's words. Unknown names become warnings.
  static Result<BrokerConfig> resolve(BrokerLayers layers);

  const BrokerLayers& layers() const { return layers_; }

  /// Names and texts in force: the layers put together, broker.id and node.id filled from one another.
  const Properties& originals() const { return originals_; }

  /// The parsed value of one of the 360 broker configurations, by a name that exists.
  const Value& value(std::string_view name) const;

  /// A listener's own value of a configuration, or that of all listeners. `listener` in any case of letters.
  Value listener_value(std::string_view listener, std::string_view name) const;

  /// The value a topic configuration takes when the topic does not override it.
  Value topic_default(const ConfigKey& topic_key) const;

  /// The value a group configuration takes when the group does not override it.
  Value group_default(const ConfigKey& group_key) const;

  /// Sentences for the log: unknown names, settings without effect.
  const std::vector<std::string>& warnings() const { return warnings_; }

  NodeSection node;
  ListenerSection listeners;
  QuorumSection quorum;
  NetworkSection network;
  TopicSection topics;
  LogSection log;
  CleanerSection cleaner;
  MetadataLogSection metadata_log;
  ReplicationSection replication;
  GroupSection groups;
  OffsetsSection offsets;
  TransactionSection transactions;
  ShareCoordinatorSection share_coordinator;
  QuotaSection quotas;
  MoldauSection moldau;

 private:
  BrokerConfig() = default;

  Result<void> parse_values();
  /// Takes the value of one of moldau_keys().
  Result<void> take_own(const ConfigKey& key, const std::string& value);
  void note_unknown();

  BrokerLayers layers_;
  Properties originals_;
  std::vector<Value> values_;  ///< in the order of keys_of(kBroker)
  std::vector<std::string> warnings_;
};

}  // namespace moldau::config
