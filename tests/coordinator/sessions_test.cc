#include <doctest/doctest.h>

#include "tests/coordinator/harness.h"

namespace moldau::coordinator {

using std::chrono::milliseconds;

namespace {

protocol::LeaveGroupRequest leave_request(const std::vector<std::string_view>& members) {
  protocol::LeaveGroupRequest request;
  request.group_id = GroupId("group");
  for (const auto member : members) {
    request.members.emplace_back().member_id = member;
  }
  return request;
}

}  // namespace

TEST_CASE("a member without heartbeats is removed after its session timeout") {
  Harness harness;
  const TwoMembers members(harness);
  const auto beat = [&](const std::string& member) {
    return harness
        .take(
            harness.coordinator.heartbeat(harness.context(4), heartbeat_request(member, members.generation)))
        .error_code;
  };
  harness.pass(milliseconds(6'000));
  CHECK(beat(members.leader) == ErrorCode::kNone);
  harness.pass(milliseconds(6'000));
  CHECK(!harness.group("group").has_member(members.follower));
  CHECK(harness.group("group").is_in(ClassicState::kPreparingRebalance));
  CHECK(beat(members.leader) == ErrorCode::kRebalanceInProgress);
  CHECK(beat(members.follower) == ErrorCode::kUnknownMemberId);
  const Token again = harness.join(join_request(members.leader));
  CHECK(harness.joined(again).members.size() == 1);
}

TEST_CASE("a group whose members all expire becomes empty and says so in the log") {
  Harness harness;
  const TwoMembers members(harness);
  harness.pass(milliseconds(60'000));
  CHECK(harness.group("group").is_in(ClassicState::kEmpty));
  CHECK(harness.group("group").generation() == members.generation + 1);
  harness.check_replay();
}

TEST_CASE("heartbeats are refused for other members and generations") {
  Harness harness;
  const auto error = [&](std::string_view member, std::int32_t generation) {
    return harness
        .take(harness.coordinator.heartbeat(harness.context(4), heartbeat_request(member, generation)))
        .error_code;
  };
  CHECK(error("nobody", 1) == ErrorCode::kUnknownMemberId);
  const TwoMembers members(harness);
  CHECK(error(members.leader, members.generation + 1) == ErrorCode::kIllegalGeneration);
  CHECK(error(members.leader, members.generation) == ErrorCode::kNone);
}

TEST_CASE("a member that leaves starts a rebalance, the last one empties the group") {
  Harness harness;
  const TwoMembers members(harness);
  auto left = harness.take(
      harness.coordinator.leave(harness.context(5), leave_request({members.follower, "nobody"})));
  CHECK(left.error_code == ErrorCode::kNone);
  REQUIRE(left.members.size() == 2);
  CHECK(left.members[0].error_code == ErrorCode::kNone);
  CHECK(left.members[1].error_code == ErrorCode::kUnknownMemberId);
  CHECK(harness.group("group").is_in(ClassicState::kPreparingRebalance));
  left = harness.take(harness.coordinator.leave(harness.context(5), leave_request({members.leader})));
  CHECK(left.members[0].error_code == ErrorCode::kNone);
  CHECK(harness.group("group").is_in(ClassicState::kEmpty));
  CHECK(!harness.group("group").protocol_name());
  harness.check_replay();
}

TEST_CASE("before version 3 a LeaveGroup names one member and is answered with one error") {
  Harness harness;
  const TwoMembers members(harness);
  protocol::LeaveGroupRequest request;
  request.group_id = GroupId("group");
  request.member_id = "nobody";
  const auto refused = harness.take(harness.coordinator.leave(harness.context(2), request));
  CHECK(refused.error_code == ErrorCode::kUnknownMemberId);
  CHECK(refused.members.empty());
  request.member_id = members.follower;
  CHECK(harness.take(harness.coordinator.leave(harness.context(2), request)).error_code == ErrorCode::kNone);
  CHECK(!harness.group("group").has_member(members.follower));
}

TEST_CASE("leaving a group that is not there is an error of each member") {
  Harness harness;
  const auto left = harness.take(harness.coordinator.leave(harness.context(5), leave_request({"a", "b"})));
  CHECK(left.error_code == ErrorCode::kNone);
  REQUIRE(left.members.size() == 2);
  CHECK(left.members[1].error_code == ErrorCode::kUnknownMemberId);
}

TEST_CASE("a pending member that leaves lets the others go on") {
  Harness harness;
  const TwoMembers members(harness);
  const std::string pending = member_id_for(harness);
  const Token leader = harness.join(join_request(members.leader));
  const Token follower = harness.join(join_request(members.follower));
  CHECK(!harness.is_answered(leader));
  harness.take(harness.coordinator.leave(harness.context(5), leave_request({pending})));
  CHECK(harness.joined(leader).error_code == ErrorCode::kNone);
  CHECK(harness.joined(follower).error_code == ErrorCode::kNone);
}

TEST_CASE("a member that leaves while its join is parked is told that it is unknown") {
  Harness harness;
  const std::string member = member_id_for(harness);
  const Token parked = harness.join(join_request(member));
  harness.take(harness.coordinator.leave(harness.context(5), leave_request({member})));
  CHECK(harness.joined(parked).error_code == ErrorCode::kUnknownMemberId);
}

TEST_CASE("on resignation every parked request is sent to the next coordinator") {
  Harness harness;
  const TwoMembers members(harness);
  const Token parked = harness.join(join_request(members.leader));
  harness.carry_out(harness.coordinator.unloaded(harness.moment()));
  CHECK(harness.joined(parked).error_code == ErrorCode::kNotCoordinator);
}

TEST_CASE("members loaded from the log have a full session to come back") {
  Harness harness;
  const TwoMembers members(harness);
  Harness next;
  for (std::size_t i = 0; i < harness.log.size(); ++i) {
    const Record& record = harness.log[i];
    const auto value = record.value ? std::optional<ByteView>(*record.value) : std::nullopt;
    REQUIRE(next.coordinator.replay(static_cast<std::int64_t>(i), -1, record.key, value, 0));
  }
  next.carry_out(next.coordinator.loaded(next.moment()));
  next.pass(milliseconds(9'999));
  const auto beat = next.take(
      next.coordinator.heartbeat(next.context(4), heartbeat_request(members.leader, members.generation)));
  CHECK(beat.error_code == ErrorCode::kNone);
  next.pass(milliseconds(1));
  CHECK(!next.group("group").has_member(members.follower));
}

}  // namespace moldau::coordinator
