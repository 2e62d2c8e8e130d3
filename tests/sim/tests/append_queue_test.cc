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
#include "protocol/messages/produce_request.h"
#include "protocol/messages/produce_response.h"
#include "protocol/records/batch.h"
#include "protocol/records/builder.h"
#include "tests/sim/client_process.h"
#include "tests/sim/tests/several_disks.h"

namespace moldau::sim {
namespace {

constexpr std::int32_t kCommits = 8;

/// A broker with one partition of offsets, and a connection for each of eight consumers that commit, behind
/// one for everything else.
class Committers {
 public:
  explicit Committers(const std::string& linger_ms, const std::string& properties = {})
      : node_(1, "offsets.topic.num.partitions=1\ngroup.coordinator.append.linger.ms=" + linger_ms + "\n" +
                     properties),
        clients_(node_.world()) {
    node_.start();
    REQUIRE(node_.client().create_topic("topic", kCommits, {}));
    await_coordinator();
    REQUIRE(node_.client().commit("ready", "topic", 0) == ErrorCode::kNone);
    connect();
  }

  void connect() {
    REQUIRE(clients_.connect([this] { return !node_.process().failure(); }, 1 + kCommits));
  }

  /// Waits until the coordinator has loaded its log.
  void await_coordinator() {
    REQUIRE(node_.client().find_coordinator("g"));
    REQUIRE(node_.client().committed("g", "topic"));
  }

  /// All at once, each for a partition of its own; one of them says more.
  void send(std::int32_t talkative = -1, std::string_view metadata = {}) {
    for (std::int32_t i = 0; i < kCommits; ++i) {
      protocol::OffsetCommitRequest request = offset(i);
      if (i == talkative) request.topics.front().partitions.front().committed_metadata = metadata;
      clients_.send<protocol::OffsetCommitResponse>(
          request, 9,
          [this](std::optional<client::Answer<protocol::OffsetCommitResponse>> answer) {
            ++answered_;
            if (!answer) return;
            const ErrorCode error = (*answer)->topics.at(0).partitions.at(0).error_code;
            if (error == ErrorCode::kNone) {
              ++done_;
            } else {
              errors_.push_back(error);
            }
          },
          1 + static_cast<std::size_t>(i));
    }
  }

  static protocol::OffsetCommitRequest offset(std::int32_t partition) {
    protocol::OffsetCommitRequest request;
    request.group_id = GroupId("g");
    auto& topic = request.topics.emplace_back();
    topic.name = TopicName("topic");
    auto& one = topic.partitions.emplace_back();
    one.partition_index = partition;
    one.committed_offset = 7;
    return request;
  }

  /// How many were acknowledged once all have been answered, or the time is over.
  int acknowledged(Duration patience = std::chrono::minutes(1)) {
    node_.world().run_until([this] { return answered_ == kCommits; }, patience);
    return done_;
  }

  int answered() const { return answered_; }
  const std::vector<ErrorCode>& errors() const { return errors_; }

  /// One of the coordinator's batches.
  struct Batch {
    std::int32_t records;
    std::size_t size_bytes;
    std::optional<records::Codec> codec;
  };

  /// Records of each batch behind the first commit, which was alone.
  std::vector<std::int32_t> batches() {
    std::vector<std::int32_t> counts;
    for (const Batch& batch : log())
      counts.push_back(batch.records);
    return counts;
  }

  /// The batches behind the first commit.
  std::vector<Batch> log() {
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
    std::vector<Batch> found;
    ByteView rest = (*answer)->responses.at(0).partitions.at(0).records.value().bytes;
    while (!rest.empty()) {
      const auto batch = records::BatchView::parse(rest);
      REQUIRE(batch);
      found.push_back(
          {.records = batch->record_count(), .size_bytes = batch->size_bytes(), .codec = batch->codec()});
      rest = rest.subspan(batch->size_bytes());
    }
    return found;
  }

  SeveralDisks& node() { return node_; }
  ClientProcess& clients() { return clients_; }

