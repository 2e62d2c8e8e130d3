// How transactions begin and end in a partition, by what their coordinator says.

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <utility>

#include <doctest/doctest.h>

#include "metadata/image.h"
#include "runtime/txn_markers.h"
#include "tests/sim/tests/upkeep.h"

namespace moldau::sim {
namespace {

using namespace std::chrono_literals;
using runtime::Partition;
using runtime::ProduceCall;
using runtime::ProduceOutcome;
using runtime::Task;
using Guard = std::optional<log::VerificationGuard>;

constexpr std::int64_t kProducer = 4711;

template <class T>
Task<void> note(Task<T> task, std::shared_ptr<std::optional<T>> answer) {
  *answer = co_await std::move(task);
}

/// One producer with a transaction, and the coordinator of it.
class Transactions {
 public:
  explicit Transactions(const TopicSettings& topic_settings = {}, std::string properties = {})
      : upkeep(topic_settings, std::move(properties)) {}

  ErrorCode produce(std::int32_t sequence, Guard guard = {}, bool must_be_verified = true) {
    records::BatchBuilder builder(
        {.producer_id = kProducer, .producer_epoch = 0, .base_sequence = sequence, .is_transactional = true});
    builder.append({.timestamp_ms = upkeep.world().wall_ms(), .value = as_bytes("value")});
    Buffer batch = std::move(builder).build();
    const ProduceCall call{.wants_all_in_sync = true,
                           .deadline = Instant::never(),
                           .verification = {.is_required = must_be_verified, .guard = guard}};
    return answer_of(partition().produce(batch.bytes(), call)).error;
  }

  Guard begin(std::int32_t sequence) {
    return partition()
        .begin_verification({.producer_id = kProducer, .producer_epoch = 0, .base_sequence = sequence})
        .value();
  }

  Task<ErrorCode> marker(bool is_commit) {
    return runtime::write_marker(
        node(), shard(), "t", 0,
        {.producer_id = kProducer, .producer_epoch = 0, .coordinator_epoch = 0, .is_commit = is_commit});
  }
  ErrorCode end(bool is_commit) { return answer_of(marker(is_commit)); }

  template <class T>
  T answer_of(Task<T> task) {
    auto answer = std::make_shared<std::optional<T>>();
    shard().tasks().spawn(note<T>(std::move(task), answer));
    REQUIRE(upkeep.world().run_until([&] { return answer->has_value(); }, 10s));
    return *std::move(*answer);
  }

  std::int64_t last_stable_offset() { return upkeep.log().last_stable_offset(partition().high_watermark()); }

  runtime::Node& node() { return upkeep.process()->broker().node(); }
  runtime::Shard& shard() { return node().shards()[runtime::ShardId(0)]; }
  runtime::PartitionTable& table() { return node().partitions(runtime::ShardId(0)); }
  Partition& partition() { return *table().find(upkeep.topic(), 0).value(); }

