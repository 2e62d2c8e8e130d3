#include "coordinator/share_group/share_group.h"

#include <algorithm>
#include <utility>

namespace moldau::coordinator {
const MemberAssignment& ShareGroup::target(std::string_view member) const {
  static const MemberAssignment kNone;
  const MemberAssignment* found = find_shared(targets_, member);
  return found == nullptr ? kNone : *found;
}

bool ShareGroup::operator==(const ShareGroup& other) const {
  const bool same_states = (states_ == nullptr) == (other.states_ == nullptr) &&
                           (states_ == nullptr || *states_ == *other.states_);
  return epoch_ == other.epoch_ && metadata_hash_ == other.metadata_hash_ &&
         target_epoch_ == other.target_epoch_ && subscribed_topics_ == other.subscribed_topics_ &&
         same_states && same_values(members_, other.members_) && same_values(targets_, other.targets_);
}

void ShareGroup::apply(const ShareGroupChange& change, TimestampMs now_ms) {
  if (const auto* states = std::get_if<ShareStatesRecord>(&change)) {
    states_.reset();
    if (!states->value) return;
    ShareStates value = *states->value;
    for (auto* topics : {&value.initializing, &value.initialized}) {
      for (auto& [topic_id, topic] : *topics)
        topic.since_ms = now_ms;
    }
    states_ = std::make_shared<const ShareStates>(std::move(value));
    return;
  }
  std::visit(
      [this](const auto& record) {
        if constexpr (requires { apply_one(record); }) apply_one(record);
      },
      change);
}

void ShareGroup::apply_one(const ShareSubscriptionRecord& record) {
  const ShareMember* known = find(record.member);
  if (record.value) {
    ShareMember member = known == nullptr ? ShareMember{.id = record.member} : *known;
    member.subscription = *record.value;
    put_member(std::move(member));
  } else if (known != nullptr) {
    count_topics(subscribed_topics_, known->subscription.topics, {.by_name = -1, .by_regex = 0});
    members_ = members_.without(record.member);
  }
}

void ShareGroup::apply_one(const GroupEpochRecord& record) {
  if (!record.value) return;
  epoch_ = record.value->epoch;
  metadata_hash_ = record.value->metadata_hash;
}

void ShareGroup::apply_one(const TargetEpochRecord& record) {
  target_epoch_ = record.value.value_or(TargetEpochRecord::Value{.epoch = -1, .timestamp_ms = 0});
}

void ShareGroup::apply_one(const TargetRecord& record) {
  targets_ = record.value
                 ? targets_.with(record.member, std::make_shared<const MemberAssignment>(*record.value))
                 : targets_.without(record.member);
}

void ShareGroup::apply_one(const ShareCurrentRecord& record) {
  const ShareMember* known = find(record.member);
  if (!record.value && known == nullptr) return;
  ShareMember member = known == nullptr ? ShareMember{.id = record.member} : *known;
  member.current = record.value.value_or(
      ShareAssignment{.epoch = kLeaveEpoch, .previous_epoch = kLeaveEpoch, .state = member.current.state});
  put_member(std::move(member));
}

void ShareGroup::put_member(ShareMember member) {
  if (const ShareMember* known = find(member.id))
    count_topics(subscribed_topics_, known->subscription.topics, {.by_name = -1, .by_regex = 0});
  count_topics(subscribed_topics_, member.subscription.topics, {.by_name = 1, .by_regex = 0});
  std::string id = member.id;
  members_ = members_.with(std::move(id), std::make_shared<const ShareMember>(std::move(member)));
}

}  // namespace moldau::coordinator
