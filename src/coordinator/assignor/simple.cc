#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <map>
#include <numeric>
#include <set>
#include <span>
#include <utility>
#include <vector>

#include "coordinator/assignor/assignor_errors.h"
#include "coordinator/assignor/target.h"

namespace moldau::coordinator {
namespace {

/// A partition among those of several topics; the hash code is that of Apache Kafka's TopicIdPartition.
struct PartitionOfAny {
  Uuid topic_id;
  std::int32_t number = 0;

  bool operator==(const PartitionOfAny&) const = default;
};

std::uint32_t java_hash_code(const PartitionOfAny& partition) {
  return 31 * coordinator::java_hash_code(partition.topic_id) + coordinator::java_hash_code(partition.number);
}

/// A partition among those of one topic, which go by their numbers alone.
struct PartitionOfOne {
  Uuid topic_id;
  std::int32_t number = 0;

  bool operator==(const PartitionOfOne& other) const { return number == other.number; }
};

std::uint32_t java_hash_code(const PartitionOfOne& partition) {
  return coordinator::java_hash_code(partition.number);
}

/// Shares some partitions among some members: with fewer members than partitions each partition goes to one,
/// else to as many as it takes to give every member one. First is said who has what; then members give back
/// what is too much for them, partitions let go of members that are too many for them, and what partitions
/// lack they get, from members that are below their number in turn.
///
/// Members are places in the group. As Apache Kafka has them in hash tables with a bucket for each, they are
/// walked in ascending order, except for those of one partition.
template <class Partition>
class Sharing {
 public:
  /// `members` ascending.
  Sharing(std::vector<Target>& targets, std::span<const std::size_t> members,
          std::span<const Partition> partitions)
      : targets_(targets),
        members_(members),
        partitions_(partitions),
        members_of_(java_capacity_for(partitions.size() + 1)),
        partitions_of_(targets.size()),
        wanted_of_(targets.size()) {
    if (partitions.empty()) return;
    wanted_members_ = (members.size() + partitions.size() - 1) / partitions.size();
    const double each =
        static_cast<double>(wanted_members_ * partitions.size()) / static_cast<double>(members.size());
    for (std::size_t i = 0; i < members.size(); ++i) {
      const auto before = static_cast<double>(i);
      wanted_of_[members[i]] =
          static_cast<std::size_t>(std::ceil(each * (before + 1)) - std::ceil(each * before));
    }
  }

  /// The member has this partition, be it one of those that are shared or not. In the order of Java's tables.
  void add_old(std::size_t member, const Partition& partition) {
    members_of_.compute_if_absent(partition, [] { return JavaHashSet<std::int32_t>(); })
        .add(static_cast<std::int32_t>(member));
    partitions_of_[member].add(partition);
  }

  /// Changes the targets; false if more is to be given out than members can take.
  bool share() {
    for (std::size_t member = 0; member < targets_.size(); ++member)
      give_back(member);
    members_of_.for_each([this](const Partition& partition, JavaHashSet<std::int32_t>& members) {
      let_go(partition, members);
    });
    for (const Partition& partition : partitions_) {
      members_of_.compute_if_absent(partition, [] { return JavaHashSet<std::int32_t>(); });
    }
    return fill_up();
  }

 private:
  /// Takes the partition from the target; a topic without partitions stays there.
  bool take_away(std::size_t member, const Partition& partition) {
    PartitionSet* const of_topic = targets_[member].changed().find(partition.topic_id);
    return of_topic != nullptr && of_topic->erase(partition.number);
  }

  void give_back(std::size_t member) {
    JavaHashSet<Partition>& partitions = partitions_of_[member];
    if (partitions.size() <= wanted_of_[member]) return;
    for (const Partition& partition : partitions.keys()) {
      if (partitions.size() == wanted_of_[member]) return;
      take_away(member, partition);
      members_of_.find(partition)->erase(static_cast<std::int32_t>(member));
      partitions.erase(partition);
    }
  }

  void let_go(const Partition& partition, JavaHashSet<std::int32_t>& members) {
    if (members.size() <= wanted_members_) return;
    for (const std::int32_t place : members.keys()) {
      if (members.size() <= wanted_members_) return;
      const auto member = static_cast<std::size_t>(place);
      if (!take_away(member, partition)) continue;
      members.erase(place);
      partitions_of_[member].erase(partition);
    }
  }

  bool fill_up() {
    std::set<std::size_t> unfilled;
    for (const std::size_t member : members_) {
      if (partitions_of_[member].size() < wanted_of_[member]) unfilled.insert(member);
    }
    auto next = unfilled.begin();
    bool has_given = false;
    for (const Partition& partition : members_of_.keys()) {
      const JavaHashSet<std::int32_t>& members = *members_of_.find(partition);
      // Who gets the partition here is not told to `members`: without others the same one gets it again.
      for (std::size_t given = members.size(); given < wanted_members_;) {
        if (next == unfilled.end()) {
          if (!has_given) break;
          if (unfilled.empty()) return false;
          next = unfilled.begin();
          has_given = false;
        }
        const std::size_t member = *next++;
        if (members.contains(static_cast<std::int32_t>(member))) continue;
        targets_[member].add(partition.topic_id, partition.number);
        partitions_of_[member].add(partition);
        ++given;
        has_given = true;
        if (partitions_of_[member].size() >= wanted_of_[member]) unfilled.erase(member);
      }
      if (unfilled.empty()) break;
    }
    return true;
  }

