#include "tests/sim/groups/consumer_member.h"

#include <algorithm>
#include <chrono>
#include <utility>

#include "coordinator/consumer/member.h"
#include "protocol/messages/consumer_group_heartbeat_request.h"

namespace moldau::sim {
namespace {

using namespace std::chrono_literals;
using Request = protocol::ConsumerGroupHeartbeatRequest;
using Response = protocol::ConsumerGroupHeartbeatResponse;

bool has_lost_membership(ErrorCode error) {
  return error == ErrorCode::kUnknownMemberId || error == ErrorCode::kFencedMemberEpoch ||
         error == ErrorCode::kFencedInstanceId || error == ErrorCode::kUnreleasedInstanceId;
}

/// Of a group that is of another kind by now, or that somebody has deleted.
bool is_shut_out(ErrorCode error) {
  return error == ErrorCode::kGroupIdNotFound || error == ErrorCode::kInconsistentGroupProtocol;
}

}  // namespace

ConsumerMember::ConsumerMember(GroupStage& stage, std::string name, std::size_t connection, std::string group,
                               std::optional<std::string> instance_id)
    : OffsetCommitter(stage, std::move(name), connection, std::move(group)),
      instance_id_(std::move(instance_id)),
      rebalance_timeout_ms_(2'000 + static_cast<std::int32_t>(stage.random.below(10'000))),
      seat_(stage.groups.add(name_)) {}

void ConsumerMember::act() {
  if (is_in_) {
    if (one_in(60)) {
      // It misses a heartbeat or two, or its session.
      return rest(3s, 15s);
    }
    switch (stage_.random.below(14)) {
      case 0:
        return leave();
      case 1:
      case 2:
      case 3:
        return commit_some();
      case 4:
        narrows_ = !narrows_;
        says_all_ = true;
        break;
      default:
        break;
    }
  }
  heartbeat();
}

void ConsumerMember::be_out() {
  stage_.groups.left(seat_);
  is_in_ = false;
  epoch_ = coordinator::kJoinEpoch;
  wanted_.clear();
  says_all_ = true;
}

void ConsumerMember::start_over(ErrorCode error) {
  if (is_passing(error)) return rest(10ms, 300ms);
  if (!has_lost_membership(error) && !is_shut_out(error)) complain_of(error);
  be_out();
  is_shut_out(error) || error == ErrorCode::kUnreleasedInstanceId ? rest(1s, 6s) : rest(0ms, 1s);
}

void ConsumerMember::heartbeat() {
  Request request;
  if (!is_in_) {
    is_new_ = member_id_.empty() || one_in(2);
    if (is_new_) member_id_ = fresh_id();
    stage_.groups.asks_in(group_, GroupKind::kConsumer, now());
  }
  request.group_id = GroupId(group_);
  request.member_id = member_id_;
  request.member_epoch = epoch_;
  if (instance_id_) request.instance_id = *instance_id_;
  if (says_all_) {
    request.rebalance_timeout_ms = rebalance_timeout_ms_;
    auto& topics = request.subscribed_topic_names.emplace();
    for (const GroupTopic& topic : stage_.topics) {
      if (topics.empty() || !narrows_) topics.emplace_back(topic.name);
    }
  }
  stage_.groups.keeps(seat_, wanted_);
  if (says_all_ || has_news_) {
    auto& owned = request.topic_partitions.emplace();
    for (const GroupTopic& topic : stage_.topics) {
      owned.push_back({.topic_id = topic.id, .partitions = {}, .unknown_tags = {}});
      for (const Share& share : stage_.groups.shares_of(seat_)) {
        if (share.name == topic.name) owned.back().partitions.push_back(share.partition);
      }
      if (owned.back().partitions.empty()) owned.pop_back();
    }
  }
  tell(member_id_ + " has in epoch " + std::to_string(epoch_) + ": " +
       text_of(stage_.groups.shares_of(seat_)));
  // Where the answer is lost, all has to be said again.
  says_all_ = true;
  ask<Response>(request, 1, kPatience,
                [this](const Response& response, Exchange exchange) { heard(response, exchange); });
}

