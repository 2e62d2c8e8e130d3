#include "coordinator/consumer/consumer_update.h"

#include <chrono>
#include <limits>
#include <set>
#include <utility>

#include "coordinator/consumer/metadata_hash.h"
#include "coordinator/consumer/target_assignment.h"
#include "coordinator/consumer/topic_regex.h"

namespace moldau::coordinator {
namespace {

/// Between two searches for the topics of a group's regular expressions; fixed in Kafka.
constexpr std::int64_t kMinRegexSearchIntervalMs = 10'000;

/// Whether the member is the one behind its instance id.
Result<void> check_instance(const ConsumerMember* known, std::string_view member,
                            std::string_view instance_id) {
  if (known == nullptr) {
    return fail(ErrorCode::kUnknownMemberId, "Instance id " + std::string(instance_id) + " is unknown.");
  }
  if (known->id == member) return {};
  return fail(ErrorCode::kFencedInstanceId, "Static member " + std::string(member) + " with instance id " +
                                                std::string(instance_id) + " was fenced by member " +
                                                known->id + ".");
}

TargetRequest target_request(const ConsumerGroup& group) {
  TargetRequest request{.epoch = group.epoch(), .is_homogeneous = group.is_homogeneous()};
  for (const auto& [id, member] : group.members()) {
    const MemberSubscription& subscription = member->subscription;
    const ResolvedRegex* matching = subscription.has_regex() ? group.resolved(*subscription.regex) : nullptr;
    request.members.push_back({.id = id,
                               .instance_id = subscription.instance_id,
                               .topics = &subscription.topics,
                               .matching_topics = matching == nullptr ? nullptr : &matching->topics,
                               .target = &group.target(id)});
  }
  return request;
}

std::unexpected<Error> no_such_member(std::string_view member, std::string_view group) {
  return fail(ErrorCode::kUnknownMemberId,
              "Member " + std::string(member) + " is not a member of group " + std::string(group) + ".");
}

/// A member that missed an answer comes with the epoch before, and then has nothing that is not its own.
Result<void> check_epoch(const ConsumerMember& member, const MemberRequest& request) {
  const CurrentAssignment& current = member.current;
  if (request.epoch == kJoinEpoch || request.epoch == current.epoch) return {};
  const bool is_greater = request.epoch > current.epoch;
  if (!is_greater && request.epoch == current.previous_epoch && owns_only(request.owned, current.assigned)) {
    return {};
  }
  return fail(ErrorCode::kFencedMemberEpoch,
              std::string("The consumer group member has a ") + (is_greater ? "greater" : "smaller") +
                  " member epoch (" + std::to_string(request.epoch) +
                  ") than the one known by the group coordinator (" + std::to_string(current.epoch) +
                  "). The member must abandon all its partitions and rejoin.");
}

}  // namespace

ConsumerUpdate::ConsumerUpdate(std::string id, ConsumerGroup group, const ConsumerUpdateContext& context)
    : id_(std::move(id)),
      group_(std::move(group)),
      context_(context),
      old_targets_(group_.targets()),
      first_epoch_(group_.epoch()) {}

void ConsumerUpdate::write(const ConsumerChange& change) {
  records_.push_back(encode_consumer_record(id_, change));
  group_.apply(change);
}

Result<ConsumerMember> ConsumerUpdate::member(const MemberRequest& request) {
  if (request.instance_id) return static_member(request);
  const ConsumerMember* known = group_.find(request.member);
  if (known == nullptr && !request.may_join) return no_such_member(request.member, id_);
  ConsumerMember member = known == nullptr ? ConsumerMember{.id = std::string(request.member)} : *known;
  if (!request.is_classic) {
    if (auto checked = check_epoch(member, request); !checked) return fail(std::move(checked).error());
  }
  return member;
}

Result<ConsumerMember> ConsumerUpdate::static_member(const MemberRequest& request) {
  const ConsumerMember* known = group_.static_member(request.instance_id);
  if (!request.may_join) {
    if (auto checked = check_instance(known, request.member, *request.instance_id); !checked) {
      return fail(std::move(checked).error());
    }
    if (!request.is_classic) {
      if (auto checked = check_epoch(*known, request); !checked) return fail(std::move(checked).error());
    }
    return *known;
  }
  if (known == nullptr) {
    const ConsumerMember* same = group_.find(request.member);
    return same == nullptr ? ConsumerMember{.id = std::string(request.member)} : *same;
  }
  if (!request.is_classic && !known->is_classic() && known->current.epoch != kStaticLeaveEpoch) {
    return fail(ErrorCode::kUnreleasedInstanceId,
                "Static member " + std::string(request.member) + " with instance id " +
                    std::string(*request.instance_id) +
                    " cannot join the group because the instance id is owned by " + known->id + " member.");
  }
  const ConsumerMember old = *known;
  ConsumerMember replacement = old;
  replacement.id = request.member;
  replacement.current.epoch = 0;
  replacement.current.previous_epoch = 0;
  replace_member(old, replacement);
  return replacement;
}

void ConsumerUpdate::replace_member(const ConsumerMember& old, const ConsumerMember& replacement) {
  MemberAssignment target = group_.target(old.id);
  remove_member(old.id);
  write(SubscriptionRecord{replacement.id, replacement.subscription});
  write(TargetRecord{replacement.id, std::move(target)});
  write(CurrentRecord{replacement.id, replacement.current});
}

void ConsumerUpdate::remove_member(const std::string& member) {
  write(CurrentRecord{member, std::nullopt});
  write(TargetRecord{member, std::nullopt});
  write(SubscriptionRecord{member, std::nullopt});
}

bool ConsumerUpdate::subscribe(const ConsumerMember& member, MemberSubscription subscription) {
  if (subscription == member.subscription) return false;
  const bool has_new_topics = subscription.topics != member.subscription.topics;
  write(SubscriptionRecord{member.id, std::move(subscription)});
  return has_new_topics;
}

Result<ConsumerUpdate::RegexUpdate> ConsumerUpdate::update_regexes(const MemberSubscription& before,
                                                                   const MemberSubscription& now) {
  RegexUpdate update = RegexUpdate::kNone;
  bool search = false;
  if (before.regex != now.regex) {
    update = RegexUpdate::kUnresolved;
    if (before.has_regex() && group_.subscribers(*before.regex) == 0) {
      write(RegexRecord{*before.regex, std::nullopt});
    }
    if (!now.has_regex()) {
      if (before.has_regex()) update = RegexUpdate::kResolved;
    } else if (group_.subscribers(*now.regex) == 1) {
      if (auto checked = check_topic_regex(*now.regex); !checked) return fail(std::move(checked).error());
      search = true;
    } else if (group_.resolved(*now.regex) != nullptr) {
      update = RegexUpdate::kResolved;
    }
  }
  if (group_.regexes().empty()) return update;
  const auto& resolved = group_.resolved_regexes();
  if (!resolved.empty()) {
    const ResolvedRegex& last = *(*resolved.begin()).second;
    const TimestampMs since_ms = context_.at.wall_ms - last.timestamp_ms;
    if (since_ms <= kMinRegexSearchIntervalMs) return update;
    search = search || last.version < context_.newest_topic_version ||
             since_ms > context_.settings.regex_refresh_interval_ms;
  }
  wants_regex_search_ = search || group_.regexes().size() != resolved.size();
  return update;
}

void ConsumerUpdate::take_resolved_regexes() {
  bool has_changed = false;
  for (auto& [regex, found] : resolve_topic_regexes(group_.regexes(), context_.topics, context_.at.wall_ms)) {
    const ResolvedRegex* before = group_.resolved(regex);
    if (before == nullptr ? !found.topics.empty() : before->topics != found.topics) has_changed = true;
    write(RegexRecord{regex, std::move(found)});
  }
  update_metadata(has_changed);
}

bool ConsumerUpdate::update_metadata(bool has_to) {
  const std::int64_t hash = metadata_hash(context_.topics, group_.subscribed_topics());
  const bool begins_epoch = has_to || hash != group_.metadata_hash();
  if (begins_epoch) {
    write(GroupEpochRecord{GroupEpochRecord::Value{.epoch = group_.epoch() + 1, .metadata_hash = hash}});
  }
  if (group_.has_partition_metadata()) write(PartitionMetadataRecord{false});
  return begins_epoch;
}

Result<void> ConsumerUpdate::update_target() {
  if (group_.target_epoch() >= group_.epoch()) return {};
  const ConsumerGroupSettings& settings = context_.settings;
  if (!is_target_due(group_.target_timestamp_ms(), settings.assignment_interval_ms, context_.at.wall_ms))
    return {};
  const std::string_view wanted = group_.preferred_assignor().value_or(settings.default_assignor);
  const Assignor* assignor = find_consumer_group_assignor(wanted);
  if (assignor == nullptr) {
    return fail(target_failure(group_.epoch(), "there is no assignor " + std::string(wanted)));
  }
  auto targets = compute_targets(target_request(group_), context_.topics, assignor->assign);
  if (!targets) return fail(std::move(targets).error());
  write_targets(*this, *std::move(targets), old_targets_, context_.at.wall_ms);
  return {};
}

Result<void> ConsumerUpdate::reconcile_member(std::string_view member_id, const MemberReport& report) {
  const ConsumerMember& member = *group_.find(member_id);
  const MemberTarget target{.epoch = group_.target_epoch(), .partitions = group_.target(member_id)};
  if (!report.has_new_subscription && member.current.is_reconciled_to(target.epoch)) return {};
  auto next = reconcile(group_, context_.topics, member, target, report);
  if (!next) return fail(std::move(next).error());
  if (*next == member.current) return {};
  if (!member.is_classic()) {
    if (next->state == MemberState::kUnrevokedPartitions) {
      set_timer(TimerKind::kRevocation, member_id, member.subscription.rebalance_timeout_ms);
    } else {
      cancel_timer(TimerKind::kRevocation, member_id);
    }
  }
  write(CurrentRecord{std::string(member_id), *std::move(next)});
  return {};
}

void ConsumerUpdate::fence(std::span<const std::string> members) {
  std::set<std::string> regexes;
  for (const std::string& id : members) {
    const MemberSubscription& subscription = group_.find(id)->subscription;
    if (subscription.has_regex()) regexes.insert(*subscription.regex);
    remove_member(id);
  }
  for (const std::string& regex : regexes) {
    if (group_.subscribers(regex) == 0) write(RegexRecord{regex, std::nullopt});
  }
  const std::int64_t hash = metadata_hash(context_.topics, group_.subscribed_topics());
  write(GroupEpochRecord{GroupEpochRecord::Value{.epoch = group_.epoch() + 1, .metadata_hash = hash}});
  for (const std::string& id : members) {
    for (const TimerKind kind : {TimerKind::kMemberSession, TimerKind::kRevocation, TimerKind::kMemberJoin,
                                 TimerKind::kMemberSync}) {
      cancel_timer(kind, id);
    }
  }
}

void ConsumerUpdate::leave_for_a_while(const ConsumerMember& member) {
  CurrentAssignment current = member.current;
  current.epoch = kStaticLeaveEpoch;
  current.pending_revocation.clear();
  for (auto& [topic_id, partitions] : current.assigned) {
    for (auto& [partition, epoch] : partitions)
      epoch = 0;
  }
  write(CurrentRecord{member.id, std::move(current)});
}

void ConsumerUpdate::remove_group() {
  std::vector<std::string> members;
  for (const auto& [id, unused] : group_.members())
    members.push_back(id);
  for (const std::string& id : members)
    write(CurrentRecord{id, std::nullopt});
  for (const std::string& id : members)
    write(TargetRecord{id, std::nullopt});
  write(TargetEpochRecord{std::nullopt});
  for (const std::string& id : members)
    write(SubscriptionRecord{id, std::nullopt});
  std::vector<std::string> regexes;
  for (const auto& [regex, unused] : group_.resolved_regexes())
    regexes.push_back(regex);
  for (const std::string& regex : regexes)
    write(RegexRecord{regex, std::nullopt});
  write(PartitionMetadataRecord{false});
  write(GroupEpochRecord{std::nullopt});
}

void ConsumerUpdate::restart_session(std::string_view member, std::int32_t timeout_ms) {
  set_timer(TimerKind::kMemberSession, member, timeout_ms);
}

void ConsumerUpdate::set_timer(TimerKind kind, std::string_view member, std::int32_t delay_ms,
                               bool keeps_earlier) {
  timers_.push_back({.key = {.kind = kind, .group = id_, .member = std::string(member)},
                     .deadline = context_.at.now + std::chrono::milliseconds(delay_ms),
                     .keeps_earlier = keeps_earlier});
}

void ConsumerUpdate::cancel_timer(TimerKind kind, std::string_view member) {
  timers_.push_back(
      {.key = {.kind = kind, .group = id_, .member = std::string(member)}, .deadline = std::nullopt});
}

}  // namespace moldau::coordinator
