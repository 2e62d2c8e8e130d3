#include "tests/sim/groups/streams_member.h"

#include <algorithm>
#include <chrono>
#include <utility>

#include "coordinator/consumer/member.h"
#include "protocol/messages/streams_group_heartbeat_request.h"

namespace moldau::sim {
namespace {

using namespace std::chrono_literals;
using Request = protocol::StreamsGroupHeartbeatRequest;
using Response = protocol::StreamsGroupHeartbeatResponse;

constexpr std::string_view kSubtopology = "0";

}  // namespace

StreamsMember::StreamsMember(GroupStage& stage, std::string name, std::size_t connection, std::string group)
    : OffsetCommitter(stage, std::move(name), connection, std::move(group)),
      rebalance_timeout_ms_(2'000 + static_cast<std::int32_t>(stage.random.below(10'000))),
      seat_(stage.groups.add(name_)) {}

void StreamsMember::act() {
  if (is_in_) {
    if (one_in(60)) return rest(3s, 15s);
    switch (stage_.random.below(12)) {
      case 0:
        return leave();
      case 1:
      case 2:
        return commit_some();
      default:
        break;
    }
  }
  heartbeat();
}

void StreamsMember::be_out() {
  stage_.groups.left(seat_);
  is_in_ = false;
  epoch_ = coordinator::kJoinEpoch;
  wanted_.clear();
  missed_.reset();
  says_all_ = true;
}

void StreamsMember::start_over(ErrorCode error) {
  if (is_passing(error)) return rest(10ms, 300ms);
  const bool is_shut_out = error == ErrorCode::kGroupIdNotFound;
  if (!is_shut_out && error != ErrorCode::kUnknownMemberId && error != ErrorCode::kFencedMemberEpoch) {
    complain_of(error);
  }
  be_out();
  is_shut_out ? rest(1s, 6s) : rest(0ms, 1s);
}

void StreamsMember::heartbeat() {
  if (!is_in_) {
    if (member_id_.empty() || one_in(2)) member_id_ = fresh_id();
    stage_.groups.asks_in(group_, GroupKind::kStreams, now());
  }
  Request request;
  request.group_id = GroupId(group_);
  request.member_id = member_id_;
  request.member_epoch = epoch_;
  if (!is_in_) {
    request.process_id = member_id_;
    auto& subtopology = request.topology.emplace().subtopologies.emplace_back();
    subtopology.subtopology_id = kSubtopology;
    subtopology.source_topics = {TopicName(stage_.topics.front().name)};
  }
  stage_.groups.keeps(seat_, wanted_);
  if (says_all_) request.rebalance_timeout_ms = rebalance_timeout_ms_;
  if (says_all_ || has_news_) {
    auto& active = request.active_tasks.emplace();
    for (const Share& task : stage_.groups.shares_of(seat_)) {
      if (active.empty())
        active.push_back({.subtopology_id = kSubtopology, .partitions = {}, .unknown_tags = {}});
      active.back().partitions.push_back(task.partition);
    }
    request.standby_tasks.emplace();
    request.warmup_tasks.emplace();
  }
  tell(member_id_ + " has in epoch " + std::to_string(epoch_) + ": " +
       text_of(stage_.groups.shares_of(seat_)));
  // Where the answer is lost, all has to be said again.
  says_all_ = true;
  heartbeats_ = true;
  ask<Response>(request, 0, kPatience,
                [this](const Response& response, Exchange exchange) { heard(response, exchange); });
}

void StreamsMember::heard(const Response& response, Exchange exchange) {
  heartbeats_ = false;
  if (!is_good(response.error_code)) return start_over(response.error_code);
  says_all_ = false;
  has_news_ = false;
  const Duration lasts = from_ms(kSessionTimeoutMs);
  epoch_ = response.member_epoch;
  if (std::exchange(is_in_, true)) {
    complain(stage_.groups.confirmed(seat_, epoch_, exchange, lasts));
  } else {
    complain(stage_.groups.joined(seat_, group_, GroupKind::kStreams, epoch_, exchange, lasts));
  }
  if (response.active_tasks) {
    missed_.reset();
    take(response, exchange);
  } else if (missed_) {
    stage_.groups.must_give_back_until(seat_, *missed_ + from_ms(rebalance_timeout_ms_));
  }
  rest(50ms, 1500ms);
}

void StreamsMember::take(const Response& response, Exchange exchange) {
  wanted_.clear();
  for (const auto& tasks : *response.active_tasks) {
    for (const std::int32_t partition : tasks.partitions)
      wanted_.insert({std::string(tasks.subtopology_id), partition});
  }
  tell("is given in epoch " + std::to_string(epoch_) + ": " + text_of(wanted_));
  Shares has = stage_.groups.shares_of(seat_);
  if (std::ranges::any_of(has, [this](const Share& task) { return !wanted_.contains(task); })) {
    stage_.groups.must_give_back_until(seat_, exchange.sent + from_ms(rebalance_timeout_ms_));
  }
  has.insert(wanted_.begin(), wanted_.end());
  has_news_ = true;
  complain(stage_.groups.owns(seat_, std::move(has), exchange.came));
}

void StreamsMember::leave() {
  Request request;
  request.group_id = GroupId(group_);
  request.member_id = member_id_;
  request.member_epoch = coordinator::kLeaveEpoch;
  be_out();
  ask<Response>(request, 0, kPatience, [this](const Response& response, Exchange) {
    if (!is_good(response.error_code)) return start_over(response.error_code);
    rest(200ms, 8s);
  });
}

void StreamsMember::commit_some() {
  CommitterIdentity as{.member_id = member_id_, .instance_id = {}, .generation_or_epoch = epoch_};
  const std::uint64_t kind = stage_.random.below(6);
  if (kind == 0) as.generation_or_epoch += 100;
  if (kind == 1) as.member_id += "-gone";
  commit(stage_.any_key(group_), as, kind < 2, [this, kind](ErrorCode error, Exchange) {
    // Behind its own epoch the member learns the newer one with its next heartbeat.
    if (error == ErrorCode::kNone || kind < 2 || error == ErrorCode::kStaleMemberEpoch) {
      return rest(50ms, 1s);
    }
    start_over(error);
  });
}

void StreamsMember::unanswered() {
  if (lose_commit()) return;
  if (std::exchange(heartbeats_, false) && is_in_ && !missed_) missed_ = asked_at();
}

}  // namespace moldau::sim
