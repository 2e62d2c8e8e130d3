// The state of share partitions, from the requests of brokers down to its log and back.

#include <chrono>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <doctest/doctest.h>

#include "coordinator/partition_for.h"
#include "coordinator/share/share_partition_key.h"
#include "protocol/messages/delete_share_group_state_request.h"
#include "protocol/messages/delete_share_group_state_response.h"
#include "protocol/messages/find_coordinator_request.h"
#include "protocol/messages/find_coordinator_response.h"
#include "protocol/messages/initialize_share_group_state_request.h"
#include "protocol/messages/initialize_share_group_state_response.h"
#include "protocol/messages/read_share_group_state_request.h"
#include "protocol/messages/read_share_group_state_response.h"
#include "protocol/messages/read_share_group_state_summary_request.h"
#include "protocol/messages/read_share_group_state_summary_response.h"
#include "protocol/messages/write_share_group_state_request.h"
#include "protocol/messages/write_share_group_state_response.h"
#include "tests/sim/tests/several_disks.h"

namespace moldau::sim {
namespace {

using namespace std::chrono_literals;

constexpr std::int8_t kShareKey = 2;
constexpr int kTries = 1000;
constexpr std::string_view kGroup = "g";
constexpr std::string_view kStateTopic = "__share_group_state";

/// The batches of a share partition, as its state has them.
struct Known {
  ErrorCode error = ErrorCode::kNone;
  std::int64_t start_offset = -1;
  std::vector<std::pair<std::int64_t, std::int64_t>> batches = {};

  bool operator==(const Known&) const = default;
};

/// A broker with the topic "t", and another broker that asks it for share state.
class ShareNode {
 public:
  explicit ShareNode(std::size_t loop_count = 1, const std::string& properties = {},
                     std::int32_t partitions = 2)
      : node_(loop_count, "share.coordinator.state.topic.num.partitions=2\n" + properties),
        asker_(node_.world()) {
    start();
    topic_ = node_.client().create_topic("t", partitions, {}).value();
  }

  void start() {
    node_.start();
    REQUIRE(asker_.connect(go_on_));
  }

  /// Ended without a word, and started anew.
  void restart() {
    asker_.disconnect();
    node_.kill();
    start();
    find_coordinator();
  }

  /// Waits until the share partition has a coordinator, which has read its log.
  void find_coordinator(std::int32_t partition = 0) {
    const std::string key =
        coordinator::SharePartitionKey{std::string(kGroup), topic_, partition}.to_string();
    protocol::FindCoordinatorRequest request;
    request.key_type = kShareKey;
    request.coordinator_keys.emplace_back(key);
    for (int i = 0; i < kTries; ++i) {
      const auto found = call<protocol::FindCoordinatorResponse>(request, 6);
      const ErrorCode error = read(partition).error;
      const bool is_there =
          error != ErrorCode::kNotCoordinator && error != ErrorCode::kCoordinatorLoadInProgress;
      if (found->coordinators.front().error_code == ErrorCode::kNone && is_there) return;
      node_.world().run_for(10ms);
    }
    FAIL("there is no coordinator");
  }

  template <class Response, class Request>
  client::Answer<Response> call(const Request& request, std::int16_t version) {
    auto answer = asker_.call<Response>(request, version, go_on_);
    REQUIRE(answer.has_value());
    return *std::move(answer);
  }

  /// The list of partitions of a request about the topic.
  template <class Request>
  auto& about(Request& request) {
    request.group_id = kGroup;
    auto& topic = request.topics.emplace_back();
    topic.topic_id = topic_;
    return topic.partitions;
  }

  ErrorCode initialize(std::int32_t partition, std::int64_t start_offset) {
    protocol::InitializeShareGroupStateRequest request;
    about(request).push_back({.partition = partition, .start_offset = start_offset, .unknown_tags = {}});
    const auto answer = call<protocol::InitializeShareGroupStateResponse>(request, 0);
    return answer->results.at(0).partitions.at(0).error_code;
  }

