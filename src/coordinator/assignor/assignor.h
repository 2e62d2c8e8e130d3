#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <span>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "base/uuid.h"

namespace moldau::coordinator {

/// Some partitions of one topic, each once.
struct TopicAssignment {
  Uuid topic_id;
  std::vector<std::int32_t> partitions;

  bool operator==(const TopicAssignment&) const = default;
};

/// What one member has: each topic once, topics and partitions in the order of a target assignment's record.
/// The order matters: Apache Kafka puts a record into hash tables in its order, and those are what the next
/// assignment walks.
using MemberAssignment = std::vector<TopicAssignment>;

/// True when both hold the same topics with the same partitions, in any order: there is no record to write.
bool is_same_assignment(const MemberAssignment& one, const MemberAssignment& other);

/// The topics that members ask for; members with the same subscription may share one.
struct SubscribedTopics {
  /// Those that there are, each once, in the order of subscribed_names (member_order.h).
  std::vector<Uuid> topic_ids;
  /// How many names were asked for, those of no topic too: a hash table's size goes by it.
  std::size_t name_count = 0;
};

/// One member as an assignor sees it. Everything belongs to the caller and outlives the call.
struct MemberSpec {
  std::string_view id;
  std::optional<std::string_view> instance_id;
  /// Never nullptr.
  const SubscribedTopics* subscribed = nullptr;
  /// Its target assignment until now, or that of the static member whose place it takes; nullptr for none.
  const MemberAssignment* assigned = nullptr;
};

/// Whether all members ask for the same topics. An assignor takes the caller's word for it.
enum class SubscriptionType { kHomogeneous, kHeterogeneous };

/// A group for which a target assignment is to be found (KIP-848, KIP-932).
struct GroupSpec {
  /// In the order of member_order (member_order.h).
  std::vector<MemberSpec> members;
  SubscriptionType subscription_type = SubscriptionType::kHomogeneous;
  /// How many partitions each topic has. A topic that is not here does not exist.
  std::map<Uuid, std::int32_t> partition_counts;
  /// Share groups: the partitions that may be assigned, those whose state is there; without it, all.
  std::optional<std::map<Uuid, std::set<std::int32_t>>> assignable;
};

/// The new assignments, one for each member of the spec, in its order, changed or not (is_same_assignment).
using GroupAssignment = std::vector<MemberAssignment>;

// Each of these gives the assignment, to the partition, that the class of its name in Apache Kafka 4.3.1
// gives under Java 17, as long as no hash table has nine entries in one of 64 buckets or more
// (java_hash_map.h). Results are in the order of Apache Kafka's records, too. The failure is
// kUnknownServerError, which is what a client hears of it: a subscribed topic that does not exist, or
// partitions that cannot all be given out.

/// "range": contiguous ranges of each topic to its subscribers, static members first; nothing is sticky.
Result<GroupAssignment> assign_range(const GroupSpec& spec);

/// "uniform": as many partitions to each member as to others; what members have stays where balance allows.
Result<GroupAssignment> assign_uniform(const GroupSpec& spec);

/// "simple", of share groups: each partition to at least one member, and to as many as keep all members busy.
Result<GroupAssignment> assign_simple(const GroupSpec& spec);

/// An assignor and the name by which clients and `group.consumer.assignors` ask for it. Static storage.
struct Assignor {
  std::string_view name;
  Result<GroupAssignment> (*assign)(const GroupSpec& spec);
};

/// The assignors of consumer groups, Apache Kafka's default first.
std::span<const Assignor> consumer_group_assignors();

/// The one of that name; nullptr when there is none.
const Assignor* find_consumer_group_assignor(std::string_view name);

}  // namespace moldau::coordinator
