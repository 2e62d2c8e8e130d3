// Share groups on a whole broker: members, and what administrators see and change of their offsets.

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <doctest/doctest.h>

#include "protocol/messages/alter_share_group_offsets_request.h"
#include "protocol/messages/alter_share_group_offsets_response.h"
#include "protocol/messages/delete_groups_request.h"
#include "protocol/messages/delete_groups_response.h"
#include "protocol/messages/delete_share_group_offsets_request.h"
#include "protocol/messages/delete_share_group_offsets_response.h"
#include "protocol/messages/describe_share_group_offsets_request.h"
#include "protocol/messages/describe_share_group_offsets_response.h"
#include "protocol/messages/metadata_request.h"
#include "protocol/messages/metadata_response.h"
#include "protocol/messages/share_group_heartbeat_request.h"
#include "protocol/messages/share_group_heartbeat_response.h"
#include "tests/sim/client_process.h"
#include "tests/sim/tests/several_disks.h"

namespace moldau::sim {
namespace {

using namespace std::chrono_literals;

constexpr GroupId kGroup("g");
constexpr int kTries = 200;

/// A broker with the topic "t" of three partitions, and a client of share group "g".
class Shares {
 public:
  explicit Shares(std::size_t loop_count,
                  const std::string& settings = "share.coordinator.state.topic.num.partitions=2\n")
      : node_(loop_count, settings), client_(node_.world()) {
    start();
    REQUIRE(node_.client().create_topic("t", 3, {}));
  }

  void restart() {
    client_.disconnect();
    node_.kill();
    start();
  }

  template <class Response, class Request>
  client::Answer<Response> call(const Request& request, std::int16_t version) {
    auto answer = client_.call<Response>(request, version, [this] { return !node_.process().failure(); });
    REQUIRE(answer.has_value());
    return *std::move(answer);
  }

  /// What a member is told; NONE without a member id where it says nothing.
  client::Answer<protocol::ShareGroupHeartbeatResponse> heartbeat(std::int32_t epoch) {
    protocol::ShareGroupHeartbeatRequest request;
    request.group_id = kGroup;
    request.member_id = "a";
    request.member_epoch = epoch;
    if (epoch == 0) request.subscribed_topic_names = {{TopicName("t")}};
    return call<protocol::ShareGroupHeartbeatResponse>(request, 1);
  }

  /// Heartbeats from that epoch on until the member has so many partitions; its epoch then.
  std::int32_t waits_for(std::size_t partitions, std::int32_t epoch) {
    for (int i = 0; i < kTries; ++i) {
      const auto answer = heartbeat(epoch);
      REQUIRE(answer->error_code == ErrorCode::kNone);
      epoch = answer->member_epoch;
      if (answer->assignment) {
        std::size_t has = 0;
        for (const auto& topic : answer->assignment->topic_partitions)
          has += topic.partitions.size();
        if (has == partitions) return epoch;
      }
      node_.world().run_for(50ms);
    }
    FAIL("the member never gets its partitions");
    return epoch;
  }

  /// Start offsets of partitions 0 to 2; -1 where there is none.
  std::vector<std::int64_t> offsets() {
    protocol::DescribeShareGroupOffsetsRequest request;
    auto& group = request.groups.emplace_back();
    group.group_id = kGroup;
    group.topics.emplace().push_back(
        {.topic_name = TopicName("t"), .partitions = {0, 1, 2}, .unknown_tags = {}});
    const auto answer = call<protocol::DescribeShareGroupOffsetsResponse>(request, 1);
    std::vector<std::int64_t> offsets;
    for (const auto& partition : answer->groups.at(0).topics.at(0).partitions)
      offsets.push_back(partition.start_offset);
    return offsets;
  }

  ErrorCode alter(std::int32_t partition, std::int64_t start_offset) {
    protocol::AlterShareGroupOffsetsRequest request;
    request.group_id = kGroup;
    auto& topic = request.topics.emplace_back();
    topic.topic_name = TopicName("t");
    topic.partitions.push_back(
        {.partition_index = partition, .start_offset = start_offset, .unknown_tags = {}});
    const auto answer = call<protocol::AlterShareGroupOffsetsResponse>(request, 0);
    if (answer->error_code != ErrorCode::kNone) return answer->error_code;
    return answer->responses.at(0).partitions.at(0).error_code;
  }