  protocol::WriteShareGroupStateRequest write_request(std::int32_t partition, std::int64_t first_offset,
                                                      std::int64_t last_offset) {
    protocol::WriteShareGroupStateRequest request;
    auto& data = about(request).emplace_back();
    data.partition = partition;
    data.start_offset = -1;
    data.state_batches.push_back({.first_offset = first_offset,
                                  .last_offset = last_offset,
                                  .delivery_state = 2,
                                  .delivery_count = 1,
                                  .unknown_tags = {}});
    return request;
  }

  ErrorCode write(std::int32_t partition, std::int64_t first_offset, std::int64_t last_offset) {
    const auto answer =
        call<protocol::WriteShareGroupStateResponse>(write_request(partition, first_offset, last_offset), 1);
    return answer->results.at(0).partitions.at(0).error_code;
  }

  Known read(std::int32_t partition) {
    protocol::ReadShareGroupStateRequest request;
    about(request).push_back({.partition = partition, .leader_epoch = -1, .unknown_tags = {}});
    const auto answer = call<protocol::ReadShareGroupStateResponse>(request, 0);
    const auto& result = answer->results.at(0).partitions.at(0);
    Known known{.error = result.error_code, .start_offset = result.start_offset};
    for (const auto& batch : result.state_batches) {
      known.batches.emplace_back(batch.first_offset, batch.last_offset);
    }
    return known;
  }

  ErrorCode remove(std::int32_t partition) {
    protocol::DeleteShareGroupStateRequest request;
    about(request).push_back({.partition = partition, .unknown_tags = {}});
    const auto answer = call<protocol::DeleteShareGroupStateResponse>(request, 0);
    return answer->results.at(0).partitions.at(0).error_code;
  }

  /// Where the log of state for `partition` begins.
  std::int64_t log_start(std::int32_t partition = 0) {
    const std::string key =
        coordinator::SharePartitionKey{std::string(kGroup), topic_, partition}.to_string();
    const metadata::Image& image = node_.node().cluster_view(shard())->image;
    const metadata::Topic* topic = image.topic(kStateTopic);
    const std::int32_t at =
        coordinator::partition_for(key, static_cast<std::int32_t>(topic->partition_count()));
    return node_.node()
        .partitions(runtime::ShardId(0))
        .find(topic->id(), at)
        .value()
        ->log()
        .log_start_offset();
  }

  runtime::Shard& shard() { return node_.node().shards()[runtime::ShardId(0)]; }
  const Uuid& topic() const { return topic_; }
  SeveralDisks& node() { return node_; }

