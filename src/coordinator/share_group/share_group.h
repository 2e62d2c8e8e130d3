#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "coordinator/consumer/shared_values.h"
#include "coordinator/consumer/subscription_count.h"
#include "coordinator/share_group/share_group_records.h"

namespace moldau::coordinator {

/// A member of a share group.
struct ShareMember {
  std::string id;
  ShareSubscription subscription = {};
  ShareAssignment current = {};

  bool operator==(const ShareMember&) const = default;
};

/// A share group (KIP-932) as its records tell of it, with what can be counted from them. A value that shares
/// storage with its earlier versions: copying is cheap. Changed by records alone, so that what is decided on
/// is what will be read back.
class ShareGroup {
 public:
  /// Takes a record of this group, read or written at `now_ms`. Nothing happens where a tombstone finds
  /// nothing. The tombstone of type 11 ends the group: the caller drops it.
  void apply(const ShareGroupChange& change, TimestampMs now_ms);

  std::int32_t epoch() const { return epoch_; }
  std::int64_t metadata_hash() const { return metadata_hash_; }
  std::int32_t target_epoch() const { return target_epoch_.epoch; }
  /// When the target was computed; 0 where that is not known.
  TimestampMs target_timestamp_ms() const { return target_epoch_.timestamp_ms; }

  const SharedByName<ShareMember>& members() const { return members_; }
  /// nullptr where there is none.
  const ShareMember* find(std::string_view member) const { return find_shared(members_, member); }
  bool is_empty() const { return members_.empty(); }
  /// "Empty" or "Stable". Static storage.
  std::string_view state_name() const { return is_empty() ? "Empty" : "Stable"; }

  const SharedByName<MemberAssignment>& targets() const { return targets_; }
  /// The member's target; empty where it has none.
  const MemberAssignment& target(std::string_view member) const;

  const SubscriptionCounts& subscribed_topics() const { return subscribed_topics_; }
  bool is_subscribed_to(std::string_view topic) const { return subscribed_topics_.contains(topic); }
  bool is_homogeneous() const { return all_subscribe_by_name(subscribed_topics_, members_.size()); }

  /// nullptr while nothing is known of the state of its partitions.
  const ShareStates* states() const { return states_.get(); }

  /// Whether both tell of the same group.
  bool operator==(const ShareGroup& other) const;

 private:
  void apply_one(const ShareSubscriptionRecord& record);
  void apply_one(const GroupEpochRecord& record);
  void apply_one(const TargetEpochRecord& record);
  void apply_one(const TargetRecord& record);
  void apply_one(const ShareCurrentRecord& record);

  void put_member(ShareMember member);

  std::int32_t epoch_ = 1;
  std::int64_t metadata_hash_ = 0;
  TargetEpochRecord::Value target_epoch_{.epoch = 1, .timestamp_ms = 0};
  SharedByName<ShareMember> members_;
  SharedByName<MemberAssignment> targets_;
  SubscriptionCounts subscribed_topics_;
  std::shared_ptr<const ShareStates> states_;
};

}  // namespace moldau::coordinator
