// What is asked about one share partition.

#include <doctest/doctest.h>

#include "tests/coordinator/share_harness.h"

namespace moldau::coordinator {
namespace {

using Batches = std::vector<StateBatch>;

const Uuid kTopic{7, 9};
const SharePartitionKey kKey{"g", kTopic, 0};
const SharePartitionKey kOther{"g", kTopic, 1};

}  // namespace

TEST_CASE("a share partition is written and read once it is initialized") {
  ShareHarness harness;
  CHECK(harness.read(kKey).error_code == ErrorCode::kInvalidRequest);
  CHECK(harness.write(kKey, {}).error_message ==
        "Write operation on uninitialized share partition not allowed.");
  CHECK(harness.log.empty());
  CHECK(harness.initialize(kKey, 1, 10).error_code == ErrorCode::kNone);
  CHECK(harness.state(kKey) == SharePartitionState{.state_epoch = 1,
                                                   .start_offset = 10,
                                                   .delivery_complete_count = 0,
                                                   .create_ms = harness.now_ms,
                                                   .write_ms = harness.now_ms});
  CHECK(harness.write(kKey, {.state_epoch = 1, .start_offset = 12, .batches = {{11, 15, 1, 2}}}).error_code ==
        ErrorCode::kNone);
  const auto read = harness.read(kKey);
  CHECK(read.error_code == ErrorCode::kNone);
  CHECK(read.partition == 0);
  CHECK(read.start_offset == 12);
  CHECK(read.state_epoch == 1);
  REQUIRE(read.state_batches.size() == 1);
  CHECK(read.state_batches[0].first_offset == 12);
  CHECK(read.state_batches[0].last_offset == 15);
  CHECK(read.state_batches[0].delivery_count == 1);
  CHECK(read.state_batches[0].delivery_state == 2);
  CHECK(harness.read(kOther).error_code == ErrorCode::kInvalidRequest);
  harness.check_replay({kKey, kOther});
}

TEST_CASE("to initialize again begins anew, but not below the largest state epoch") {
  ShareHarness harness;
  harness.initialize(kKey, 5, -1);
  CHECK(harness.state(kKey).delivery_complete_count == -1);
  harness.write(kKey, {.state_epoch = 5, .start_offset = 3, .batches = {{3, 4, 1, 0}}});
  CHECK(harness.initialize(kKey, 4, 0).error_code == ErrorCode::kFencedStateEpoch);
  CHECK(harness.state(kKey).batches.size() == 1);
  CHECK(harness.initialize(kKey, 5, 8).error_code == ErrorCode::kNone);
  CHECK(harness.state(kKey).snapshot_epoch == 1);
  CHECK(harness.state(kKey).start_offset == 8);
  CHECK(harness.state(kKey).batches.empty());
  CHECK(harness.initialize(kKey, -1, 9).error_code == ErrorCode::kNone);
  CHECK(harness.initialize(kKey, 4, 9).error_code == ErrorCode::kFencedStateEpoch);
  harness.check_replay({kKey});
}

TEST_CASE("a reader's leader epoch fences those before it, and is in the log") {
  ShareHarness harness;
  harness.initialize(kKey, 0, 0);
  CHECK(harness.write(kKey, {.leader_epoch = 9}).error_code == ErrorCode::kNone);
  CHECK(harness.state(kKey).leader_epoch == 0);
  std::size_t records = harness.log.size();
  CHECK(harness.read(kKey, 0).error_code == ErrorCode::kNone);
  CHECK(harness.read(kKey, -1).error_code == ErrorCode::kNone);
  CHECK(harness.log.size() == records);
  CHECK(harness.read(kKey, 5).error_code == ErrorCode::kNone);
  CHECK(harness.log.size() == ++records);
  CHECK(harness.state(kKey).leader_epoch == 5);
  CHECK(harness.read(kKey, 5).error_code == ErrorCode::kNone);
  CHECK(harness.log.size() == records);
  CHECK(harness.read(kKey, 4).error_code == ErrorCode::kFencedLeaderEpoch);
  CHECK(harness.write(kKey, {.leader_epoch = 4}).error_code == ErrorCode::kFencedLeaderEpoch);
  CHECK(harness.write(kKey, {.leader_epoch = -1}).error_code == ErrorCode::kNone);
  CHECK(harness.summary(kKey).leader_epoch == 5);
  harness.check_replay({kKey});
  ShareHarness again;
  again.coordinator = harness.replayed();
  CHECK(again.read(kKey, 4).error_code == ErrorCode::kFencedLeaderEpoch);
}

TEST_CASE("writes below the largest state epoch are fenced") {
  ShareHarness harness;
  harness.initialize(kKey, 3, 0);
  CHECK(harness.write(kKey, {.state_epoch = 2}).error_code == ErrorCode::kFencedStateEpoch);
  CHECK(harness.write(kKey, {.state_epoch = -1}).error_code == ErrorCode::kNone);
  CHECK(harness.write(kKey, {.state_epoch = 8}).error_code == ErrorCode::kNone);
  CHECK(harness.state(kKey).state_epoch == 3);
}

TEST_CASE("the summary of what is not initialized has no start offset") {
  ShareHarness harness;
  CHECK(harness.summary(kKey).start_offset == -1);
  CHECK(harness.summary(kKey).error_code == ErrorCode::kNone);
  harness.initialize(kKey, 2, 4);
  harness.write(kKey, {.state_epoch = 2, .start_offset = 6, .delivery_complete_count = 3});
  const auto summary = harness.summary(kKey);
  CHECK(summary.start_offset == 6);
  CHECK(summary.delivery_complete_count == 3);
  CHECK(summary.state_epoch == 2);
}

TEST_CASE("a deleted share partition is gone with its epochs") {
  ShareHarness harness;
  CHECK(harness.remove(kKey).error_code == ErrorCode::kNone);
  CHECK(harness.log.empty());
  harness.initialize(kKey, 7, 0);
  harness.read(kKey, 7);
  CHECK(harness.remove(kKey).error_code == ErrorCode::kNone);
  CHECK(harness.last_record() == ShareRecord{kKey, ShareTombstone()});
  CHECK(harness.read(kKey).error_code == ErrorCode::kInvalidRequest);
  CHECK(harness.initialize(kKey, 1, 0).error_code == ErrorCode::kNone);
  CHECK(harness.state(kKey).snapshot_epoch == 0);
  CHECK(harness.read(kKey, 1).error_code == ErrorCode::kNone);
  harness.check_replay({kKey});
}

TEST_CASE("partitions that no topic has are refused, but for what their state says first") {
  ShareHarness harness;
  harness.initialize(kKey, 5, 0);
  harness.is_partition_known = false;
  CHECK(harness.initialize(kKey, 4, 0).error_code == ErrorCode::kFencedStateEpoch);
  CHECK(harness.initialize(kKey, 5, 0).error_code == ErrorCode::kUnknownTopicOrPartition);
  CHECK(harness.write(kKey, {.state_epoch = 5}).error_code == ErrorCode::kUnknownTopicOrPartition);
  CHECK(harness.write(kOther, {}).error_code == ErrorCode::kInvalidRequest);
  CHECK(harness.read(kKey).error_code == ErrorCode::kUnknownTopicOrPartition);
  CHECK(harness.summary(kKey).error_code == ErrorCode::kUnknownTopicOrPartition);
  CHECK(harness.remove(kKey).error_code == ErrorCode::kUnknownTopicOrPartition);
  const SharePartitionKey negative{"g", kTopic, -1};
  CHECK(harness.initialize(negative, 0, 0).error_code == ErrorCode::kInvalidRequest);
  CHECK(harness.write(negative, {}).error_message == "The partition id cannot be a negative number.");
  CHECK(harness.read(negative).error_code == ErrorCode::kInvalidRequest);
  CHECK(harness.summary(negative).error_code == ErrorCode::kInvalidRequest);
  CHECK(harness.remove(negative).error_code == ErrorCode::kInvalidRequest);
  CHECK(harness.log.size() == 1);
}

TEST_CASE("batches that cannot be combined change nothing") {
  ShareHarness harness;
  harness.initialize(kKey, 0, 0);
  const SharePartitionState before = harness.state(kKey);
  CHECK(harness.write(kKey, {.batches = {{5, 4, 1, 0}}}).error_code == ErrorCode::kInvalidRequest);
  CHECK(harness.state(kKey) == before);
  CHECK(harness.log.size() == 1);
}

TEST_CASE("a write that cannot be appended has not been") {
  ShareHarness harness;
  harness.initialize(kKey, 0, 0);
  harness.fails = true;
  harness.write(kKey, {.start_offset = 5});
  harness.remove(kKey);
  harness.read(kKey, 3);
  harness.fails = false;
  CHECK(harness.state(kKey).start_offset == 0);
  CHECK(harness.read(kKey, 1).error_code == ErrorCode::kNone);
  harness.check_replay({kKey});
}

}  // namespace moldau::coordinator
