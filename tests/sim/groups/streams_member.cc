#include "tests/sim/groups/streams_member.h"

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

void StreamsMember::heartbeat() {
  choose_id();
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
  const Shares& has = gives_back();
  if (says_all_) request.rebalance_timeout_ms = rebalance_timeout_ms_;
  if (says_all_ || has_news_) {
    auto& active = request.active_tasks.emplace();
    for (const Share& task : has) {
      if (active.empty()) {
        active.push_back({.subtopology_id = kSubtopology, .partitions = {}, .unknown_tags = {}});
      }
      active.back().partitions.push_back(task.partition);
    }
    request.standby_tasks.emplace();
    request.warmup_tasks.emplace();
  }
  // Where the answer is lost, all has to be said again.
  says_all_ = true;
  ask<Response>(request, 0, kPatience,
                [this](const Response& response, Exchange exchange) { heard(response, exchange); });
}

void StreamsMember::heard(const Response& response, Exchange exchange) {
  if (!is_good(response.error_code)) return start_over(response.error_code);
  is_told(response.member_epoch, exchange);
  rest(50ms, 1500ms);
  if (!response.active_tasks) return;
  Shares wanted;
  for (const auto& tasks : *response.active_tasks) {
    for (const std::int32_t partition : tasks.partitions)
      wanted.insert({std::string(tasks.subtopology_id), partition});
  }
  is_given(std::move(wanted), exchange);
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

}  // namespace moldau::sim
