#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>

#include "base/persistent_map.h"
#include "base/time.h"
#include "base/uuid.h"
#include "coordinator/assignor/assignor.h"
#include "coordinator/consumer/consumer_records.h"
#include "coordinator/consumer/member.h"
#include "coordinator/consumer/shared_values.h"
#include "coordinator/consumer/subscription_count.h"

namespace moldau::coordinator {

/// States of a consumer group.
enum class ConsumerState : std::uint8_t { kEmpty, kAssigning, kReconciling, kStable };

/// "Empty", "Assigning", "Reconciling" or "Stable", as groups are described and listed. Static storage.
std::string_view state_name(ConsumerState state);

/// A consumer group (KIP-848) as its records tell of it, with what can be counted from them. A value that
/// shares storage with its earlier versions: copying is cheap. Changed by records alone, so that what is
/// decided on is what will be read back.
class ConsumerGroup {
 public:
  template <class T>
  using ByName = PersistentMap<std::string, T>;
  using TopicPartition = std::pair<Uuid, std::int32_t>;

  /// Takes a record of this group. Nothing happens where a tombstone finds nothing. The tombstone of type 3
  /// ends the group: the caller drops it.
  void apply(const ConsumerChange& change);

  std::int32_t epoch() const { return epoch_; }
  std::int64_t metadata_hash() const { return metadata_hash_; }
  std::int32_t target_epoch() const { return target_epoch_.epoch; }
  /// When the target was computed; 0 where that is not known.
  TimestampMs target_timestamp_ms() const { return target_epoch_.timestamp_ms; }
  /// A record of type 4 of an earlier release is still in the log.
  bool has_partition_metadata() const { return has_partition_metadata_; }

  const SharedByName<ConsumerMember>& members() const { return members_; }
  /// nullptr where there is none.
  const ConsumerMember* find(std::string_view member) const { return find_shared(members_, member); }
  const ConsumerMember* static_member(std::optional<std::string_view> instance_id) const;

  const SharedByName<MemberAssignment>& targets() const { return targets_; }
  /// The member's target; empty where it has none.
  const MemberAssignment& target(std::string_view member) const;

  const SubscriptionCounts& subscribed_topics() const { return subscribed_topics_; }
  bool is_subscribed_to(std::string_view topic) const { return subscribed_topics_.contains(topic); }
  bool is_homogeneous() const;

  /// How many members subscribe by that regular expression.
  std::int32_t subscribers(std::string_view regex) const;
  const ByName<std::int32_t>& regexes() const { return regexes_; }
  const SharedByName<ResolvedRegex>& resolved_regexes() const { return resolved_regexes_; }
  /// nullptr while it is not resolved.
  const ResolvedRegex* resolved(std::string_view regex) const {
    return find_shared(resolved_regexes_, regex);
  }
  /// The topics a member subscribes to, by name and by its resolved regular expression.
  std::set<std::string, std::less<>> topics_of(const MemberSubscription& subscription) const;

  /// The epoch of the member that has the partition, or has still to give it back; nullopt where it is free.
  std::optional<std::int32_t> partition_epoch(const Uuid& topic_id, std::int32_t partition) const;

  /// The assignor that most members ask for; nullopt where nobody asks for one.
  std::optional<std::string_view> preferred_assignor() const;

  std::int32_t classic_member_count() const { return classic_member_count_; }
  /// Whether a classic member with one of these protocols may join.
  bool supports_classic(std::string_view protocol_type, const std::set<std::string_view>& protocols) const;

  ConsumerState state() const;
  bool is_empty() const { return members_.empty(); }

  /// Whether both tell of the same group.
  bool operator==(const ConsumerGroup& other) const;

 private:
  void apply_one(const GroupEpochRecord& record);
  void apply_one(const PartitionMetadataRecord& record) { has_partition_metadata_ = record.exists; }
  void apply_one(const SubscriptionRecord& record);
  void apply_one(const TargetEpochRecord& record);
  void apply_one(const TargetRecord& record);
  void apply_one(const CurrentRecord& record);
  void apply_one(const RegexRecord& record);

  void put_member(ConsumerMember member);
  void count_subscription(const MemberSubscription& subscription, std::int32_t by);
  void free_partitions(const AssignedPartitions& partitions, std::int32_t epoch);
  void take_partitions(const AssignedPartitions& partitions, std::int32_t epoch);

  std::int32_t epoch_ = 1;
  std::int64_t metadata_hash_ = 0;
  TargetEpochRecord::Value target_epoch_{.epoch = 1, .timestamp_ms = 0};
  bool has_partition_metadata_ = false;
  SharedByName<ConsumerMember> members_;
  ByName<std::string> static_members_;  ///< member ids by instance id
  SharedByName<MemberAssignment> targets_;
  SharedByName<ResolvedRegex> resolved_regexes_;
  SubscriptionCounts subscribed_topics_;
  ByName<std::int32_t> regexes_;            ///< members that subscribe by each
  ByName<std::int32_t> assignors_;          ///< members that ask for each
  ByName<std::int32_t> classic_protocols_;  ///< classic members that support each
  std::int32_t classic_member_count_ = 0;
  PersistentMap<TopicPartition, std::int32_t> partition_epochs_;
};

}  // namespace moldau::coordinator
