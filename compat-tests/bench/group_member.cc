#include "group_member.h"

#include <utility>
#include <vector>

#include "coordinator.h"
#include "protocol/messages/consumer_protocol_assignment.h"
#include "protocol/messages/consumer_protocol_subscription.h"
#include "protocol/messages/find_coordinator_response.h"
#include "protocol/messages/heartbeat_response.h"
#include "protocol/messages/join_group_request.h"
#include "protocol/messages/leave_group_request.h"
#include "protocol/messages/leave_group_response.h"
#include "protocol/messages/sync_group_request.h"
#include "protocol/wire/message.h"

namespace moldau::bench {
namespace {

constexpr std::string_view kProtocolType = "consumer";
constexpr std::string_view kProtocol = "range";
constexpr std::string_view kTopic = "bench";
constexpr std::int32_t kSessionTimeoutMs = 45000;
constexpr std::int32_t kRebalanceTimeoutMs = 60000;
/// What consumers send each other without their coordinator, in bytes: the rest is their own data.
constexpr std::size_t kSubscriptionBytes = 50;
constexpr std::size_t kAssignmentBytes = 50;
constexpr std::size_t kVersionBytes = sizeof(std::int16_t);

/// The message in version 0, behind its version and with as much data as fills `size_bytes`.
template <class Message>
Bytes padded(Message message, std::size_t size_bytes) {
  message.user_data = wire::Blob();
  const Bytes data(size_bytes - kVersionBytes - message.encoded_size(0).value());
  message.user_data = wire::Blob(data);
  Bytes bytes = wire::encode_message(message, 0).value();
  bytes.insert(bytes.begin(), kVersionBytes, 0);
  return bytes;
}

Bytes subscription() {
  protocol::ConsumerProtocolSubscription message;
  message.topics.push_back(kTopic);
  return padded(std::move(message), kSubscriptionBytes);
}

Bytes assignment_of(std::int32_t partition) {
  protocol::ConsumerProtocolAssignment message;
  auto& topic = message.assigned_partitions.emplace_back();
  topic.topic = TopicName(kTopic);
  topic.partitions.push_back(partition);
  return padded(std::move(message), kAssignmentBytes);
}

/// The partition in an assignment, which has to be one that assignment_of() made.
std::int32_t partition_in(ByteView assignment) {
  if (assignment.size() != kAssignmentBytes) die("in a group", "an assignment of another size");
  const auto message =
      wire::decode_message<protocol::ConsumerProtocolAssignment>(assignment.subspan(kVersionBytes), 0);
  if (!message) die("in a group", message.error().message.c_str());
  return message->assigned_partitions.at(0).partitions.at(0);
}

}  // namespace

Member::Member(io::uv::UvHost& host, const io::SocketAddress& address, Duration heartbeat_interval)
    : loop_(host.loop(0)),
      peer_(host, address),
      heartbeat_interval_(heartbeat_interval),
      next_heartbeat_(loop_.make_timer([this] { send_heartbeat(); })) {
  peer_.connection().set_client_id("bench");
}

template <class Response, class Request, class Take>
void Member::ask(const Request& request, Take take) {
  peer_.connection().send<Response>(
      request, Request::kVersions.highest, [take = std::move(take)](auto answer) mutable {
        if (!answer) die(std::string(Request::kName).c_str(), answer.error().message.c_str());
        take(**answer);
      });
}

void Member::find_coordinator(const std::string& group, Done done) {
  group_ = &group;
  ask<protocol::FindCoordinatorResponse>(
      find_coordinator_of(group), [done = std::move(done)](const auto& response) mutable {
        check_error("FindCoordinator", response.coordinators.at(0).error_code);
        done();
      });
}

void Member::join(Synced synced) {
  synced_ = std::move(synced);
  member_id_.clear();
  is_staying_ = true;
  send_join();
}

void Member::send_join() {
  const Bytes metadata = subscription();
  protocol::JoinGroupRequest request;
  request.group_id = GroupId(*group_);
  request.session_timeout_ms = kSessionTimeoutMs;
  request.rebalance_timeout_ms = kRebalanceTimeoutMs;
  request.member_id = member_id_;
  request.protocol_type = kProtocolType;
  auto& offered = request.protocols.emplace_back();
  offered.name = kProtocol;
  offered.metadata = wire::Blob(metadata);
  ask<protocol::JoinGroupResponse>(request, [this](const auto& response) { take_join(response); });
}

void Member::take_join(const protocol::JoinGroupResponse& response) {
  if (member_id_.empty()) {
    // KIP-394: the coordinator first gives the id by which the member is to join.
    if (response.error_code != ErrorCode::kMemberIdRequired) die("JoinGroup", "let in without a member id");
    member_id_ = response.member_id;
    return send_join();
  }
  check_error("JoinGroup", response.error_code);
  if (response.member_id != member_id_ || response.protocol_name != kProtocol) die("JoinGroup", "as another");
  generation_ = response.generation_id;
  send_sync(response);
}

void Member::send_sync(const protocol::JoinGroupResponse& joined) {
  protocol::SyncGroupRequest request;
  request.group_id = GroupId(*group_);
  request.generation_id = generation_;
  request.member_id = member_id_;
  request.protocol_type = kProtocolType;
  request.protocol_name = kProtocol;
  std::vector<Bytes> assignments;
  if (joined.leader == member_id_) {
    if (joined.members.empty()) die("JoinGroup", "a leader without members");
    assignments.reserve(joined.members.size());
    for (const auto& member : joined.members) {
      const auto partition = static_cast<std::int32_t>(assignments.size());
      assignments.push_back(assignment_of(partition));
      auto& given = request.assignments.emplace_back();
      given.member_id = member.member_id;
      given.assignment = wire::Blob(assignments.back());
    }
  }
  ask<protocol::SyncGroupResponse>(request, [this](const auto& response) { take_sync(response); });
}

void Member::take_sync(const protocol::SyncGroupResponse& response) {
  // A member came after this generation had begun.
  if (response.error_code == ErrorCode::kRebalanceInProgress) return send_join();
  check_error("SyncGroup", response.error_code);
  assigned_partition_ = partition_in(response.assignment);
  next_heartbeat_->arm(loop_.clock().now() + heartbeat_interval_);
  synced_(generation_);
}

protocol::HeartbeatRequest Member::heartbeat() const {
  protocol::HeartbeatRequest request;
  request.group_id = GroupId(*group_);
  request.generation_id = generation_;
  request.member_id = member_id_;
  return request;
}

void Member::send_heartbeat() {
  ask<protocol::HeartbeatResponse>(heartbeat(), [this](const auto& response) {
    if (is_staying_ && response.error_code == ErrorCode::kRebalanceInProgress) return send_join();
    check_error("Heartbeat", response.error_code);
    if (is_staying_) next_heartbeat_->arm(loop_.clock().now() + heartbeat_interval_);
  });
}

void Member::end_heartbeats(Done done) {
  is_staying_ = false;
  next_heartbeat_->disarm();
  ask<protocol::HeartbeatResponse>(heartbeat(), [done = std::move(done)](const auto& response) mutable {
    check_error("Heartbeat", response.error_code);
    done();
  });
}

void Member::leave(Done done) {
  protocol::LeaveGroupRequest request;
  request.group_id = GroupId(*group_);
  auto& leaving = request.members.emplace_back();
  leaving.member_id = member_id_;
  leaving.reason = "the measurement is over";
  ask<protocol::LeaveGroupResponse>(request, [done = std::move(done)](const auto& response) mutable {
    check_error("LeaveGroup", response.error_code);
    check_error("LeaveGroup", response.members.at(0).error_code);
    done();
  });
}

}  // namespace moldau::bench
