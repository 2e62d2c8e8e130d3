// Records of several decisions that become one append, and what those who wait for it hear.

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <doctest/doctest.h>

#include "protocol/messages/fetch_request.h"
#include "protocol/messages/fetch_response.h"
#include "protocol/messages/offset_commit_request.h"
#include "protocol/messages/offset_commit_response.h"
#include "protocol/records/batch.h"
#include "tests/sim/client_process.h"
#include "tests/sim/tests/several_disks.h"

namespace moldau::sim {
namespace {

constexpr std::int32_t kCommits = 8;

/// A broker with one partition of offsets, and a connection for each of eight consumers that commit.
class Committers {
 public:
  explicit Committers(const std::string& linger_ms)
      : node_(1, "offsets.topic.num.partitions=1\ngroup.coordinator.append.linger.ms=" + linger_ms + "\n"),
        clients_(node_.world()) {
    node_.start();
    REQUIRE(node_.client().create_topic("topic", kCommits, {}));
    await_coordinator();
    REQUIRE(node_.client().commit("ready", "topic", 0) == ErrorCode::kNone);
    connect();
  }

  void connect() {
    REQUIRE(clients_.connect([this] { return !node_.process().failure(); }, kCommits));
  }

  /// Waits until the coordinator has loaded its log.
  void await_coordinator() {
    REQUIRE(node_.client().find_coordinator("g"));
    REQUIRE(node_.client().committed("g", "topic"));
  }

  /// All at once, each for a partition of its own.
  void send() {
    for (std::int32_t i = 0; i < kCommits; ++i) {
      protocol::OffsetCommitRequest request;
      request.group_id = GroupId("g");
      auto& topic = request.topics.emplace_back();
      topic.name = TopicName("topic");
      auto& partition = topic.partitions.emplace_back();
      partition.partition_index = i;
      partition.committed_offset = 7;
      clients_.send<protocol::OffsetCommitResponse>(
          request, 9,
          [this](std::optional<client::Answer<protocol::OffsetCommitResponse>> answer) {
            ++answered_;
            if (answer && (*answer)->topics.at(0).partitions.at(0).error_code == ErrorCode::kNone) ++done_;
          },
          static_cast<std::size_t>(i));
    }
  }

  /// How many were acknowledged once all have been answered, or the time is over.
  int acknowledged(Duration patience = std::chrono::minutes(1)) {
    node_.world().run_until([this] { return answered_ == kCommits; }, patience);
    return done_;
  }

  int answered() const { return answered_; }

  /// Records of each batch behind the first commit, which was alone.
  std::vector<std::int32_t> batches() {
    const auto topic = node_.client().find_topic("__consumer_offsets");
    REQUIRE(topic);
    protocol::FetchRequest request;
    request.max_bytes = 1 << 20;
    auto& asked = request.topics.emplace_back();
    asked.topic_id = *topic;
    auto& one = asked.partitions.emplace_back();
    one.fetch_offset = 1;
    one.partition_max_bytes = 1 << 20;
    const auto answer =
        clients_.call<protocol::FetchResponse>(request, 13, [this] { return !node_.process().failure(); });
    REQUIRE(answer);
    std::vector<std::int32_t> counts;
    ByteView rest = (*answer)->responses.at(0).partitions.at(0).records.value().bytes;
    while (!rest.empty()) {
      const auto batch = records::BatchView::parse(rest);
      REQUIRE(batch);
      counts.push_back(batch->record_count());
      rest = rest.subspan(batch->size_bytes());
    }
    return counts;
  }

  SeveralDisks& node() { return node_; }
  ClientProcess& clients() { return clients_; }

 private:
  SeveralDisks node_;
  ClientProcess clients_;
  int answered_ = 0;
  int done_ = 0;
};

TEST_CASE("decisions within the linger time are one batch, without one each is a batch of its own") {
  Committers gathered("20");
  gathered.send();
  CHECK(gathered.acknowledged() == kCommits);
  CHECK(gathered.batches() == std::vector<std::int32_t>{kCommits});
  for (const std::string linger_ms : {"0", "-1"}) {
    Committers alone(linger_ms);
    alone.send();
    CHECK(alone.acknowledged() == kCommits);
    CHECK(alone.batches() == std::vector<std::int32_t>(kCommits, 1));
  }
}

TEST_CASE("what is gathered is not acknowledged, and a kill takes it") {
  Committers committers("10000");
  committers.send();
  CHECK(committers.acknowledged(std::chrono::seconds(9)) == 0);
  committers.clients().disconnect();
  committers.node().kill();
  committers.node().start();
  committers.await_coordinator();
  CHECK(committers.node().client().committed("g", "topic") == -1);
  CHECK(committers.node().client().committed("ready", "topic") == 0);
}

TEST_CASE("a stop answers those who wait for an append that will not come") {
  Committers committers("60000");
  committers.send();
  CHECK(committers.acknowledged(std::chrono::seconds(5)) == 0);
  committers.node().stop();
  CHECK(committers.acknowledged() == 0);
  CHECK(committers.answered() == kCommits);
}

}  // namespace
}  // namespace moldau::sim