  ErrorCode delete_offsets() {
    protocol::DeleteShareGroupOffsetsRequest request;
    request.group_id = kGroup;
    request.topics.push_back({.topic_name = TopicName("t"), .unknown_tags = {}});
    const auto answer = call<protocol::DeleteShareGroupOffsetsResponse>(request, 0);
    if (answer->error_code != ErrorCode::kNone) return answer->error_code;
    return answer->responses.at(0).error_code;
  }

  ErrorCode delete_group() {
    protocol::DeleteGroupsRequest request;
    request.groups_names.push_back(kGroup);
    return call<protocol::DeleteGroupsResponse>(request, 2)->results.at(0).error_code;
  }

  SeveralDisks& node() { return node_; }

 private:
  void start() {
    node_.start();
    REQUIRE(node_.client().find_coordinator("g"));
    REQUIRE(client_.connect([this] { return !node_.process().failure(); }));
  }

  SeveralDisks node_;
  ClientProcess client_;
};

TEST_CASE("A member of a share group gets its partitions, before and after a kill, and as topics grow") {
  for (const std::size_t loops : {1U, 4U}) {
    CAPTURE(loops);
    Shares shares(loops);
    const std::int32_t epoch = shares.waits_for(3, 0);
    shares.restart();
    CHECK(shares.heartbeat(epoch)->error_code == ErrorCode::kNone);
    REQUIRE(shares.node().client().create_partitions("t", 5) == ErrorCode::kNone);
    CHECK(shares.waits_for(5, epoch) > epoch);
    CHECK(shares.heartbeat(-1)->member_epoch == -1);
    CHECK(shares.heartbeat(epoch)->error_code == ErrorCode::kUnknownMemberId);
  }
}

TEST_CASE("Offsets of a share group are set and deleted, and stay so behind a kill") {
  for (const std::size_t loops : {1U, 4U}) {
    CAPTURE(loops);
    Shares shares(loops);
    CHECK(shares.offsets() == std::vector<std::int64_t>{-1, -1, -1});
    CHECK(shares.alter(1, 7) == ErrorCode::kNone);
    CHECK(shares.alter(3, 7) == ErrorCode::kUnknownTopicOrPartition);
    CHECK(shares.offsets() == std::vector<std::int64_t>{-1, 7, -1});
    shares.restart();
    CHECK(shares.offsets() == std::vector<std::int64_t>{-1, 7, -1});
    CHECK(shares.delete_offsets() == ErrorCode::kNone);
    CHECK(shares.offsets() == std::vector<std::int64_t>{-1, -1, -1});
    CHECK(shares.alter(2, 9) == ErrorCode::kNone);
    CHECK(shares.delete_group() == ErrorCode::kNone);
    CHECK(shares.offsets() == std::vector<std::int64_t>{-1, -1, -1});
    shares.restart();
    CHECK(shares.delete_group() == ErrorCode::kGroupIdNotFound);
    CHECK(shares.delete_offsets() == ErrorCode::kGroupIdNotFound);
  }
}

TEST_CASE("All that a share group has is described where no topics are named") {
  Shares shares(1);
  CHECK(shares.alter(0, 1) == ErrorCode::kNone);
  protocol::DescribeShareGroupOffsetsRequest request;
  auto& group = request.groups.emplace_back();
  group.group_id = kGroup;
  group.topics.reset();
  const auto all = shares.call<protocol::DescribeShareGroupOffsetsResponse>(request, 1);
  CHECK(all->groups.at(0).topics.size() == 1);
}

TEST_CASE("Without a persister members of share groups get their partitions, and no state is kept") {
  Shares shares(4, "group.share.persister.class.name=\n");
  CHECK(shares.waits_for(3, 0) > 0);
  CHECK(shares.offsets() == std::vector<std::int64_t>{-1, -1, -1});
  protocol::MetadataRequest request;
  request.topics.emplace().push_back(
      {.topic_id = {}, .name = TopicName("__share_group_state"), .unknown_tags = {}});
  request.allow_auto_topic_creation = false;
  const auto known = shares.call<protocol::MetadataResponse>(request, 12);
  CHECK(known->topics.at(0).error_code == ErrorCode::kUnknownTopicOrPartition);
}

}  // namespace
}  // namespace moldau::sim