 private:
  SeveralDisks node_;
  std::function<bool()> go_on_ = [this] { return !node_.process().failure(); };
  ClientProcess asker_;
  Uuid topic_;
};

}  // namespace

TEST_CASE("what was written of a share partition is read again behind a kill") {
  ShareNode node;
  node.find_coordinator();
  CHECK(node.read(0).error == ErrorCode::kInvalidRequest);
  CHECK(node.write(0, 0, 4) == ErrorCode::kInvalidRequest);
  CHECK(node.initialize(0, 3) == ErrorCode::kNone);
  CHECK(node.write(0, 0, 4) == ErrorCode::kNone);
  CHECK(node.write(0, 7, 9) == ErrorCode::kNone);
  const Known known{.start_offset = 3, .batches = {{3, 4}, {7, 9}}};
  CHECK(node.read(0) == known);
  node.restart();
  CHECK(node.read(0) == known);
  CHECK(node.remove(0) == ErrorCode::kNone);
  node.restart();
  CHECK(node.read(0).error == ErrorCode::kInvalidRequest);
}

TEST_CASE("before there is a topic of share state nobody is the coordinator") {
  ShareNode node;
  const auto answer = node.call<protocol::WriteShareGroupStateResponse>(node.write_request(0, 0, 4), 1);
  const auto& result = answer->results.at(0).partitions.at(0);
  CHECK(result.error_code == ErrorCode::kNotCoordinator);
  CHECK(result.error_message == "Unable to write share group state: This is not the correct coordinator.");
}

TEST_CASE("one request may be about many share partitions, wherever their coordinators are") {
  constexpr std::int32_t kPartitions = 100;
  ShareNode node(2, {}, kPartitions);
  for (std::int32_t i = 0; i < kPartitions; ++i) {
    node.find_coordinator(i);
  }
  protocol::InitializeShareGroupStateRequest request;
  auto& partitions = node.about(request);
  for (std::int32_t i = kPartitions; i >= 0; --i) {
    partitions.push_back({.partition = i, .start_offset = i, .unknown_tags = {}});
  }
  const auto answer = node.call<protocol::InitializeShareGroupStateResponse>(request, 0);
  const auto& results = answer->results.at(0).partitions;
  REQUIRE(results.size() == kPartitions + 1);
  for (std::int32_t i = 0; i < kPartitions; ++i) {
    CHECK(results[static_cast<std::size_t>(i)].partition == i);
    CHECK(results[static_cast<std::size_t>(i)].error_code == ErrorCode::kNone);
  }
  CHECK(results.back().error_code == ErrorCode::kUnknownTopicOrPartition);
  protocol::ReadShareGroupStateSummaryRequest asked;
  auto& about = node.about(asked);
  about.push_back({.partition = 17, .unknown_tags = {}});
  about.push_back({.partition = 18, .unknown_tags = {}});
  const auto summary = node.call<protocol::ReadShareGroupStateSummaryResponse>(asked, 1);
  CHECK(summary->results.at(0).partitions.at(0).start_offset == 17);
  CHECK(summary->results.at(0).partitions.at(1).start_offset == 18);
}

TEST_CASE("records that later ones made redundant are deleted, and the rest says all") {
  ShareNode node(1,
                 "share.coordinator.snapshot.update.records.per.snapshot=3\n"
                 "share.coordinator.state.topic.prune.interval.ms=10000\n"
                 "share.coordinator.cold.partition.snapshot.interval.ms=1000000\n");
  node.find_coordinator();
  REQUIRE(node.initialize(0, 0) == ErrorCode::kNone);
  for (std::int64_t i = 0; i < 10; ++i) {
    REQUIRE(node.write(0, 2 * i, 2 * i) == ErrorCode::kNone);
  }
  CHECK(node.log_start() == 0);
  const Known known = node.read(0);
  CHECK(known.batches.size() == 10);
  // Long enough for the log's start to be on disk, too.
  node.node().world().run_for(18s);
  CHECK(node.log_start() == 8);
  node.restart();
  CHECK(node.log_start() == 8);
  CHECK(node.read(0) == known);
}

TEST_CASE("a quiet share partition does not keep the log from being deleted") {
  // Both share partitions lie on one partition of the log.
  ShareNode node(1,
                 "share.coordinator.state.topic.num.partitions=1\n"
                 "share.coordinator.snapshot.update.records.per.snapshot=1\n"
                 "share.coordinator.state.topic.prune.interval.ms=20000\n"
                 "share.coordinator.cold.partition.snapshot.interval.ms=30000\n");
  node.find_coordinator();
  REQUIRE(node.initialize(1, 5) == ErrorCode::kNone);
  REQUIRE(node.initialize(0, 0) == ErrorCode::kNone);
  for (int round = 0; round < 10; ++round) {
    REQUIRE(node.write(0, 2 * round, 2 * round) == ErrorCode::kNone);
    node.node().world().run_for(10s);
  }
  CHECK(node.log_start() > 1);
  const Known known = node.read(0);
  node.restart();
  CHECK(node.read(0) == known);
  CHECK(node.read(1) == Known{.start_offset = 5});
}

TEST_CASE("share state of a deleted topic is forgotten") {
  ShareNode node;
  node.find_coordinator();
  REQUIRE(node.initialize(0, 0) == ErrorCode::kNone);
  REQUIRE(node.node().client().delete_topic("t") == ErrorCode::kNone);
  node.node().world().run_for(1s);
  const auto count = [&node] {
    std::size_t known = 0;
    for (const auto& share_state : node.node().node().share_states(runtime::ShardId(0)).all()) {
      if (share_state->state().find({std::string(kGroup), node.topic(), 0}) != nullptr) ++known;
    }
    return known;
  };
  CHECK(count() == 0);
  node.restart();
  CHECK(count() == 0);
}

}  // namespace moldau::sim
