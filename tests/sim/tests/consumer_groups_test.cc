// Consumer groups of the new protocol on a whole broker: what its clients see of topics, settings and
// restarts.

#include <chrono>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <doctest/doctest.h>

#include "protocol/messages/consumer_group_describe_request.h"
#include "protocol/messages/consumer_group_describe_response.h"
#include "protocol/messages/consumer_group_heartbeat_request.h"
#include "protocol/messages/consumer_group_heartbeat_response.h"
#include "tests/sim/client_process.h"
#include "tests/sim/tests/several_disks.h"

namespace moldau::sim {
namespace {

using namespace std::chrono_literals;

/// A member of group "g" as its client sees it.
class Member {
 public:
  Member(SeveralDisks& node, std::string id) : node_(node), client_(node.world()), id_(std::move(id)) {}

  bool connect() {
    return client_.connect([this] { return !node_.process().failure(); });
  }

  ErrorCode join(std::vector<TopicName> topics, std::optional<std::string_view> regex = {}) {
    epoch_ = 0;
    auto request = plain();
    request.rebalance_timeout_ms = 30'000;
    request.subscribed_topic_names = std::move(topics);
    request.subscribed_topic_regex = regex;
    request.topic_partitions.emplace();
    return ask(request);
  }

  ErrorCode heartbeat() {
    auto request = plain();
    // What it was told to give back it has given back at once.
    if (std::exchange(has_news_, false)) {
      request.topic_partitions.emplace();
      for (const auto& [topic_id, partitions] : assigned_) {
        auto& topic = request.topic_partitions->emplace_back();
        topic.topic_id = topic_id;
        topic.partitions = partitions;
      }
    }
    return ask(request);
  }

  /// Heartbeats until the member has so many partitions; false if it never does.
  bool waits_for(std::size_t partitions) {
    for (int i = 0; i < 100; ++i) {
      if (heartbeat() != ErrorCode::kNone) return false;
      if (partition_count() == partitions) return true;
      node_.world().run_for(100ms);
    }
    return false;
  }

  std::int32_t epoch() const { return epoch_; }
  std::int32_t heartbeat_interval_ms() const { return heartbeat_interval_ms_; }
  std::size_t partition_count() const {
    std::size_t count = 0;
    for (const auto& [topic_id, partitions] : assigned_)
      count += partitions.size();
    return count;
  }

  std::string state_of_group() {
    protocol::ConsumerGroupDescribeRequest request;
    request.group_ids = {GroupId("g")};
    const auto answer = client_.call<protocol::ConsumerGroupDescribeResponse>(
        request, 1, [this] { return !node_.process().failure(); });
    return answer ? std::string((*answer)->groups.at(0).group_state) : std::string();
  }

 private:
  protocol::ConsumerGroupHeartbeatRequest plain() const {
    protocol::ConsumerGroupHeartbeatRequest request;
    request.group_id = GroupId("g");
    request.member_id = id_;
    request.member_epoch = epoch_;
    return request;
  }

  ErrorCode ask(const protocol::ConsumerGroupHeartbeatRequest& request) {
    const auto answer = client_.call<protocol::ConsumerGroupHeartbeatResponse>(
        request, 1, [this] { return !node_.process().failure(); });
    if (!answer) return ErrorCode::kNetworkException;
    const auto& message = **answer;
    if (message.error_code != ErrorCode::kNone) return message.error_code;
    epoch_ = message.member_epoch;
    heartbeat_interval_ms_ = message.heartbeat_interval_ms;
    if (message.assignment) {
      assigned_.clear();
      has_news_ = true;
      for (const auto& topic : message.assignment->topic_partitions)
        assigned_.emplace(topic.topic_id, topic.partitions);
    }
    return ErrorCode::kNone;
  }

  SeveralDisks& node_;
  ClientProcess client_;
  std::string id_;
  std::int32_t epoch_ = 0;
  std::int32_t heartbeat_interval_ms_ = 0;
  std::map<Uuid, std::vector<std::int32_t>> assigned_;
  bool has_news_ = false;
};

TEST_CASE("A member hears of topics as they come and grow, by name and by a regular expression") {
  for (const std::size_t loops : {1U, 4U}) {
    CAPTURE(loops);
    SeveralDisks node(loops);
    node.start();
    REQUIRE(node.client().find_coordinator("g"));
    Member member(node, "a");
    REQUIRE(member.connect());
    CHECK(member.join({TopicName("named")}, "match.*") == ErrorCode::kNone);
    CHECK(member.partition_count() == 0);
    REQUIRE(node.client().create_topic("named", 2, {}));
    CHECK(member.waits_for(2));
    REQUIRE(node.client().create_partitions("named", 3) == ErrorCode::kNone);
    CHECK(member.waits_for(3));
    REQUIRE(node.client().create_topic("matching", 4, {}));
    CHECK(member.waits_for(7));
    CHECK(member.state_of_group() == "Stable");
    REQUIRE(node.client().delete_topic("named") == ErrorCode::kNone);
    CHECK(member.waits_for(4));
  }
}

TEST_CASE("A group of its own settings has them at once") {
  SeveralDisks node;
  node.start();
  REQUIRE(node.client().find_coordinator("g"));
  Member member(node, "a");
  REQUIRE(member.connect());
  REQUIRE(member.join({}) == ErrorCode::kNone);
  CHECK(member.heartbeat_interval_ms() == 5'000);
  const metadata::ConfigResource group{.type = static_cast<std::int8_t>(metadata::ConfigResourceType::kGroup),
                                       .name = "g"};
  CHECK(node.client().set_config(group, "consumer.heartbeat.interval.ms", "7000") == ErrorCode::kNone);
  CHECK(member.heartbeat() == ErrorCode::kNone);
  CHECK(member.heartbeat_interval_ms() == 7'000);
}

TEST_CASE(
    "Members go on where they were when the broker comes back, and those that do not come back are gone") {
  SeveralDisks node;
  node.start();
  REQUIRE(node.client().find_coordinator("g"));
  REQUIRE(node.client().create_topic("named", 4, {}));
  Member one(node, "a");
  Member two(node, "b");
  REQUIRE(one.connect());
  REQUIRE(two.connect());
  REQUIRE(one.join({TopicName("named")}) == ErrorCode::kNone);
  CHECK(one.waits_for(4));
  REQUIRE(two.join({TopicName("named")}) == ErrorCode::kNone);
  for (const bool is_killed : {true, false}) {
    CAPTURE(is_killed);
    is_killed ? node.kill() : node.stop();
    node.start();
    REQUIRE(node.client().find_coordinator("g"));
    REQUIRE(one.connect());
    const std::int32_t epoch = one.epoch();
    CHECK(one.heartbeat() == ErrorCode::kNone);
    CHECK(one.epoch() >= epoch);
  }
  for (int i = 0; i < 60; ++i) {
    node.world().run_for(1s);
    CHECK(one.heartbeat() == ErrorCode::kNone);
  }
  CHECK(one.waits_for(4));
  CHECK(two.connect());
  CHECK(two.heartbeat() == ErrorCode::kUnknownMemberId);
}

}  // namespace
}  // namespace moldau::sim
