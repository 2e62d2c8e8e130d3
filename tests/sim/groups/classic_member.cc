#include "tests/sim/groups/classic_member.h"

#include <algorithm>
#include <chrono>
#include <utility>

#include "coordinator/group/embedded_protocol.h"
#include "coordinator/record_bytes.h"
#include "protocol/messages/consumer_protocol_assignment.h"
#include "protocol/messages/consumer_protocol_subscription.h"
#include "protocol/messages/heartbeat_request.h"
#include "protocol/messages/heartbeat_response.h"
#include "protocol/messages/join_group_request.h"
#include "protocol/messages/leave_group_request.h"
#include "protocol/messages/leave_group_response.h"
#include "protocol/messages/sync_group_request.h"

namespace moldau::sim {
namespace {

using namespace std::chrono_literals;

constexpr std::string_view kProtocolType = "consumer";
constexpr std::string_view kProtocol = "range";
/// Of the data that is embedded in JoinGroup and SyncGroup.
constexpr std::int16_t kEmbeddedVersion = 1;
/// The longest rebalance timeout of these members, twice: joining, and waiting for the leader.
constexpr Duration kRebalancePatience = 30s;

bool has_lost_membership(ErrorCode error) {
  return error == ErrorCode::kUnknownMemberId || error == ErrorCode::kFencedInstanceId ||
         error == ErrorCode::kIllegalGeneration || error == ErrorCode::kRebalanceInProgress;
}

/// Of a group that is of another kind by now, or that somebody has deleted.
bool is_shut_out(ErrorCode error) {
  return error == ErrorCode::kInconsistentGroupProtocol || error == ErrorCode::kGroupIdNotFound;
}

}  // namespace

ClassicMember::ClassicMember(GroupStage& stage, std::string name, std::size_t connection, std::string group,
                             bool is_mixed, std::optional<std::string> instance_id)
    : OffsetCommitter(stage, std::move(name), connection, std::move(group)),
      is_mixed_(is_mixed),
      instance_id_(std::move(instance_id)),
      session_timeout_ms_(6'000 + static_cast<std::int32_t>(stage.random.below(3'000))),
      rebalance_timeout_ms_(3'000 + static_cast<std::int32_t>(stage.random.below(5'000))),
      seat_(stage.groups.add(name_)) {}

Duration ClassicMember::lasts() const {
  // A rebalance may begin at once, and it does not wait for longer.
  return from_ms(std::min(session_timeout_ms_, rebalance_timeout_ms_));
}

void ClassicMember::act() {
  if (state_ == State::kOut) return join();
  if (one_in(60)) {
    // A static member comes back as another process; others with the id they had.
    if (instance_id_) be_out(false);
    return rest(from_ms(2'000), from_ms(12'000));
  }
  if (state_ == State::kJoined) return sync();
  switch (stage_.random.below(12)) {
    case 0:
      return leave();
    case 1:
      return join();
    case 2:
    case 3:
    case 4:
      return commit_some();
    default:
      return heartbeat();
  }
}

void ClassicMember::be_out(bool keeps_id) {
  stage_.groups.left(seat_);
  state_ = State::kOut;
  followers_.clear();
  if (!keeps_id) member_id_.clear();
}

void ClassicMember::start_over(ErrorCode error) {
  if (is_passing(error)) return rest(10ms, 300ms);
  if (!has_lost_membership(error) && !is_shut_out(error)) complain_of(error);
  be_out(error == ErrorCode::kRebalanceInProgress);
  is_shut_out(error) ? rest(1s, 6s) : rest(0ms, 1s);
}

void ClassicMember::join() {
  // An eager member gives everything back.
  be_out(true);
  stage_.groups.asks_in(group_, GroupKind::kClassic, now());
  protocol::ConsumerProtocolSubscription subscription;
  for (const GroupTopic& topic : stage_.topics)
    subscription.topics.emplace_back(topic.name);
  const Bytes metadata = coordinator::prefixed(kEmbeddedVersion, subscription, kEmbeddedVersion);
  protocol::JoinGroupRequest request;
  request.group_id = GroupId(group_);
  request.session_timeout_ms = session_timeout_ms_;
  request.rebalance_timeout_ms = rebalance_timeout_ms_;
  request.member_id = member_id_;
  if (instance_id_) request.group_instance_id = *instance_id_;
  request.protocol_type = kProtocolType;
  request.protocols.push_back({kProtocol, ByteView(metadata), {}});
  ask<protocol::JoinGroupResponse>(
      request, 9, kRebalancePatience,
      [this](const protocol::JoinGroupResponse& response, Exchange exchange) { joined(response, exchange); });
}

void ClassicMember::joined(const protocol::JoinGroupResponse& response, Exchange exchange) {
  if (response.error_code == ErrorCode::kMemberIdRequired) {
    member_id_ = response.member_id;
    return rest(0ms, 200ms);
  }
  if (!is_good(response.error_code)) return start_over(response.error_code);
  const bool is_same = response.member_id == member_id_ && response.generation_id == generation_;
  member_id_ = response.member_id;
  generation_ = response.generation_id;
  state_ = State::kJoined;
  followers_.clear();
  const bool leads = response.leader == response.member_id && !response.skip_assignment;
  for (const auto& member : response.members) {
    if (leads) followers_.emplace_back(member.member_id);
  }
  tell("is " + member_id_ + " in generation " + std::to_string(generation_) + (leads ? ", leads" : ""));
  // Told again what it knows, it has the session it had, however long that is.
  session_until_ = exchange.sent + (is_same ? Duration::zero() : lasts());
  rest(0ms, 300ms);
}

