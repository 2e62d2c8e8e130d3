#include "quorum/replica_fetch.h"

#include <doctest/doctest.h>

namespace moldau::quorum {
namespace {

constexpr SnapshotId kOld{.end_offset = 40, .epoch = 3};
constexpr SnapshotId kNew{.end_offset = 90, .epoch = 5};

ReplicaFetch at(std::int64_t offset, std::int32_t last_fetched_epoch) {
  return {.replica = {.id = BrokerId(7), .directory_id = {}},
          .leader_epoch = 6,
          .offset = offset,
          .last_fetched_epoch = last_fetched_epoch};
}

/// A log from offset 40 on, which `kOld` stands before.
FetchGround ground(EpochEnd end) {
  return {.log_start_offset = 40,
          .epoch_end = end,
          .snapshots = FetchGround::Snapshots{.oldest = kOld, .newest = kNew}};
}

FetchGround whole_log(EpochEnd end) {
  return {.log_start_offset = 0, .epoch_end = end, .snapshots = {}};
}

FetchVerdict diverging(std::int32_t epoch, std::int64_t end_offset) {
  return EpochEnd{.epoch = epoch, .end_offset = end_offset};
}

TEST_CASE("a log that is a beginning of the leader's is read on") {
  CHECK(judge_fetch(at(50, 4), whole_log({4, 50})) == FetchVerdict(ReadOn{}));
  CHECK(judge_fetch(at(49, 4), whole_log({4, 50})) == FetchVerdict(ReadOn{}));
  CHECK(judge_fetch(at(60, 4), ground({4, 70})) == FetchVerdict(ReadOn{}));
}

TEST_CASE("a log that goes on where the leader's epoch had ended diverges there") {
  CHECK(judge_fetch(at(51, 4), whole_log({4, 50})) == diverging(4, 50));
  CHECK(judge_fetch(at(71, 4), ground({4, 70})) == diverging(4, 70));
}

TEST_CASE("a log whose last epoch the leader does not have diverges at the end of the one before") {
  CHECK(judge_fetch(at(50, 5), whole_log({4, 60})) == diverging(4, 60));
}

TEST_CASE("an empty log reads the leader's from its start, whatever epoch it names") {
  CHECK(judge_fetch(at(0, 0), whole_log({0, 0})) == FetchVerdict(ReadOn{}));
  CHECK(judge_fetch(at(0, 5), whole_log({4, 60})) == FetchVerdict(ReadOn{}));
}

TEST_CASE("an empty log loads the newest snapshot even where the log reaches back to its start") {
  FetchGround with_snapshots = ground({0, 0});
  with_snapshots.log_start_offset = 0;
  CHECK(judge_fetch(at(0, 0), with_snapshots) == FetchVerdict(kNew));
}

TEST_CASE("the snapshot that formatting left is not loaded") {
  FetchGround formatted = whole_log({0, 0});
  formatted.snapshots = {.oldest = kBootstrapSnapshotId, .newest = kBootstrapSnapshotId};
  CHECK(judge_fetch(at(0, 0), formatted) == FetchVerdict(ReadOn{}));
  CHECK(judge_fetch(at(5, 0), formatted) == diverging(0, 0));
}

TEST_CASE("a log that ends before the leader's begins loads the newest snapshot") {
  CHECK(judge_fetch(at(39, 3), ground({3, 40})) == FetchVerdict(kNew));
}

TEST_CASE("a log that ends where the leader's begins is read on only if its last epoch is the snapshot's") {
  CHECK(judge_fetch(at(40, 3), ground({3, 40})) == FetchVerdict(ReadOn{}));
  CHECK(judge_fetch(at(40, 4), ground({4, 60})) == FetchVerdict(kNew));
}

TEST_CASE("an epoch before the oldest snapshot's says nothing about the log: a snapshot does") {
  CHECK(judge_fetch(at(60, 2), ground({2, 40})) == FetchVerdict(kNew));
}

TEST_CASE("an epoch that ended with the oldest snapshot diverges at the snapshot") {
  // The log's first epoch is 5 and begins with it at 40: of 4 the log knows no more than that.
  CHECK(judge_fetch(at(50, 4), ground({4, 40})) == diverging(3, 40));
}

TEST_CASE("negative numbers and an epoch above the leader's are not sound") {
  CHECK(at(0, 0).is_sound());
  CHECK(at(0, 6).is_sound());
  CHECK_FALSE(at(-1, 0).is_sound());
  CHECK_FALSE(at(0, -1).is_sound());
  CHECK_FALSE(at(0, 7).is_sound());
  ReplicaFetch impatient = at(0, 0);
  impatient.max_wait_ms = -1;
  CHECK_FALSE(impatient.is_sound());
}

}  // namespace
}  // namespace moldau::quorum