 private:
  SeveralDisks node_;
  ClientProcess clients_;
  int answered_ = 0;
  int done_ = 0;
  std::vector<ErrorCode> errors_;
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

TEST_CASE("what is gathered is written before it is larger than the topic allows") {
  constexpr std::size_t kMost = 300;
  Committers gathered("20", "message.max.bytes=" + std::to_string(kMost) + "\n");
  gathered.send();
  CHECK(gathered.acknowledged() == kCommits);
  const auto log = gathered.log();
  CHECK(log.size() > 1);
  CHECK(log.size() < kCommits);
  std::int32_t records = 0;
  for (const auto& batch : log) {
    CHECK(batch.size_bytes <= kMost);
    records += batch.records;
  }
  CHECK(records == kCommits);
}

TEST_CASE("a decision that no batch can bear is refused, and those around it are not") {
  for (const std::string linger_ms : {"20", "-1"}) {
    Committers committers(linger_ms, "message.max.bytes=300\n");
    committers.send(3, std::string(300, 'm'));
    CHECK(committers.acknowledged() == kCommits - 1);
    CHECK(committers.errors() == std::vector{ErrorCode::kUnknownServerError});
    const auto committed = [&](std::int32_t partition) {
      return committers.node().client().committed("g", "topic", partition);
    };
    for (std::int32_t i = 0; i < kCommits; ++i)
      CHECK(committed(i) == (i == 3 ? -1 : 7));
    committers.clients().disconnect();
    committers.node().kill();
    committers.node().start();
    committers.await_coordinator();
    for (std::int32_t i = 0; i < kCommits; ++i)
      CHECK(committed(i) == (i == 3 ? -1 : 7));
  }
}

TEST_CASE("what could not be written is taken back whole, though others have written meanwhile") {
  Committers committers("10000");
  committers.send();
  CHECK(committers.acknowledged(std::chrono::seconds(1)) == 0);
  // As Apache Kafka's admin tools may.
  auto& clients = committers.clients();
  clients.set_client_id("__admin_client");
  const auto go_on = [&] { return !committers.node().process().failure(); };
  records::BatchBuilder builder({});
  for (std::int32_t i = 0; i < kCommits / 2; ++i)
    builder.append({.timestamp_ms = committers.node().world().wall_ms(), .key = as_bytes("of nobody")});
  const Buffer batch = std::move(builder).build();
  protocol::ProduceRequest request;
  request.acks = -1;
  request.timeout_ms = 10'000;
  auto& topic = request.topic_data.emplace_back();
  topic.name = TopicName("__consumer_offsets");
  topic.partition_data.emplace_back().records.emplace().bytes = batch.bytes();
  const auto produced = clients.call<protocol::ProduceResponse>(request, 9, go_on);
  REQUIRE(produced);
  REQUIRE((*produced)->responses.at(0).partition_responses.at(0).error_code == ErrorCode::kNone);
  const auto offsets = metadata::topic_resource("__consumer_offsets");
  ScriptClient& client = committers.node().client();
  REQUIRE(client.set_config(offsets, "max.message.bytes", "100") == ErrorCode::kNone);
  CHECK(committers.acknowledged() == 0);
  CHECK(committers.errors() == std::vector(kCommits, ErrorCode::kUnknownServerError));
  // What is committed behind them would show what is left of them.
  REQUIRE(client.set_config(offsets, "max.message.bytes", std::nullopt) == ErrorCode::kNone);
  REQUIRE(client.commit("ready", "topic", 1) == ErrorCode::kNone);
  for (std::int32_t i = 0; i < kCommits; ++i)
    CHECK(client.committed("g", "topic", i) == -1);
}

TEST_CASE("a decision of many records is one batch") {
  constexpr std::int32_t kOffsets = 2'500;
  Committers committers("-1");
  auto request = Committers::offset(0);
  request.topics.front().partitions.resize(kOffsets, request.topics.front().partitions.front());
  const auto answer = committers.clients().call<protocol::OffsetCommitResponse>(
      request, 9, [&] { return !committers.node().process().failure(); });
  REQUIRE(answer);
  CHECK((*answer)->topics.at(0).partitions.at(0).error_code == ErrorCode::kNone);
  CHECK(committers.batches() == std::vector{kOffsets});
}

TEST_CASE("offsets of a deleted topic go in as many batches as it takes") {
  Committers committers("-1", "message.max.bytes=200\n");
  committers.send();
  REQUIRE(committers.acknowledged() == kCommits);
  REQUIRE(committers.node().client().delete_topic("topic") == ErrorCode::kNone);
  committers.node().world().run_until(
      [&] { return committers.node().client().committed("g", "topic", kCommits - 1) == -1; },
      std::chrono::minutes(1));
  std::int32_t records = 0;
  for (const auto& batch : committers.log()) {
    CHECK(batch.size_bytes <= 200);
    records += batch.records;
  }
  // And the offset by which the coordinator was awaited.
  CHECK(records == 2 * kCommits + 1);
}

TEST_CASE("batches of offsets are compressed as the topic's codec says") {
  Committers committers("-1", "offsets.topic.compression.codec=4\n");
  committers.send();
  REQUIRE(committers.acknowledged() == kCommits);
  for (const auto& batch : committers.log())
    CHECK(batch.codec == records::Codec::kZstd);
  committers.clients().disconnect();
  committers.node().kill();
  committers.node().start();
  committers.await_coordinator();
  CHECK(committers.node().client().committed("g", "topic", 0) == 7);
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
