#include "quorum/quorum.h"

#include <doctest/doctest.h>

namespace moldau::quorum {
namespace {

const Uuid kDirectory{3, 4};
const ReplicaKey kSelf{BrokerId(1), kDirectory};

LocalReplica local(std::uint16_t port = 9093) {
  return {.key = kSelf,
          .endpoints = {{.listener = "CONTROLLER", .host = "h", .port = port}},
          .kraft_versions = {}};
}

VoterSet static_voters() {
  return VoterSet(
      {Voter{.key = {BrokerId(1), Uuid{}}, .endpoints = local().endpoints, .kraft_versions = {}}});
}

VoterSet dynamic_voters() {
  return VoterSet({Voter{.key = kSelf, .endpoints = local().endpoints, .kraft_versions = {}}});
}

Start first_start() {
  return {.persisted = {}, .log_end_offset = 0, .last_epoch = 0, .voters = static_voters()};
}

ElectionState led(std::int32_t epoch) {
  return {.epoch = epoch, .leader = BrokerId(1), .voted_for = {}, .voters = {BrokerId(1)}};
}

ElectionState voted(std::int32_t epoch) {
  return {.epoch = epoch, .leader = {}, .voted_for = kSelf, .voters = {BrokerId(1)}};
}

const LeaderChangeBatch& leader_change(const Effects& effects) {
  REQUIRE(effects.append.size() == 1);
  REQUIRE(std::holds_alternative<LeaderChangeBatch>(effects.append[0]));
  return std::get<LeaderChangeBatch>(effects.append[0]);
}

TEST_CASE("the only voter persists its vote, then its leadership, and opens the epoch in the log") {
  Quorum quorum(local());
  const Effects effects = quorum.step(first_start());
  CHECK(effects.persist == std::vector{voted(1), led(1)});
  const auto& batch = leader_change(effects);
  CHECK(batch.base_offset == 0);
  CHECK(batch.epoch == 1);
  CHECK(batch.leader == BrokerId(1));
  CHECK(batch.voters == std::vector{BrokerId(1)});
  CHECK(batch.granting_voters == std::vector{BrokerId(1)});
  CHECK_FALSE(batch.membership.has_value());
  CHECK_FALSE(effects.became_leader.has_value());
  CHECK_FALSE(effects.high_watermark.has_value());
  CHECK(quorum.role() == Role::kLeader);
}

TEST_CASE("leadership is announced once the epoch's first record is on disk") {
  Quorum quorum(local());
  quorum.step(first_start());
  const Effects nothing = quorum.step(LogSynced{.offset = 0});
  CHECK(nothing == Effects{});
  const Effects committed = quorum.step(LogSynced{.offset = 1});
  CHECK(committed.high_watermark == 1);
  CHECK(committed.became_leader == Leadership{.epoch = 1, .epoch_start_offset = 0});
  CHECK(quorum.step(LogSynced{.offset = 1}) == Effects{});
}

TEST_CASE("a former leader resigns its old epoch and leads a new one") {
  Quorum quorum(local());
  const Effects effects = quorum.step(
      Start{.persisted = led(5), .log_end_offset = 40, .last_epoch = 5, .voters = static_voters()});
  CHECK(effects.persist == std::vector{voted(6), led(6)});
  CHECK(leader_change(effects).epoch == 6);
  CHECK(leader_change(effects).base_offset == 40);
  // Nothing of the old epochs counts before a record of the new one does.
  CHECK(quorum.step(LogSynced{.offset = 40}) == Effects{});
  CHECK(quorum.step(LogSynced{.offset = 41}).became_leader->epoch_start_offset == 40);
}

TEST_CASE("a candidate that stopped before it led uses the vote it had persisted") {
  Quorum quorum(local());
  const Effects effects = quorum.step(
      Start{.persisted = voted(6), .log_end_offset = 40, .last_epoch = 5, .voters = static_voters()});
  CHECK(effects.persist == std::vector{led(6)});
  CHECK(leader_change(effects).epoch == 6);
}

TEST_CASE("a log ahead of the stored epoch wins") {
  Quorum quorum(local());
  const Effects effects = quorum.step(
      Start{.persisted = led(2), .log_end_offset = 9, .last_epoch = 7, .voters = static_voters()});
  CHECK(effects.persist == std::vector{voted(8), led(8)});
}

TEST_CASE("an epoch led by another node before is not taken over but followed by the next") {
  Quorum quorum(local());
  ElectionState other = led(4);
  other.leader = BrokerId(2);
  const Effects effects =
      quorum.step(Start{.persisted = other, .log_end_offset = 9, .last_epoch = 4, .voters = static_voters()});
  CHECK(effects.persist == std::vector{voted(5), led(5)});
}

TEST_CASE("the first leader after formatting writes version and voters into the log") {
  Quorum quorum(local());
  Start start = first_start();
  start.voters = dynamic_voters();
  start.kraft_version = 1;
  const Effects effects = quorum.step(start);
  REQUIRE(leader_change(effects).membership.has_value());
  CHECK(leader_change(effects).membership->kraft_version == 1);
  CHECK(leader_change(effects).membership->voters == dynamic_voters());
  CHECK(leader_change(effects).next_offset() == 3);
  CHECK(quorum.next_offset() == 3);
}

TEST_CASE("a later leader writes its membership only if it moved") {
  Start start{.persisted = led(1), .log_end_offset = 9, .last_epoch = 1, .voters = dynamic_voters()};
  start.kraft_version = 1;
  start.voters_in_log = true;
  Quorum stayed(local());
  CHECK_FALSE(leader_change(stayed.step(start)).membership.has_value());
  Quorum moved(local(9999));
  const Effects effects = moved.step(start);
  REQUIRE(leader_change(effects).membership.has_value());
  CHECK(leader_change(effects).membership->voters.find(BrokerId(1))->endpoints[0].port == 9999);
  CHECK(moved.voters().find(BrokerId(1))->endpoints[0].port == 9999);
}

TEST_CASE("records are placed at once, written when drained and committed when synced") {
  Quorum quorum(local());
  quorum.step(first_start());
  quorum.step(LogSynced{.offset = 1});
  const std::vector<Bytes> two(2, Bytes{1, 2});
  CHECK(quorum.step(AppendRecords{.epoch = 1, .records = two}).appended == Result<std::int64_t>(1));
  CHECK(quorum.step(AppendRecords{.epoch = 1, .records = two}).appended == Result<std::int64_t>(3));
  CHECK(quorum.has_undrained_records());
  const Effects drained = quorum.step(Drain{});
  REQUIRE(drained.append.size() == 1);
  const auto& batch = std::get<DataBatch>(drained.append[0]);
  CHECK(batch.base_offset == 1);
  CHECK(batch.epoch == 1);
  CHECK(batch.records.size() == 4);
  CHECK(quorum.step(LogSynced{.offset = 5}).high_watermark == 5);
  CHECK(quorum.high_watermark() == 5);
}

TEST_CASE("records of another epoch, or after the end of leadership, are refused") {
  Quorum quorum(local());
  quorum.step(first_start());
  CHECK(quorum.step(AppendRecords{.epoch = 0, .records = {Bytes{1}}}).appended->error().code ==
        ErrorCode::kNotController);
  const Effects stopped = quorum.step(Stop{});
  CHECK(stopped.lost_leadership == 1);
  CHECK(stopped.persist.empty());
  CHECK(quorum.role() == Role::kResigned);
  CHECK(quorum.step(AppendRecords{.epoch = 1, .records = {Bytes{1}}}).appended->error().code ==
        ErrorCode::kNotController);
  CHECK(quorum.step(Drain{}) == Effects{});
  CHECK(quorum.step(LogSynced{.offset = 1}) == Effects{});
}

TEST_CASE("a node that is not the only voter says so and persists nothing") {
  Quorum quorum(local());
  Start start = first_start();
  start.voters = VoterSet({Voter{.key = {BrokerId(1), Uuid(8, 8)}, .endpoints = {}, .kraft_versions = {}}});
  const Effects effects = quorum.step(start);
  REQUIRE(effects.failure.has_value());
  CHECK(effects.failure->code == ErrorCode::kInconsistentVoterSet);
  CHECK(effects.persist.empty());
  CHECK(effects.append.empty());
}

TEST_CASE("the leader describes the quorum with itself caught up") {
  Quorum quorum(local());
  CHECK(quorum.describe(5).error().code == ErrorCode::kNotLeaderOrFollower);
  quorum.step(first_start());
  CHECK(quorum.describe(5)->high_watermark == -1);
  quorum.step(LogSynced{.offset = 1});
  const auto status = quorum.describe(1234);
  REQUIRE(status.has_value());
  CHECK(status->leader == BrokerId(1));
  CHECK(status->epoch == 1);
  CHECK(status->high_watermark == 1);
  REQUIRE(status->voters.size() == 1);
  CHECK(status->voters[0].log_end_offset == 1);
  CHECK(status->voters[0].last_fetch_ms == 1234);
  CHECK(status->voters[0].last_caught_up_ms == 1234);
  CHECK(status->observers.empty());
}

ReplicaFetch fetch_of(std::int32_t replica, std::int32_t epoch) {
  return {.replica = {.id = BrokerId(replica), .directory_id = {}}, .leader_epoch = epoch};
}

TEST_CASE("a leader tells replicas of its epoch to read on, and itself nothing") {
  Quorum quorum(local());
  quorum.step(first_start());
  CHECK(quorum.judge(fetch_of(7, 1), {}) == FetchVerdict(ReadOn{}));
  CHECK(quorum.judge(fetch_of(-1, 1), {}) == FetchVerdict(ReadOn{}));
  CHECK(quorum.judge(fetch_of(1, 1), {}).error().code == ErrorCode::kUnknownServerError);
  ReplicaFetch beyond = fetch_of(1, 1);
  beyond.offset = 10;
  CHECK(quorum.judge(beyond, {}) == FetchVerdict(EpochEnd{}));
}

TEST_CASE("a fetch of another epoch, of nobody's leader or without sense is refused") {
  Quorum quorum(local());
  quorum.step(Start{.persisted = led(5), .log_end_offset = 40, .last_epoch = 5, .voters = static_voters()});
  CHECK(quorum.judge(fetch_of(7, 5), {}).error().code == ErrorCode::kFencedLeaderEpoch);
  CHECK(quorum.judge(fetch_of(7, 7), {}).error().code == ErrorCode::kUnknownLeaderEpoch);
  ReplicaFetch senseless = fetch_of(7, 7);
  senseless.offset = -1;
  CHECK(quorum.judge(senseless, {}).error().code == ErrorCode::kInvalidRequest);
  quorum.step(Stop{});
  CHECK(quorum.judge(fetch_of(7, 6), {}).error().code == ErrorCode::kNotLeaderOrFollower);
}

TEST_CASE("other replicas read what is on the leader's disk, and no further") {
  Quorum quorum(local());
  quorum.step(Start{.persisted = {}, .log_end_offset = 40, .last_epoch = 5, .voters = static_voters()});
  CHECK(quorum.readable_end_offset() == 40);
  quorum.step(LogSynced{.offset = 41});
  CHECK(quorum.readable_end_offset() == 41);
  quorum.step(AppendRecords{.epoch = quorum.epoch(), .records = {Bytes(10)}});
  quorum.step(Drain{});
  CHECK(quorum.readable_end_offset() == 41);
  quorum.step(LogSynced{.offset = 42});
  CHECK(quorum.readable_end_offset() == 42);
}

TEST_CASE("the leader describes who fetches from it, until it leads anew") {
  Quorum quorum(local());
  quorum.step(first_start());
  quorum.step(LogSynced{.offset = 1});
  const ReplicaKey seven{BrokerId(7), Uuid{}};
  CHECK(quorum.step(Fetched{.replica = seven, .offset = 1, .now_ms = 1000}) == Effects{});
  quorum.step(Fetched{.replica = {BrokerId(-1), Uuid{}}, .offset = 1, .now_ms = 1000});
  CHECK(quorum.describe(1234)->observers == std::vector{ReplicaStatus{seven, 1, 1000, 1000}});
  CHECK(quorum.describe(301'000)->observers.empty());

  quorum.step(Fetched{.replica = seven, .offset = 1, .now_ms = 1000});
  quorum.step(Start{.persisted = led(1), .log_end_offset = 1, .last_epoch = 1, .voters = static_voters()});
  CHECK(quorum.describe(1234)->observers.empty());
}

TEST_CASE("a static quorum becomes a dynamic one within its epoch, behind what was appended before") {
  Quorum quorum(local());
  quorum.step(first_start());
  quorum.step(LogSynced{1});
  quorum.step(AppendRecords{.epoch = 1, .records = {Bytes{1}}, .atomic = true});
  const Effects effects = quorum.step(UpgradeKraftVersion{.epoch = 1, .version = 1});
  CHECK(effects.appended == Result<std::int64_t>(2));
  REQUIRE(effects.append.size() == 2);
  CHECK(std::get<DataBatch>(effects.append[0]).base_offset == 1);
  const auto& batch = std::get<MembershipBatch>(effects.append[1]);
  CHECK(batch.base_offset == 2);
  CHECK(batch.epoch == 1);
  CHECK(batch.membership.kraft_version == 1);
  CHECK(batch.membership.voters == dynamic_voters());
  CHECK(quorum.kraft_version() == 1);
  CHECK(quorum.voters() == dynamic_voters());
  CHECK(quorum.next_offset() == 4);
  const Effects behind = quorum.step(AppendRecords{.epoch = 1, .records = {Bytes{2}}, .atomic = true});
  CHECK(behind.appended == Result<std::int64_t>(4));
}

TEST_CASE("an upgrade of the quorum to where it is writes nothing, and only a leader upgrades") {
  Quorum quorum(local());
  quorum.step(first_start());
  CHECK(quorum.step(UpgradeKraftVersion{.epoch = 1, .version = 0}).append.empty());
  CHECK(quorum.step(UpgradeKraftVersion{.epoch = 7, .version = 1}).appended->error().code ==
        ErrorCode::kNotController);
  CHECK(quorum.step(UpgradeKraftVersion{.epoch = 1, .version = 2}).appended->error().code ==
        ErrorCode::kInvalidUpdateVersion);
  CHECK(quorum.kraft_version() == 0);
}

}  // namespace
}  // namespace moldau::quorum