void ConsumerMember::heard(const Response& response, Exchange exchange) {
  if (!is_good(response.error_code)) return start_over(response.error_code);
  says_all_ = false;
  has_news_ = false;
  const Duration lasts = from_ms(kSessionTimeoutMs);
  epoch_ = response.member_epoch;
  if (is_in_) {
    complain(stage_.groups.confirmed(seat_, epoch_, exchange, lasts));
  } else {
    is_in_ = true;
    joined_at_epoch_ = epoch_;
    complain(stage_.groups.joined(seat_, group_, GroupKind::kConsumer, epoch_, exchange, lasts));
  }
  if (response.assignment) take(response, exchange);
  rest(50ms, 1500ms);
}

void ConsumerMember::take(const Response& response, Exchange exchange) {
  wanted_.clear();
  for (const auto& assigned : response.assignment->topic_partitions) {
    const GroupTopic* topic = stage_.topic(assigned.topic_id);
    if (topic == nullptr) return complain("is given a topic that nobody knows");
    for (const std::int32_t partition : assigned.partitions)
      wanted_.insert({topic->name, partition});
  }
  tell("is given in epoch " + std::to_string(epoch_) + ": " + text_of(wanted_));
  Shares has = stage_.groups.shares_of(seat_);
  const bool gives_back =
      std::ranges::any_of(has, [this](const Share& share) { return !wanted_.contains(share); });
  if (gives_back) {
    stage_.groups.must_give_back_until(seat_, exchange.sent + from_ms(rebalance_timeout_ms_));
  }
  has.insert(wanted_.begin(), wanted_.end());
  has_news_ = true;
  complain(stage_.groups.owns(seat_, std::move(has), exchange.came));
}

void ConsumerMember::leave() {
  Request request;
  request.group_id = GroupId(group_);
  request.member_id = member_id_;
  const bool is_for_a_while = instance_id_ && one_in(2);
  request.member_epoch = is_for_a_while ? coordinator::kStaticLeaveEpoch : coordinator::kLeaveEpoch;
  if (instance_id_) request.instance_id = *instance_id_;
  be_out();
  leaves_ = true;
  ask<Response>(request, 1, kPatience, [this](const Response& response, Exchange) {
    leaves_ = false;
    if (!is_good(response.error_code)) return start_over(response.error_code);
    rest(200ms, 8s);
  });
}

void ConsumerMember::commit_some() {
  coordinator::OffsetKey key = stage_.any_key(group_);
  CommitterIdentity as{.member_id = member_id_, .instance_id = instance_id_, .generation_or_epoch = epoch_};
  const std::uint64_t kind = stage_.random.below(8);
  // An older epoch is taken where the member has had the partition since (KIP-1251); one that was new when it
  // joined, and takes nobody's place, had none before.
  if (kind == 0 && is_new_ && !instance_id_) as.generation_or_epoch = joined_at_epoch_ - 1;
  if (kind == 1) as.generation_or_epoch += 100;
  if (kind == 2) as.member_id += "-gone";
  const bool is_stale =
      (kind == 0 && is_new_ && !instance_id_ && joined_at_epoch_ > 0) || kind == 1 || kind == 2;
  commit(key, as, is_stale, [this, kind](ErrorCode error, Exchange) {
    // Behind its own epoch the member learns the newer one with its next heartbeat.
    if (error == ErrorCode::kNone || kind < 3 || error == ErrorCode::kStaleMemberEpoch) {
      return rest(50ms, 1s);
    }
    start_over(error);
  });
}

void ConsumerMember::unanswered() {
  if (lose_commit()) return;
  leaves_ = false;
}

}  // namespace moldau::sim
