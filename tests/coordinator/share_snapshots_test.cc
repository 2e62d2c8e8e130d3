// What is written when, and which part of the log is needed.

#include <string>
#include <variant>

#include <doctest/doctest.h>

#include "tests/coordinator/share_harness.h"

namespace moldau::coordinator {
namespace {

using Batches = std::vector<StateBatch>;

const Uuid kTopic{7, 9};
const SharePartitionKey kKey{"g", kTopic, 0};
const SharePartitionKey kOther{"g", kTopic, 1};
const SharePartitionKey kElsewhere{"g", Uuid(7, 10), 0};

bool is_snapshot(const ShareRecord& record) {
  return std::holds_alternative<SharePartitionState>(record.value);
}

}  // namespace

TEST_CASE("so many updates are followed by a snapshot of all that they came to") {
  ShareHarness harness({.updates_per_snapshot = 2});
  harness.initialize(kKey, 1, 0);
  CHECK(is_snapshot(harness.last_record()));
  harness.write(kKey, {.state_epoch = 1, .batches = {{0, 4, 1, 0}}});
  CHECK_FALSE(is_snapshot(harness.last_record()));
  harness.now_ms += 7;
  harness.write(kKey, {.state_epoch = 1, .batches = {{3, 9, 1, 2}}});
  CHECK_FALSE(is_snapshot(harness.last_record()));
  harness.write(kKey, {.state_epoch = 1, .start_offset = 1, .delivery_complete_count = 4});
  REQUIRE(is_snapshot(harness.last_record()));
  CHECK(std::get<SharePartitionState>(harness.last_record().value) ==
        SharePartitionState{.snapshot_epoch = 1,
                            .state_epoch = 1,
                            .start_offset = 1,
                            .delivery_complete_count = 4,
                            .batches = {{1, 2, 1, 0}, {3, 9, 1, 2}},
                            .create_ms = harness.now_ms,
                            .write_ms = harness.now_ms});
  harness.write(kKey, {.state_epoch = 1});
  CHECK_FALSE(is_snapshot(harness.last_record()));
  harness.check_replay({kKey});
}

TEST_CASE("an update has its own batches without overlaps, and the start offset that was given") {
  ShareHarness harness;
  harness.initialize(kKey, 0, 5);
  harness.write(kKey, {.batches = {{0, 9, 1, 0}, {4, 6, 2, 0}}});
  CHECK(harness.last_record() ==
        ShareRecord{kKey, ShareUpdate{.batches = {{0, 3, 1, 0}, {4, 6, 2, 0}, {7, 9, 1, 0}}}});
  CHECK(harness.state(kKey).batches == Batches{{5, 6, 2, 0}, {7, 9, 1, 0}});
  harness.check_replay({kKey});
}

TEST_CASE("with no updates for each snapshot all writes are snapshots") {
  ShareHarness harness({.updates_per_snapshot = 0});
  harness.initialize(kKey, 0, 0);
  for (int i = 0; i < 3; ++i) {
    harness.write(kKey, {.start_offset = i});
    CHECK(is_snapshot(harness.last_record()));
  }
  CHECK(harness.state(kKey).snapshot_epoch == 3);
  harness.check_replay({kKey});
}

TEST_CASE("the log is needed from the oldest of the last snapshots on") {
  ShareHarness harness({.updates_per_snapshot = 1});
  CHECK_FALSE(harness.coordinator.redundant_before().has_value());
  harness.initialize(kKey, 0, 0);
  harness.initialize(kOther, 0, 0);
  CHECK_FALSE(harness.coordinator.redundant_before().has_value());
  harness.write(kKey, {});
  CHECK_FALSE(harness.coordinator.redundant_before().has_value());
  harness.write(kKey, {});
  CHECK(harness.coordinator.redundant_before() == 1);
  harness.initialize(kOther, 0, 3);
  CHECK(harness.coordinator.redundant_before() == 3);
  harness.check_replay({kKey, kOther});
  harness.remove(kOther);
  CHECK(harness.coordinator.redundant_before() == 3);
  harness.remove(kKey);
  CHECK(harness.coordinator.redundant_before() == 6);
  harness.initialize(kKey, 0, 0);
  CHECK(harness.coordinator.redundant_before() == 7);
  harness.check_replay({kKey, kOther});
}

TEST_CASE("what is not committed makes nothing redundant") {
  ShareHarness harness;
  harness.initialize(kOther, 0, 0);
  harness.initialize(kKey, 0, 0);
  harness.holds = true;
  harness.remove(kOther);
  harness.initialize(kKey, 0, 4);
  CHECK_FALSE(harness.coordinator.redundant_before().has_value());
  harness.coordinator.committed_up_to(3);
  CHECK(harness.coordinator.redundant_before() == 1);
  harness.coordinator.committed_up_to(4);
  CHECK(harness.coordinator.redundant_before() == 3);
}

TEST_CASE("cold share partitions are snapshotted while others are not") {
  ShareHarness harness({.cold_partition_snapshot_interval_ms = 1000});
  CHECK(harness.snapshot_cold() == 0);
  harness.initialize(kKey, 0, 0);
  const TimestampMs created_ms = harness.now_ms;
  harness.now_ms += 500;
  harness.initialize(kOther, 0, 0);
  CHECK(harness.snapshot_cold() == 0);
  harness.now_ms += 500;
  CHECK(harness.snapshot_cold() == 1);
  CHECK(harness.state(kKey).create_ms == created_ms);
  CHECK(harness.state(kKey).write_ms == harness.now_ms);
  CHECK(harness.state(kKey).snapshot_epoch == 1);
  CHECK(harness.coordinator.redundant_before() == 1);
  harness.now_ms += 1000;
  CHECK(harness.snapshot_cold() == 2);
  harness.now_ms += 1000;
  CHECK(harness.snapshot_cold() == 0);
  harness.check_replay({kKey, kOther});
}

TEST_CASE("share partitions of deleted topics are forgotten") {
  ShareHarness harness;
  harness.initialize(kKey, 0, 0);
  harness.initialize(kElsewhere, 0, 0);
  harness.initialize(kOther, 0, 0);
  harness.forget_topics({kTopic, Uuid(1, 1)});
  CHECK(harness.coordinator.find(kKey) == nullptr);
  CHECK(harness.coordinator.find(kOther) == nullptr);
  CHECK(harness.coordinator.find(kElsewhere) != nullptr);
  CHECK(harness.log.size() == 5);
  harness.check_replay({kKey, kOther, kElsewhere});
}

TEST_CASE("an update without its snapshot is all there is") {
  ShareHarness harness;
  harness.initialize(kKey, 4, 0);
  harness.read(kKey, 6);
  const ShareCoordinator late = harness.replayed(1);
  REQUIRE(late.find(kKey) != nullptr);
  CHECK(*late.find(kKey) ==
        SharePartitionState{.leader_epoch = 6, .start_offset = 0, .delivery_complete_count = 0});
  CHECK_FALSE(late.redundant_before().has_value());
}

TEST_CASE("records that cannot be read are an error, those of other types are not") {
  ShareCoordinator coordinator{ShareCoordinatorConfig()};
  const Record good = encode_share_record({kKey, ShareUpdate()});
  const auto replay = [&coordinator](ByteView key, std::optional<ByteView> value) {
    return coordinator.replay(0, key, value);
  };
  const Bytes other = {0, 2, 1};
  CHECK(replay(other, std::nullopt).has_value());
  const ByteView key = good.key;
  const ByteView value = *good.value;
  CHECK(replay(key.first(1), value).error().code == ErrorCode::kCorruptMessage);
  CHECK(replay(key.first(key.size() - 1), value).error().code == ErrorCode::kCorruptMessage);
  CHECK(replay(key, value.first(value.size() - 1)).error().code == ErrorCode::kCorruptMessage);
  CHECK(replay(key, std::nullopt).error().code == ErrorCode::kCorruptMessage);
  CHECK(replay(key, value).has_value());
}

}  // namespace moldau::coordinator
