#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "coordinator/assignor/assignor.h"
#include "coordinator/assignor/java_hash_map.h"

namespace moldau::coordinator {

using PartitionSet = JavaHashSet<std::int32_t>;
using PartitionsByTopic = JavaHashMap<Uuid, PartitionSet>;

/// The hash tables that Apache Kafka reads an assignment's record into.
PartitionsByTopic partitions_by_topic(const MemberAssignment& assignment);

/// A member's assignment while it is worked out. The old one is not touched; the first change makes a copy of
/// it, in hash tables of the size that Apache Kafka's copy has.
class Target {
 public:
  /// `assigned` outlives the target, or is nullptr for none.
  explicit Target(const MemberAssignment* assigned) : assigned_(assigned) {}

  /// What it was until now; empty for none.
  const MemberAssignment& assigned() const;

  /// The copy, for a change of the caller's own; the reference holds as long as the target.
  PartitionsByTopic& changed();

  /// Takes the partition away, and with the last one the topic.
  void remove(const Uuid& topic_id, std::int32_t partition);

  /// Takes all of the topic away.
  void remove(const Uuid& topic_id) { changed().erase(topic_id); }

  /// Adds the partition; a topic new to the member gets a set of that initial capacity, or of Java's default.
  void add(const Uuid& topic_id, std::int32_t partition,
           std::optional<std::size_t> initial_capacity = std::nullopt);

  /// The assignment as it is now, in the order of the tables. Ends the target's use.
  MemberAssignment take();

 private:
  const MemberAssignment* assigned_;
  std::optional<PartitionsByTopic> changed_;
};

/// A target for each member of the group.
std::vector<Target> targets_of(const GroupSpec& spec);

/// The assignment of all. Ends the targets' use.
GroupAssignment take_all(std::vector<Target>& targets);

}  // namespace moldau::coordinator
