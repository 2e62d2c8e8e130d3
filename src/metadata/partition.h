#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/ids.h"
#include "base/uuid.h"

namespace moldau::metadata {

/// Broker ids in an order that matters: assignment order, or the order in which Kafka wrote them.
using Replicas = std::vector<BrokerId>;

inline constexpr BrokerId kNoLeader{-1};
inline constexpr BrokerId kNoLeaderChange{-2};  ///< In a PartitionChange record.

bool contains(const Replicas& replicas, BrokerId id);
/// `replicas` with neither of the two ids, order kept.
Replicas without(const Replicas& replicas, BrokerId id, BrokerId other);

/// True if `isr` has no duplicates and no member outside of `replicas`.
bool is_valid_isr(const Replicas& replicas, const Replicas& isr);

/// State of a partition after its newest record.
struct Partition {
  Replicas replicas;              ///< In assignment order: the first is the preferred leader.
  std::vector<Uuid> directories;  ///< One for each of `replicas`.
  Replicas isr;                   ///< In-sync replicas.
  Replicas elr;                   ///< Eligible leader replicas (KIP-966).
  Replicas last_known_elr;        ///< The last leader, while there is none.
  Replicas removing;              ///< Replicas that leave when a reassignment is done.
  Replicas adding;                ///< Replicas that join by a reassignment.
  BrokerId leader = kNoLeader;    ///< kNoLeader while there is none.
  std::int32_t leader_epoch = 0;
  std::int32_t partition_epoch = 0;
  /// True between an unclean election and the leader's word that it has recovered.
  bool is_recovering = false;

  bool operator==(const Partition&) const = default;

  bool is_reassigning() const { return !removing.empty() || !adding.empty(); }
  /// Directory of a replica; the migrating id for a broker that holds none.
  Uuid directory_of(BrokerId replica) const;
};

}  // namespace moldau::metadata
