#include "tests/sim/groups/share_member.h"

#include <chrono>
#include <utility>

#include "coordinator/consumer/member.h"
#include "protocol/messages/share_group_heartbeat_request.h"

namespace moldau::sim {

using namespace std::chrono_literals;
using Request = protocol::ShareGroupHeartbeatRequest;
using Response = protocol::ShareGroupHeartbeatResponse;

ShareMember::ShareMember(GroupStage& stage, std::string name, std::size_t connection, std::string group)
    : GroupActor(stage, std::move(name), connection),
      group_(std::move(group)),
      seat_(stage.groups.add(name_)) {}

void ShareMember::act() {
  if (is_in_ && one_in(60)) return rest(3s, 15s);
  if (is_in_ && one_in(14)) return leave();
  heartbeat();
}

void ShareMember::be_out() {
  stage_.groups.left(seat_);
  is_in_ = false;
  epoch_ = coordinator::kJoinEpoch;
}

void ShareMember::heartbeat() {
  if (!is_in_) {
    if (member_id_.empty() || one_in(2)) member_id_ = fresh_id();
    stage_.groups.asks_in(group_, GroupKind::kShare, now());
  }
  Request request;
  request.group_id = GroupId(group_);
  request.member_id = member_id_;
  request.member_epoch = epoch_;
  if (!is_in_ || one_in(5)) {
    auto& topics = request.subscribed_topic_names.emplace();
    const std::size_t count = 1 + stage_.random.below(stage_.topics.size());
    for (std::size_t i = 0; i < count; ++i)
      topics.emplace_back(stage_.topics[i].name);
  }
  ask<Response>(request, 1, kPatience,
                [this](const Response& response, Exchange exchange) { heard(response, exchange); });
}

void ShareMember::heard(const Response& response, Exchange exchange) {
  const ErrorCode error = response.error_code;
  if (is_passing(error)) return rest(10ms, 300ms);
  if (!is_good(error)) {
    const bool is_shut_out = error == ErrorCode::kGroupIdNotFound;
    if (!is_shut_out && error != ErrorCode::kUnknownMemberId && error != ErrorCode::kFencedMemberEpoch) {
      complain_of(error);
    }
    be_out();
    return is_shut_out ? rest(1s, 6s) : rest(0ms, 1s);
  }
  const Duration lasts = from_ms(kSessionTimeoutMs);
  epoch_ = response.member_epoch;
  if (std::exchange(is_in_, true)) {
    complain(stage_.groups.confirmed(seat_, epoch_, exchange, lasts));
  } else {
    complain(stage_.groups.joined(seat_, group_, GroupKind::kShare, epoch_, exchange, lasts));
  }
  rest(50ms, 1500ms);
}

void ShareMember::leave() {
  Request request;
  request.group_id = GroupId(group_);
  request.member_id = member_id_;
  request.member_epoch = coordinator::kLeaveEpoch;
  be_out();
  ask<Response>(request, 1, kPatience, [this](const Response& response, Exchange) {
    const ErrorCode error = response.error_code;
    if (!is_good(error) && !is_passing(error) && error != ErrorCode::kUnknownMemberId &&
        error != ErrorCode::kGroupIdNotFound) {
      complain_of(error);
    }
    rest(200ms, 8s);
  });
}

}  // namespace moldau::sim