  std::vector<Target>& targets_;
  std::span<const std::size_t> members_;
  std::span<const Partition> partitions_;
  JavaHashMap<Partition, JavaHashSet<std::int32_t>> members_of_;
  /// By member.
  std::vector<JavaHashSet<Partition>> partitions_of_;
  /// How many partitions each member shall have; 0 for those that do not take part.
  std::vector<std::size_t> wanted_of_;
  /// How many members each partition shall have.
  std::size_t wanted_members_ = 0;
};

/// Adds the topic's partitions that may be assigned.
template <class Partition>
Result<void> add_assignable(const GroupSpec& spec, const Uuid& topic_id, std::vector<Partition>& partitions) {
  const auto count = spec.partition_counts.find(topic_id);
  if (count == spec.partition_counts.end()) return no_such_topic(topic_id);
  const std::set<std::int32_t>* allowed = nullptr;
  if (spec.assignable) {
    const auto of_topic = spec.assignable->find(topic_id);
    if (of_topic == spec.assignable->end()) return {};
    allowed = &of_topic->second;
  }
  for (std::int32_t number = 0; number < count->second; ++number) {
    if (allowed == nullptr || allowed->contains(number)) partitions.push_back({topic_id, number});
  }
  return {};
}

std::vector<std::size_t> all_members(const GroupSpec& spec) {
  std::vector<std::size_t> members(spec.members.size());
  std::iota(members.begin(), members.end(), std::size_t{0});
  return members;
}

/// All subscribe to the same topics: their partitions are shared together.
Result<GroupAssignment> assign_homogeneous(const GroupSpec& spec) {
  const SubscribedTopics& subscribed = *spec.members.front().subscribed;
  if (subscribed.name_count == 0) return GroupAssignment(spec.members.size());
  std::vector<PartitionOfAny> partitions;
  for (const Uuid& topic_id : subscribed.topic_ids) {
    if (Result<void> added = add_assignable(spec, topic_id, partitions); !added)
      return fail(std::move(added).error());
  }
  const std::set<Uuid> topics(subscribed.topic_ids.begin(), subscribed.topic_ids.end());
  const std::vector<std::size_t> members = all_members(spec);
  std::vector<Target> targets = targets_of(spec);
  Sharing<PartitionOfAny> sharing(targets, members, partitions);
  for (const std::size_t member : members) {
    PartitionsByTopic old = partitions_by_topic(targets[member].assigned());
    old.for_each([&](const Uuid& topic_id, const PartitionSet& numbers) {
      if (!topics.contains(topic_id)) {
        targets[member].remove(topic_id);
        return;
      }
      for (const std::int32_t number : numbers.keys())
        sharing.add_old(member, {topic_id, number});
    });
  }
  if (!sharing.share()) return partitions_left_over();
  return take_all(targets);
}

/// Each topic's partitions are shared among its subscribers, without a look at the other topics. What a
/// member has of a topic that nobody subscribes to any more stays with it, as in Apache Kafka.
Result<GroupAssignment> assign_heterogeneous(const GroupSpec& spec) {
  JavaHashSet<Uuid> topics;
  std::map<Uuid, std::vector<std::size_t>> subscribers;
  for (std::size_t member = 0; member < spec.members.size(); ++member) {
    for (const Uuid& topic_id : spec.members[member].subscribed->topic_ids) {
      topics.add(topic_id);
      subscribers[topic_id].push_back(member);
    }
  }
  if (topics.empty()) return GroupAssignment(spec.members.size());
  std::map<Uuid, std::vector<PartitionOfOne>> partitions;
  for (const Uuid& topic_id : topics.keys()) {
    Result<void> added = add_assignable(spec, topic_id, partitions[topic_id]);
    if (!added) return fail(std::move(added).error());
  }
  std::vector<Target> targets = targets_of(spec);
  std::vector<PartitionsByTopic> old;
  old.reserve(targets.size());
  for (const Target& target : targets)
    old.push_back(partitions_by_topic(target.assigned()));
  for (const Uuid& topic_id : topics.keys()) {
    Sharing<PartitionOfOne> sharing(targets, subscribers.at(topic_id), partitions.at(topic_id));
    for (std::size_t member = 0; member < old.size(); ++member) {
      const PartitionSet* const numbers = old[member].find(topic_id);
      if (numbers == nullptr) continue;
      for (const std::int32_t number : numbers->keys())
        sharing.add_old(member, {topic_id, number});
    }
    if (!sharing.share()) return partitions_left_over();
  }
  return take_all(targets);
}

}  // namespace

Result<GroupAssignment> assign_simple(const GroupSpec& spec) {
  if (spec.members.empty()) return GroupAssignment{};
  return spec.subscription_type == SubscriptionType::kHomogeneous ? assign_homogeneous(spec)
                                                                  : assign_heterogeneous(spec);
}

}  // namespace moldau::coordinator
