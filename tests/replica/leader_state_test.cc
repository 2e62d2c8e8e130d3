#include "replica/leader_state.h"

#include <doctest/doctest.h>

using moldau::BrokerId;
using moldau::ErrorCode;
using moldau::replica::Assignment;
using moldau::replica::LeaderState;

namespace {

Assignment alone(std::int32_t leader_epoch = 3) {
  return {.leader_epoch = leader_epoch,
          .partition_epoch = 0,
          .replicas = {BrokerId(1)},
          .in_sync = {BrokerId(1)}};
}

}  // namespace

TEST_CASE("a sole replica's log end is its high watermark") {
  LeaderState leader(BrokerId(1), alone(), 5, 10, 1);
  CHECK(leader.high_watermark() == 10);
  CHECK(leader.local_end_moved(12));
  CHECK(leader.high_watermark() == 12);
  CHECK_FALSE(leader.local_end_moved(12));
}

TEST_CASE("a checkpoint beyond the log's end is bounded by it") {
  const LeaderState leader(BrokerId(1), alone(), 50, 10, 1);
  CHECK(leader.high_watermark() == 10);
}

TEST_CASE("a topic demands no more in-sync replicas than it has") {
  const LeaderState leader(BrokerId(1), alone(), 0, 10, 2);
  CHECK(leader.check_min_in_sync().has_value());
  CHECK(leader.high_watermark() == 10);
}

TEST_CASE("too few replicas in sync refuse writes and hold the high watermark") {
  Assignment two = alone();
  two.replicas.push_back(BrokerId(2));
  LeaderState leader(BrokerId(1), two, 4, 10, 2);
  CHECK(leader.check_min_in_sync().error().code == ErrorCode::kNotEnoughReplicas);
  CHECK_FALSE(leader.local_end_moved(20));
  CHECK(leader.high_watermark() == 4);
  CHECK(leader.min_in_sync_changed(1));
  CHECK(leader.high_watermark() == 20);
}

TEST_CASE("a client's leader epoch is compared only when it knows one") {
  const LeaderState leader(BrokerId(1), alone(3), 0, 0, 1);
  CHECK(leader.check_epoch(-1).has_value());
  CHECK(leader.check_epoch(3).has_value());
  CHECK(leader.check_epoch(2).error().code == ErrorCode::kFencedLeaderEpoch);
  CHECK(leader.check_epoch(-2).error().code == ErrorCode::kFencedLeaderEpoch);
  CHECK(leader.check_epoch(4).error().code == ErrorCode::kUnknownLeaderEpoch);
}
