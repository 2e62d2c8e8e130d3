#include "tests/sim/groups/share_member.h"

#include <chrono>

#include "coordinator/consumer/member.h"
#include "protocol/messages/share_group_heartbeat_request.h"

namespace moldau::sim {

using namespace std::chrono_literals;
using Request = protocol::ShareGroupHeartbeatRequest;
using Response = protocol::ShareGroupHeartbeatResponse;

void ShareMember::act() {
  if (is_in_ && one_in(60)) return rest(3s, 15s);
  if (is_in_ && one_in(14)) return leave();
  heartbeat();
}

void ShareMember::heartbeat() {
  choose_id();
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
  ask<Response>(request, 1, kPatience, [this](const Response& response, Exchange exchange) {
    if (!is_good(response.error_code)) return start_over(response.error_code);
    is_told(response.member_epoch, exchange);
    rest(50ms, 1500ms);
    if (response.assignment) assigned(*response.assignment);
  });
}

void ShareMember::leave() {
  Request request;
  request.group_id = GroupId(group_);
  request.member_id = member_id_;
  request.member_epoch = coordinator::kLeaveEpoch;
  be_out();
  ask<Response>(request, 1, kPatience, [this](const Response& response, Exchange) {
    if (!is_good(response.error_code)) return start_over(response.error_code);
    rest(200ms, 8s);
  });
}

}  // namespace moldau::sim