void ClassicMember::sync() {
  // Partitions go round among the members.
  std::vector<protocol::ConsumerProtocolAssignment> assignments(followers_.size());
  std::size_t next = 0;
  for (const GroupTopic& topic : stage_.topics) {
    for (auto& assignment : assignments)
      assignment.assigned_partitions.push_back({.topic = TopicName(topic.name), .partitions = {}});
    for (std::int32_t i = 0; i < topic.partitions && !assignments.empty(); ++i) {
      assignments[next++ % assignments.size()].assigned_partitions.back().partitions.push_back(i);
    }
  }
  std::vector<Bytes> encoded;
  for (const auto& assignment : assignments)
    encoded.push_back(coordinator::prefixed(kEmbeddedVersion, assignment, kEmbeddedVersion));
  protocol::SyncGroupRequest request;
  request.group_id = GroupId(group_);
  request.generation_id = generation_;
  request.member_id = member_id_;
  if (instance_id_) request.group_instance_id = *instance_id_;
  request.protocol_type = kProtocolType;
  request.protocol_name = kProtocol;
  for (std::size_t i = 0; i < followers_.size(); ++i)
    request.assignments.push_back({followers_[i], ByteView(encoded[i]), {}});
  ask<protocol::SyncGroupResponse>(
      request, 5, kRebalancePatience,
      [this](const protocol::SyncGroupResponse& response, Exchange exchange) { synced(response, exchange); });
}

void ClassicMember::synced(const protocol::SyncGroupResponse& response, Exchange exchange) {
  if (!is_good(response.error_code)) return start_over(response.error_code);
  state_ = State::kStable;
  Shares shares;
  if (const auto assignment = coordinator::parse_assignment(response.assignment)) {
    for (const auto& [topic, partitions] : assignment->partitions) {
      for (const std::int32_t partition : partitions)
        shares.insert({topic, partition});
    }
  }
  tell("has in generation " + std::to_string(generation_) + ": " + text_of(shares));
  // What was agreed on is written now, and not when the member joined; its session goes on since then.
  complain(stage_.groups.joined(seat_, group_, GroupKind::kClassic, generation_, exchange,
                                session_until_ - exchange.sent));
  complain(stage_.groups.owns(seat_, std::move(shares), exchange.came));
  rest(50ms, 1s);
}

void ClassicMember::heartbeat() {
  protocol::HeartbeatRequest request;
  request.group_id = GroupId(group_);
  request.generation_id = generation_;
  request.member_id = member_id_;
  if (instance_id_) request.group_instance_id = *instance_id_;
  ask<protocol::HeartbeatResponse>(request, 4, kPatience,
                                   [this](const protocol::HeartbeatResponse& response, Exchange exchange) {
                                     if (!is_good(response.error_code))
                                       return start_over(response.error_code);
                                     complain(stage_.groups.confirmed(seat_, generation_, exchange, lasts()));
                                     rest(50ms, 1500ms);
                                   });
}

void ClassicMember::leave() {
  protocol::LeaveGroupRequest request;
  request.group_id = GroupId(group_);
  auto& identity = request.members.emplace_back();
  identity.member_id = member_id_;
  if (instance_id_) identity.group_instance_id = *instance_id_;
  stage_.groups.left(seat_);
  leaves_ = true;
  ask<protocol::LeaveGroupResponse>(
      request, 5, kPatience, [this](const protocol::LeaveGroupResponse& response, Exchange) {
        leaves_ = false;
        const ErrorCode error = response.error_code != ErrorCode::kNone || response.members.empty()
                                    ? response.error_code
                                    : response.members.front().error_code;
        if (!is_good(error)) return start_over(error);
        be_out(false);
        rest(200ms, 8s);
      });
}

void ClassicMember::commit_some() {
  const coordinator::OffsetKey key = stage_.any_key(group_);
  CommitterIdentity as{
      .member_id = member_id_, .instance_id = instance_id_, .generation_or_epoch = generation_};
  const std::uint64_t kind = stage_.random.below(6);
  if (kind == 0) as.generation_or_epoch -= 1 + static_cast<std::int32_t>(stage_.random.below(2));
  if (kind == 1) as.member_id += "-gone";
  const bool is_stale = as.generation_or_epoch >= 0 && (kind == 1 || (kind == 0 && !is_mixed_));
  commit(key, as, is_stale, [this, kind](ErrorCode error, Exchange) {
    // What is told to somebody else is not for this member.
    if (error == ErrorCode::kNone || kind < 2) return rest(50ms, 1s);
    if (error == ErrorCode::kStaleMemberEpoch) error = ErrorCode::kIllegalGeneration;
    start_over(error);
  });
}

void ClassicMember::unanswered() {
  if (lose_commit()) return;
  if (std::exchange(leaves_, false)) be_out(false);
}

}  // namespace moldau::sim
