#include "coordinator/consumer/consumer_group.h"

#include <algorithm>
#include <set>
#include <utility>

#include "base/assert.h"

namespace moldau::coordinator {
namespace {

constexpr std::string_view kConsumerProtocol = "consumer";

/// Adds to a count that is not kept at 0.
void add(ConsumerGroup::ByName<std::int32_t>& counts, std::string_view key, std::int32_t by) {
  const std::int32_t* found = counts.find(key);
  const std::int32_t count = (found == nullptr ? 0 : *found) + by;
  counts = count > 0 ? counts.with(std::string(key), count) : counts.without(key);
}

}  // namespace

std::string_view state_name(ConsumerState state) {
  switch (state) {
    case ConsumerState::kEmpty:
      return "Empty";
    case ConsumerState::kAssigning:
      return "Assigning";
    case ConsumerState::kReconciling:
      return "Reconciling";
    case ConsumerState::kStable:
      return "Stable";
  }
  return {};
}

const ConsumerMember* ConsumerGroup::static_member(std::optional<std::string_view> instance_id) const {
  if (!instance_id) return nullptr;
  const std::string* member = static_members_.find(*instance_id);
  return member == nullptr ? nullptr : find(*member);
}

const MemberAssignment& ConsumerGroup::target(std::string_view member) const {
  static const MemberAssignment kNone;
  const MemberAssignment* found = find_shared(targets_, member);
  return found == nullptr ? kNone : *found;
}

bool ConsumerGroup::is_homogeneous() const {
  if (regexes_.empty()) return all_subscribe_by_name(subscribed_topics_, members_.size());
  if (std::cmp_not_equal((*regexes_.begin()).second, members_.size())) return false;
  return std::ranges::all_of(subscribed_topics_, [](const auto& topic) {
    return topic.second == SubscriptionCount{.by_name = 0, .by_regex = 1};
  });
}

std::int32_t ConsumerGroup::subscribers(std::string_view regex) const {
  const std::int32_t* found = regexes_.find(regex);
  return found == nullptr ? 0 : *found;
}

std::set<std::string, std::less<>> ConsumerGroup::topics_of(const MemberSubscription& subscription) const {
  auto topics = subscription.topics;
  if (!subscription.has_regex()) return topics;
  if (const ResolvedRegex* matching = resolved(*subscription.regex)) {
    topics.insert(matching->topics.begin(), matching->topics.end());
  }
  return topics;
}

std::optional<std::int32_t> ConsumerGroup::partition_epoch(const Uuid& topic_id,
                                                           std::int32_t partition) const {
  const std::int32_t* found = partition_epochs_.find(TopicPartition(topic_id, partition));
  return found == nullptr ? std::nullopt : std::optional(*found);
}

std::optional<std::string_view> ConsumerGroup::preferred_assignor() const {
  std::optional<std::string_view> preferred;
  std::int32_t most = 0;
  // Of two that are asked for alike Apache Kafka takes the first in the order of a HashMap: "uniform".
  for (const auto& [name, count] : assignors_) {
    if (count < most) continue;
    most = count;
    preferred = name;
  }
  return preferred;
}

bool ConsumerGroup::supports_classic(std::string_view protocol_type,
                                     const std::set<std::string_view>& protocols) const {
  if (protocol_type != kConsumerProtocol) return false;
  if (is_empty()) return !protocols.empty();
  return std::ranges::any_of(protocols, [&](std::string_view name) {
    const std::int32_t* count = classic_protocols_.find(name);
    return (count == nullptr ? 0 : *count) == classic_member_count_;
  });
}

ConsumerState ConsumerGroup::state() const {
  if (members_.empty()) return ConsumerState::kEmpty;
  if (epoch_ > target_epoch_.epoch) return ConsumerState::kAssigning;
  const bool all_reconciled = std::ranges::all_of(
      members_, [&](const auto& one) { return one.second->current.is_reconciled_to(target_epoch_.epoch); });
  return all_reconciled ? ConsumerState::kStable : ConsumerState::kReconciling;
}

bool ConsumerGroup::operator==(const ConsumerGroup& other) const {
  return epoch_ == other.epoch_ && metadata_hash_ == other.metadata_hash_ &&
         target_epoch_ == other.target_epoch_ && has_partition_metadata_ == other.has_partition_metadata_ &&
         static_members_ == other.static_members_ && subscribed_topics_ == other.subscribed_topics_ &&
         regexes_ == other.regexes_ && assignors_ == other.assignors_ &&
         classic_protocols_ == other.classic_protocols_ &&
         classic_member_count_ == other.classic_member_count_ &&
         partition_epochs_ == other.partition_epochs_ && same_values(members_, other.members_) &&
         same_values(targets_, other.targets_) && same_values(resolved_regexes_, other.resolved_regexes_);
}

void ConsumerGroup::apply(const ConsumerChange& change) {
  std::visit([this](const auto& record) { apply_one(record); }, change);
}

void ConsumerGroup::apply_one(const GroupEpochRecord& record) {
  if (!record.value) return;
  epoch_ = record.value->epoch;
  metadata_hash_ = record.value->metadata_hash;
}

void ConsumerGroup::apply_one(const SubscriptionRecord& record) {
  const ConsumerMember* known = find(record.member);
  if (record.value) {
    ConsumerMember member = known == nullptr ? ConsumerMember{.id = record.member} : *known;
    member.subscription = *record.value;
    put_member(std::move(member));
    return;
  }
  if (known == nullptr) return;
  count_subscription(known->subscription, -1);
  free_partitions(known->current.assigned, known->current.epoch);
  free_partitions(known->current.pending_revocation, known->current.epoch);
  if (const auto& instance_id = known->subscription.instance_id) {
    const std::string* owner = static_members_.find(*instance_id);
    if (owner != nullptr && *owner == record.member) static_members_ = static_members_.without(*instance_id);
  }
  members_ = members_.without(record.member);
}

void ConsumerGroup::apply_one(const TargetEpochRecord& record) {
  target_epoch_ = record.value.value_or(TargetEpochRecord::Value{.epoch = -1, .timestamp_ms = 0});
}

void ConsumerGroup::apply_one(const TargetRecord& record) {
  targets_ = record.value
                 ? targets_.with(record.member, std::make_shared<const MemberAssignment>(*record.value))
                 : targets_.without(record.member);
}

void ConsumerGroup::apply_one(const CurrentRecord& record) {
  const ConsumerMember* known = find(record.member);
  if (!record.value && known == nullptr) return;
  ConsumerMember member = known == nullptr ? ConsumerMember{.id = record.member} : *known;
  if (record.value) {
    member.current = *record.value;
  } else {
    member.current.epoch = kLeaveEpoch;
    member.current.previous_epoch = kLeaveEpoch;
    member.current.assigned.clear();
    member.current.pending_revocation.clear();
  }
  put_member(std::move(member));
}

void ConsumerGroup::apply_one(const RegexRecord& record) {
  if (const ResolvedRegex* old = resolved(record.regex)) {
    count_topics(subscribed_topics_, old->topics, {.by_name = 0, .by_regex = -1});
    resolved_regexes_ = resolved_regexes_.without(record.regex);
  }
  if (!record.value) return;
  count_topics(subscribed_topics_, record.value->topics, {.by_name = 0, .by_regex = 1});
  resolved_regexes_ =
      resolved_regexes_.with(record.regex, std::make_shared<const ResolvedRegex>(*record.value));
}

void ConsumerGroup::put_member(ConsumerMember member) {
  const ConsumerMember* known = find(member.id);
  if (known == nullptr || known->subscription != member.subscription) {
    if (known != nullptr) count_subscription(known->subscription, -1);
    count_subscription(member.subscription, 1);
  }
  if (known != nullptr) {
    free_partitions(known->current.assigned, known->current.epoch);
    free_partitions(known->current.pending_revocation, known->current.epoch);
  }
  take_partitions(member.current.assigned, member.current.epoch);
  take_partitions(member.current.pending_revocation, member.current.epoch);
  if (const auto& instance_id = member.subscription.instance_id) {
    static_members_ = static_members_.with(*instance_id, member.id);
  }
  std::string id = member.id;
  members_ = members_.with(std::move(id), std::make_shared<const ConsumerMember>(std::move(member)));
}

void ConsumerGroup::count_subscription(const MemberSubscription& subscription, std::int32_t by) {
  count_topics(subscribed_topics_, subscription.topics, {.by_name = by, .by_regex = 0});
  if (subscription.has_regex()) add(regexes_, *subscription.regex, by);
  if (subscription.server_assignor) add(assignors_, *subscription.server_assignor, by);
  if (!subscription.classic) return;
  classic_member_count_ += by;
  for (const MemberProtocol& protocol : subscription.classic->protocols)
    add(classic_protocols_, protocol.name, by);
}

void ConsumerGroup::free_partitions(const AssignedPartitions& partitions, std::int32_t epoch) {
  for (const auto& [topic_id, of_topic] : partitions) {
    for (const auto& [partition, unused] : of_topic) {
      // A newer owner may have it already.
      if (partition_epoch(topic_id, partition) == epoch) {
        partition_epochs_ = partition_epochs_.without(TopicPartition(topic_id, partition));
      }
    }
  }
}

void ConsumerGroup::take_partitions(const AssignedPartitions& partitions, std::int32_t epoch) {
  for (const auto& [topic_id, of_topic] : partitions) {
    for (const auto& [partition, unused] : of_topic) {
      const auto owned_at = partition_epoch(topic_id, partition);
      // A compacted log may tell of the new owner before it tells that the old one is gone.
      if (!owned_at || *owned_at < epoch) {
        partition_epochs_ = partition_epochs_.with(TopicPartition(topic_id, partition), epoch);
      }
    }
  }
}

}  // namespace moldau::coordinator
