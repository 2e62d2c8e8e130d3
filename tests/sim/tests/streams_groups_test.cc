// Streams groups on a whole broker: internal topics are made, tasks are given and kept over a kill.

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <doctest/doctest.h>

#include "protocol/messages/streams_group_describe_request.h"
#include "protocol/messages/streams_group_describe_response.h"
#include "protocol/messages/streams_group_heartbeat_request.h"
#include "protocol/messages/streams_group_heartbeat_response.h"
#include "tests/sim/client_process.h"
#include "tests/sim/tests/several_disks.h"

namespace moldau::sim {
namespace {

using namespace std::chrono_literals;
using Request = protocol::StreamsGroupHeartbeatRequest;

constexpr int kTries = 200;

/// A broker with the topic "in" of three partitions, and a member of group "g" that keeps a store of it.
class Application {
 public:
  explicit Application(std::size_t loop_count)
      : node_(loop_count, "group.streams.initial.rebalance.delay.ms=0\n"), client_(node_.world()) {
    start();
    REQUIRE(node_.client().create_topic("in", 3, {}));
  }

  void restart() {
    client_.disconnect();
    node_.kill();
    start();
  }

  ErrorCode join(std::string_view changelog, std::string_view cleanup_policy = "compact") {
    Request request = plain(0);
    request.rebalance_timeout_ms = 30'000;
    request.process_id = "process";
    request.active_tasks.emplace();
    request.standby_tasks.emplace();
    request.warmup_tasks.emplace();
    auto& subtopology = request.topology.emplace().subtopologies.emplace_back();
    subtopology.subtopology_id = "0";
    subtopology.source_topics = {TopicName("in")};
    auto& topic = subtopology.state_changelog_topics.emplace_back();
    topic.name = TopicName(changelog);
    topic.topic_configs.push_back({.key = "cleanup.policy", .value = cleanup_policy, .unknown_tags = {}});
    return ask(request);
  }

  ErrorCode heartbeat() { return ask(plain(epoch_)); }

  /// Heartbeats until the member has that many tasks.
  bool waits_for(std::size_t tasks) {
    for (int i = 0; i < kTries; ++i) {
      if (heartbeat() != ErrorCode::kNone) return false;
      if (tasks_ == tasks) return true;
      node_.world().run_for(100ms);
    }
    return false;
  }

  /// Heartbeats until that is what the broker says first of the application.
  bool hears(std::string_view status) {
    for (int i = 0; i < kTries; ++i) {
      if (heartbeat() != ErrorCode::kNone) return false;
      if (last_status_ == status) return true;
      node_.world().run_for(100ms);
    }
    return false;
  }

  std::string state() {
    protocol::StreamsGroupDescribeRequest request;
    request.group_ids = {GroupId("g")};
    const auto answer = call<protocol::StreamsGroupDescribeResponse>(request);
    return std::string(answer->groups.at(0).group_state);
  }

  const std::string& last_status() const { return last_status_; }
  SeveralDisks& node() { return node_; }

 private:
  void start() {
    node_.start();
    REQUIRE(node_.client().find_coordinator("g"));
    REQUIRE(client_.connect([this] { return !node_.process().failure(); }));
  }

  Request plain(std::int32_t epoch) const {
    Request request;
    request.group_id = GroupId("g");
    request.member_id = "a";
    request.member_epoch = epoch;
    request.rebalance_timeout_ms = -1;
    request.topology.reset();
    return request;
  }

  template <class Response, class Message>
  client::Answer<Response> call(const Message& request) {
    auto answer = client_.call<Response>(request, 0, [this] { return !node_.process().failure(); });
    REQUIRE(answer.has_value());
    return *std::move(answer);
  }

  ErrorCode ask(const Request& request) {
    const auto answer = call<protocol::StreamsGroupHeartbeatResponse>(request);
    if (answer->error_code != ErrorCode::kNone) return answer->error_code;
    epoch_ = answer->member_epoch;
    last_status_.clear();
    if (answer->status && !answer->status->empty()) last_status_ = answer->status->front().status_detail;
    if (answer->active_tasks) {
      tasks_ = 0;
      for (const auto& ids : *answer->active_tasks)
        tasks_ += ids.partitions.size();
    }
    return ErrorCode::kNone;
  }

  SeveralDisks node_;
  ClientProcess client_;
  std::int32_t epoch_ = 0;
  std::size_t tasks_ = 0;
  std::string last_status_;
};

TEST_CASE("An application's internal topics are made, and its tasks outlast a kill") {
  for (const std::size_t loops : {1U, 4U}) {
    CAPTURE(loops);
    Application application(loops);
    REQUIRE(application.join("store-changelog") == ErrorCode::kNone);
    CHECK(application.last_status() == "Internal topics are missing: store-changelog");
    CHECK(application.waits_for(3));
    CHECK(application.state() == "Stable");
    application.restart();
    CHECK(application.heartbeat() == ErrorCode::kNone);
    CHECK(application.last_status().empty());
    REQUIRE(application.node().client().create_partitions("in", 4) == ErrorCode::kNone);
    CHECK(application.hears(
        "Existing topic store-changelog has different number of partitions: expected 4, found 3"));
    CHECK(application.state() == "NotReady");
  }
}

TEST_CASE("A member hears why an internal topic cannot be made") {
  Application application(4);
  REQUIRE(application.join("not a name, of a topic") == ErrorCode::kStreamsInvalidTopology);
  REQUIRE(application.join("store", "nonsense") == ErrorCode::kNone);
  CHECK(application.last_status() == "Internal topics are missing: store");
  application.node().world().run_for(1s);
  REQUIRE(application.heartbeat() == ErrorCode::kNone);
  CHECK(
      application.last_status() ==
      "Internal topics are missing: store; Creation failed: store (Invalid value nonsense for configuration "
      "cleanup.policy: String must be one of: compact, delete).");
}

}  // namespace
}  // namespace moldau::sim
