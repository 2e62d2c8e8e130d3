#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <vector>

#include "base/ids.h"
#include "base/uuid.h"
#include "metadata/metadata_version.h"
#include "metadata/partition.h"

namespace moldau::metadata {

/// What one PartitionChange record does to a partition; nullopt for what it leaves alone.
struct PartitionChange {
  std::optional<Replicas> isr = {};
  std::optional<BrokerId> leader = {};  ///< Set even to the same leader, it starts a new leader epoch.
  std::optional<Replicas> replicas = {};
  std::optional<Replicas> removing = {};
  std::optional<Replicas> adding = {};
  std::optional<bool> is_recovering = {};
  std::optional<std::vector<Uuid>> directories = {};
  std::optional<Replicas> elr = {};
  std::optional<Replicas> last_known_elr = {};

  bool operator==(const PartitionChange&) const = default;
};

/// The partition after the change. Every change raises the partition epoch.
Partition apply_change(const Partition& partition, const PartitionChange& change);

/// How far a change may go to find a leader.
enum class Election : std::uint8_t {
  kOnline,     ///< Keep the leader if it is valid, else the first valid replica.
  kPreferred,  ///< The first replica of the assignment if it is valid, else as kOnline.
  kUnclean     ///< As kOnline, else any live replica: records may be lost.
};

/// What the change is to reach. Fields left alone keep the partition's present value.
struct PartitionTarget {
  std::optional<Replicas> isr = {};
  std::optional<Replicas> replicas = {};
  std::optional<Replicas> removing = {};
  std::optional<Replicas> adding = {};
  std::optional<bool> is_recovering = {};
  /// New directory of one replica.
  struct Placement {
    BrokerId replica;
    Uuid directory;
  };
  std::optional<Placement> placement = {};
  Election election = Election::kOnline;
  /// A broker that came back without having stopped cleanly: it may be in neither ISR nor ELR.
  std::optional<BrokerId> unclean_shutdown = {};
};

/// What the rules depend on besides the partition.
struct PartitionRules {
  MetadataVersion version;
  bool elr_enabled = false;  ///< eligible.leader.replicas.version is at least 1.
  std::int32_t min_isr = 1;  ///< min.insync.replicas of the topic, at most the number of its replicas.
  /// True if that broker can lead this partition: active, with the replica's directory online.
  std::function<bool(BrokerId)> is_acceptable_leader;
  /// The directory that a new replica on that broker gets.
  std::function<Uuid(BrokerId)> default_directory;
};

/// The change that takes `partition` towards `target`: completes a reassignment whose replicas are in sync,
/// moves replicas between ISR and ELR (KIP-966), elects a leader where needed. nullopt if nothing changes.
std::optional<PartitionChange> plan_change(const Partition& partition, const PartitionTarget& target,
                                           const PartitionRules& rules);

}  // namespace moldau::metadata
