#include "consumer_member.h"

#include <chrono>
#include <utility>

namespace moldau::bench {
namespace {

/// The default of consumers: their `max.poll.interval.ms`.
constexpr std::int32_t kRebalanceTimeoutMs = 300'000;
constexpr std::int32_t kJoining = 0;
constexpr std::int32_t kLeaving = -1;

}  // namespace

ConsumerMember::ConsumerMember(io::uv::UvHost& host, Options options, std::function<void()> changed)
    : loop_(host.loop(0)),
      options_(std::move(options)),
      changed_(std::move(changed)),
      peer_(host, options_.address),
      next_heartbeat_(loop_.make_timer([this] { send_heartbeat(); })) {
  peer_.connection().set_client_id("bench");
}

protocol::ConsumerGroupHeartbeatRequest ConsumerMember::heartbeat() const {
  protocol::ConsumerGroupHeartbeatRequest request;
  request.group_id = GroupId(options_.group);
  request.member_id = options_.member_id;
  request.member_epoch = epoch_;
  return request;
}

void ConsumerMember::join() {
  epoch_ = kJoining;
  auto request = heartbeat();
  request.rebalance_timeout_ms = kRebalanceTimeoutMs;
  request.subscribed_topic_names.emplace().push_back(TopicName(options_.topic));
  request.topic_partitions.emplace();
  send(request);
}

void ConsumerMember::send_heartbeat() {
  send(heartbeat());
}

void ConsumerMember::send_assignment() {
  auto request = heartbeat();
  auto& topics = request.topic_partitions.emplace();
  if (!partitions_.empty()) {
    auto& topic = topics.emplace_back();
    topic.topic_id = topic_id_;
    topic.partitions = partitions_;
  }
  send(request);
}

void ConsumerMember::leave(std::function<void()> done) {
  next_heartbeat_->disarm();
  left_ = std::move(done);
  epoch_ = kLeaving;
  send(heartbeat());
}

void ConsumerMember::send(const protocol::ConsumerGroupHeartbeatRequest& request) {
  using Request = protocol::ConsumerGroupHeartbeatRequest;
  peer_.connection().send<protocol::ConsumerGroupHeartbeatResponse>(
      request, Request::kVersions.highest, [this](auto answer) {
        if (!answer) die("ConsumerGroupHeartbeat", answer.error().message.c_str());
        take(**answer);
      });
}

void ConsumerMember::take(const protocol::ConsumerGroupHeartbeatResponse& response) {
  check_error("ConsumerGroupHeartbeat", response.error_code);
  // While it leaves, heartbeats that were sent before are still answered.
  if (epoch_ == kLeaving) {
    if (response.member_epoch == kLeaving) left_();
    return;
  }
  epoch_ = response.member_epoch;
  std::vector<std::int32_t> given = partitions_;
  if (response.assignment) {
    given.clear();
    for (const auto& topic : response.assignment->topic_partitions) {
      topic_id_ = topic.topic_id;
      given.insert(given.end(), topic.partitions.begin(), topic.partitions.end());
    }
  }
  if (given != partitions_) {
    partitions_ = std::move(given);
    is_telling_ = true;
    return send_assignment();
  }
  if (std::exchange(is_telling_, false)) changed_();
  next_heartbeat_->arm(loop_.clock().now() + std::chrono::milliseconds(response.heartbeat_interval_ms));
}

}  // namespace moldau::bench