  Upkeep upkeep;
};

TEST_CASE("A transaction begins in a partition with a guard, and a marker ends it") {
  Transactions one;
  CHECK(one.produce(0) == ErrorCode::kInvalidTxnState);
  const Guard stale = one.begin(0);
  REQUIRE(stale);
  CHECK(one.end(false) == ErrorCode::kNone);
  CHECK(one.produce(0, stale) == ErrorCode::kInvalidTxnState);
  CHECK(one.produce(0, one.begin(0)) == ErrorCode::kNone);
  CHECK(one.begin(1) == std::nullopt);
  CHECK(one.produce(1) == ErrorCode::kNone);
  CHECK(one.partition().high_watermark() == 3);
  CHECK(one.last_stable_offset() == 1);
  CHECK(one.end(true) == ErrorCode::kNone);
  CHECK(one.last_stable_offset() == 4);
  CHECK(one.produce(2) == ErrorCode::kInvalidTxnState);
}

TEST_CASE("Without verification a producer opens a transaction by itself, which outlives a power cut") {
  Transactions one({{"flush.messages", "1"}});
  CHECK(one.produce(0, {}, false) == ErrorCode::kNone);
  one.upkeep.end_and_start(true);
  REQUIRE(one.upkeep.world().run_until([&] { return one.partition().high_watermark() == 1; }, 10s));
  CHECK(one.last_stable_offset() == 0);
  CHECK(one.begin(1) == std::nullopt);
  CHECK(one.end(false) == ErrorCode::kNone);
  CHECK(one.last_stable_offset() == 2);
}

TEST_CASE("With flush.messages=1 a marker counts, for its writer and for readers, once it is on disk") {
  Transactions one({{"flush.messages", "1"}});
  CHECK(one.produce(0, {}, false) == ErrorCode::kNone);
  const auto answer = std::make_shared<std::optional<ErrorCode>>();
  one.shard().tasks().spawn(note(one.marker(true), answer));
  REQUIRE(one.upkeep.log().log_end_offset() == 2);
  CHECK(one.upkeep.log().recovery_point() == 1);
  CHECK(one.last_stable_offset() == 0);
  CHECK_FALSE(answer->has_value());
  REQUIRE(one.upkeep.world().run_until(
      [&] {
        const bool is_on_disk = one.upkeep.log().recovery_point() == 2;
        CHECK((is_on_disk || one.last_stable_offset() == 0));
        return answer->has_value();
      },
      10s));
  CHECK(*answer == ErrorCode::kNone);
  CHECK(one.upkeep.log().recovery_point() == 2);
  CHECK(one.last_stable_offset() == 2);
}

TEST_CASE("A guard that is not used goes with the producers that have not written for as long") {
  Transactions one({},
                   "producer.id.expiration.ms=60000\n"
                   "producer.id.expiration.check.interval.ms=20000\n");
  const Guard guard = one.begin(0);
  one.upkeep.world().run_for(50s);
  CHECK(one.begin(0) == guard);
  one.upkeep.world().run_for(31s);
  CHECK(one.produce(0, guard) == ErrorCode::kInvalidTxnState);
}

TEST_CASE("Markers find partitions of this node alone") {
  Transactions one;
  const log::TransactionMarker marker{.producer_id = kProducer, .producer_epoch = 0, .coordinator_epoch = 0};
  const auto write = [&](const std::string& topic, std::int32_t partition) {
    return one.answer_of(runtime::write_marker(one.node(), one.shard(), topic, partition, marker));
  };
  CHECK(write("absent", 0) == ErrorCode::kUnknownTopicOrPartition);
  CHECK(write("t", 1) == ErrorCode::kUnknownTopicOrPartition);
  CHECK(write("t", 0) == ErrorCode::kNone);
}

TEST_CASE("A marker for offsets waits for a coordinator that is not here yet") {
  Transactions one;
  REQUIRE(one.upkeep.client().find_coordinator("g"));
  const auto write = [&] {
    return one.answer_of(runtime::write_marker(
        one.node(), one.shard(), std::string(runtime::kOffsetsTopic), 0,
        {.producer_id = kProducer, .producer_epoch = 0, .coordinator_epoch = 0, .is_commit = true}));
  };
  CHECK(write() == ErrorCode::kNone);
  one.node().groups(runtime::ShardId(0)).resign_all();
  CHECK(write() == ErrorCode::kNotLeaderOrFollower);
}

TEST_CASE("Verification is switched while the broker runs") {
  Transactions one;
  const std::string name = "transaction.partition.verification.enable";
  CHECK(one.table().verifies_transactions());
  for (const bool is_enabled : {false, true}) {
    CHECK(one.upkeep.client().set_config(metadata::cluster_resource(), name, is_enabled ? "true" : "false") ==
          ErrorCode::kNone);
    CHECK(
        one.upkeep.world().run_until([&] { return one.table().verifies_transactions() == is_enabled; }, 10s));
  }
  Transactions other({}, name + "=false\n");
  CHECK_FALSE(other.table().verifies_transactions());
}

}  // namespace
}  // namespace moldau::sim
