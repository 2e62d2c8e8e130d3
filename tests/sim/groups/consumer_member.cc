#include "tests/sim/groups/consumer_member.h"

#include <chrono>
#include <utility>

#include "coordinator/consumer/member.h"
#include "protocol/messages/consumer_group_heartbeat_request.h"

namespace moldau::sim {

using namespace std::chrono_literals;
using Request = protocol::ConsumerGroupHeartbeatRequest;
using Response = protocol::ConsumerGroupHeartbeatResponse;

ConsumerMember::ConsumerMember(GroupStage& stage, std::string name, std::size_t connection, std::string group,
                               std::optional<std::string> instance_id)
    : HeartbeatMember(stage, std::move(name), connection, std::move(group), GroupKind::kConsumer,
                      2'000 + static_cast<std::int32_t>(stage.random.below(10'000))),
      instance_id_(std::move(instance_id)) {}

void ConsumerMember::act() {
  if (is_in_) {
    // It misses a heartbeat or two, or its session.
    if (one_in(60)) return rest(3s, 15s);
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

void ConsumerMember::heartbeat() {
  choose_id();
  Request request;
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
  const Shares& has = gives_back();
  if (says_all_ || has_news_) {
    auto& owned = request.topic_partitions.emplace();
    for (const GroupTopic& topic : stage_.topics) {
      owned.push_back({.topic_id = topic.id, .partitions = {}, .unknown_tags = {}});
      for (const Share& share : has) {
        if (share.name == topic.name) owned.back().partitions.push_back(share.partition);
      }
      if (owned.back().partitions.empty()) owned.pop_back();
    }
  }
  // Where the answer is lost, all has to be said again.
  says_all_ = true;
  ask<Response>(request, 1, kPatience,
                [this](const Response& response, Exchange exchange) { heard(response, exchange); });
}

void ConsumerMember::heard(const Response& response, Exchange exchange) {
  if (!is_good(response.error_code)) return start_over(response.error_code, instance_id_.has_value());
  is_told(response.member_epoch, exchange);
  rest(50ms, 1500ms);
  if (!response.assignment) return;
  Shares wanted;
  for (const auto& assigned : response.assignment->topic_partitions) {
    const GroupTopic* topic = stage_.topic(assigned.topic_id);
    if (topic == nullptr) return complain("is given a topic that nobody knows");
    for (const std::int32_t partition : assigned.partitions)
      wanted.insert({topic->name, partition});
  }
  is_given(std::move(wanted), exchange);
}

void ConsumerMember::leave() {
  Request request;
  request.group_id = GroupId(group_);
  request.member_id = member_id_;
  const bool is_for_a_while = instance_id_ && one_in(2);
  request.member_epoch = is_for_a_while ? coordinator::kStaticLeaveEpoch : coordinator::kLeaveEpoch;
  if (instance_id_) request.instance_id = *instance_id_;
  be_out();
  ask<Response>(request, 1, kPatience, [this](const Response& response, Exchange) {
    if (!is_good(response.error_code)) return start_over(response.error_code, instance_id_.has_value());
    rest(200ms, 8s);
  });
}

void ConsumerMember::commit_some() {
  CommitterIdentity as{.member_id = member_id_, .instance_id = instance_id_, .generation_or_epoch = epoch_};
  const std::uint64_t kind = stage_.random.below(8);
  bool is_stale = kind == 1 || kind == 2;
  if (kind == 0 && is_new_ && !instance_id_) {
    // An older epoch is taken where the member has had the partition since (KIP-1251); one that was new when
    // it joined, and takes nobody's place, had none before.
    as.generation_or_epoch = joined_at_epoch_ - 1;
    is_stale = as.generation_or_epoch >= 0;
  }
  if (kind == 1) as.generation_or_epoch += 100;
  if (kind == 2) as.member_id += "-gone";
  commit(stage_.any_key(group_), as, is_stale, [this, kind](ErrorCode error, Exchange) {
    // Behind its own epoch the member learns the newer one with its next heartbeat.
    if (error == ErrorCode::kNone || kind < 3 || error == ErrorCode::kStaleMemberEpoch) {
      return rest(50ms, 1s);
    }
    start_over(error, instance_id_.has_value());
  });
}

}  // namespace moldau::sim
