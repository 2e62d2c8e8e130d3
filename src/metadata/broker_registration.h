#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "base/ids.h"
#include "base/uuid.h"
#include "metadata/features.h"

namespace moldau::metadata {

/// Where a node listens.
struct ListenerEndpoint {
  std::string host;
  std::uint16_t port = 0;
  std::int16_t security_protocol = 0;  ///< 0 PLAINTEXT, 1 SSL, 2 SASL_PLAINTEXT, 3 SASL_SSL.

  bool operator==(const ListenerEndpoint&) const = default;
};

/// Endpoints by the listener's name.
using Listeners = std::map<std::string, ListenerEndpoint>;
/// Supported levels by the feature's name.
using FeatureRanges = std::map<std::string, LevelRange>;

/// A broker as its RegisterBroker record and the changes after it left it.
struct BrokerRegistration {
  BrokerId id{-1};
  std::int64_t epoch = -1;
  Uuid incarnation_id;
  Listeners listeners;
  FeatureRanges features;
  std::optional<std::string> rack;
  bool is_fenced = true;
  bool in_controlled_shutdown = false;
  bool is_migrating_zk_broker = false;  ///< Only in logs from before Kafka 4.
  std::vector<Uuid> directories;        ///< Online log directories in Kafka's order of ids.
  /// Directories that take no new replicas; nullopt until the broker has said so.
  std::optional<std::vector<Uuid>> cordoned_directories;
  /// Offset of the newest RegisterBroker record: what the broker must have read before it serves. Not part
  /// of the broker's state, so a snapshot does not keep it.
  std::int64_t registration_offset = -1;

  /// True if all but the registration offset is the same.
  bool operator==(const BrokerRegistration& other) const;

  bool is_active() const { return !is_fenced && !in_controlled_shutdown; }
  bool has_online_directory(const Uuid& directory) const;
  bool has_uncordoned_directory() const;
  /// Directory of a new replica here, as far as the controller can tell.
  Uuid default_directory() const;
};

/// A controller as its RegisterController record says.
struct ControllerRegistration {
  BrokerId id{-1};
  Uuid incarnation_id;
  bool is_zk_migration_ready = false;
  Listeners listeners;
  FeatureRanges features;

  bool operator==(const ControllerRegistration&) const = default;
};

}  // namespace moldau::metadata
