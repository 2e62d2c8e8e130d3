#include <doctest/doctest.h>

#include "tests/coordinator/harness.h"

namespace moldau::coordinator {

using std::chrono::milliseconds;

TEST_CASE("a new member is sent back to come again with the id it is given") {
  Harness harness;
  const Token token = harness.join(join_request());
  const auto& reply = harness.joined(token);
  CHECK(reply.error_code == ErrorCode::kMemberIdRequired);
  CHECK(reply.member_id == "client-00000000-0000-0000-0000-000000000001");
  CHECK(reply.generation_id == -1);
  CHECK(harness.group("group").is_pending(reply.member_id));
  CHECK(harness.log.size() == 1);  // the empty group
  harness.check_replay();
}

TEST_CASE("before version 4 a new member joins at once") {
  Harness harness;
  const Token token = harness.join(join_request(), 3);
  CHECK(!harness.is_answered(token));
  CHECK(harness.group("group").members().size() == 1);
}

TEST_CASE("a member that does not come back with its id is forgotten after the session timeout") {
  Harness harness;
  const std::string id = member_id_for(harness);
  harness.pass(milliseconds(9'999));
  CHECK(harness.group("group").is_pending(id));
  harness.pass(milliseconds(1));
  CHECK(!harness.group("group").is_pending(id));
}

TEST_CASE("two members join, the leader assigns, and the parked follower gets its share") {
  Harness harness;
  const std::string first = member_id_for(harness);
  const std::string second = member_id_for(harness);
  const Token a = harness.join(join_request(first, {}, "m1"));
  const Token b = harness.join(join_request(second, {}, "m2"));
  CHECK(!harness.is_answered(a));
  harness.pass(milliseconds(6'000));
  const auto& leader = harness.joined(a);
  const auto& follower = harness.joined(b);
  CHECK(leader.generation_id == 1);
  CHECK(leader.leader == first);
  CHECK(leader.protocol_name == "range");
  CHECK(leader.protocol_type == "test");
  REQUIRE(leader.members.size() == 2);
  CHECK(as_text(leader.members[0].metadata.bytes) == "m1");
  CHECK(follower.leader == first);
  CHECK(follower.members.empty());

  const Token parked = harness.sync(sync_request(second, 1));
  CHECK(!harness.is_answered(parked));
  harness.hold_commits = true;
  const Token own = harness.sync(sync_request(first, 1, {{first, "one"}, {second, "two"}}));
  CHECK(!harness.is_answered(own));  // the assignment is not committed yet
  CHECK(harness.group("group").is_in(ClassicState::kCompletingRebalance));
  harness.commit();
  CHECK(as_text(harness.synced(own).assignment.bytes) == "one");
  CHECK(as_text(harness.synced(parked).assignment.bytes) == "two");
  CHECK(harness.group("group").is_in(ClassicState::kStable));
  harness.check_replay();
}

TEST_CASE("the initial delay is extended while members arrive, up to the rebalance timeout") {
  Harness harness;
  const std::string first = member_id_for(harness);
  const Token a = harness.join(join_request(first));
  harness.pass(milliseconds(2'000));
  const std::string second = member_id_for(harness);
  const Token b = harness.join(join_request(second));
  harness.pass(milliseconds(3'999));
  CHECK(!harness.is_answered(a));
  harness.pass(milliseconds(1));
  CHECK(harness.is_answered(a));
  CHECK(harness.is_answered(b));
}

TEST_CASE("without an initial delay the first member is answered when the timer fires at once") {
  GroupCoordinatorConfig config;
  config.initial_rebalance_delay_ms = 0;
  Harness harness(config);
  const Token token = harness.join(join_request(member_id_for(harness)));
  harness.pass(milliseconds(0));
  CHECK(harness.joined(token).generation_id == 1);
}

TEST_CASE("a member of a stable group that asks again gets the same generation without a rebalance") {
  Harness harness;
  const TwoMembers members(harness);
  const Token again = harness.join(join_request(members.follower));
  CHECK(harness.joined(again).generation_id == members.generation);
  CHECK(harness.joined(again).members.empty());
  const Token sync = harness.sync(sync_request(members.follower, members.generation));
  CHECK(as_text(harness.synced(sync).assignment.bytes) == "two");
  CHECK(harness.group("group").is_in(ClassicState::kStable));
}

TEST_CASE("a leader that joins again starts a rebalance") {
  Harness harness;
  const TwoMembers members(harness);
  const Token leader = harness.join(join_request(members.leader));
  CHECK(!harness.is_answered(leader));
  const auto beat = harness.take(harness.coordinator.heartbeat(
      harness.context(4), heartbeat_request(members.follower, members.generation)));
  CHECK(beat.error_code == ErrorCode::kRebalanceInProgress);
  const Token follower = harness.join(join_request(members.follower));
  CHECK(harness.joined(leader).generation_id == members.generation + 1);
  CHECK(harness.joined(follower).generation_id == members.generation + 1);
}

TEST_CASE("a rebalance frees members that wait for their assignment") {
  Harness harness;
  const TwoMembers members(harness);
  const Token leader = harness.join(join_request(members.leader));
  const Token follower = harness.join(join_request(members.follower));
  REQUIRE(harness.is_answered(leader));
  REQUIRE(harness.is_answered(follower));
  const Token parked = harness.sync(sync_request(members.follower, members.generation + 1));
  harness.join(join_request(members.leader, {}, "changed"));
  CHECK(harness.synced(parked).error_code == ErrorCode::kRebalanceInProgress);
}

TEST_CASE("joins are refused in the order of Apache Kafka's checks") {
  Harness harness;
  const auto error = [&](const protocol::JoinGroupRequest& request) {
    return harness.joined(harness.join(request)).error_code;
  };
  auto request = join_request();
  request.group_id = GroupId("");
  request.session_timeout_ms = 1;
  CHECK(error(request) == ErrorCode::kInvalidGroupId);
  request.group_id = GroupId("group");
  CHECK(error(request) == ErrorCode::kInvalidSessionTimeout);
  CHECK(error(join_request("nobody")) == ErrorCode::kUnknownMemberId);
  request = join_request();
  request.protocols.clear();
  CHECK(error(request) == ErrorCode::kInconsistentGroupProtocol);
  const TwoMembers members(harness);
  request = join_request();
  request.protocol_type = "other";
  CHECK(error(request) == ErrorCode::kInconsistentGroupProtocol);
  CHECK(error(join_request("nobody")) == ErrorCode::kUnknownMemberId);
}

TEST_CASE("a group takes no more members than the limit") {
  GroupCoordinatorConfig config;
  config.max_size = 2;
  Harness harness(config);
  const TwoMembers members(harness);
  const Token third = harness.join(join_request());
  CHECK(harness.joined(third).error_code == ErrorCode::kGroupMaxSizeReached);
  CHECK(harness.joined(third).member_id.empty());
}

TEST_CASE("the protocol most members want wins the vote") {
  Harness harness;
  const auto with = [](std::string_view member, std::string_view wanted, std::string_view other) {
    auto request = join_request(member);
    request.protocols = {{wanted, as_bytes("w"), {}}, {other, as_bytes("o"), {}}};
    return request;
  };
  std::vector<Token> tokens;
  for (int i = 0; i < 3; ++i) {
    const std::string id = member_id_for(harness);
    tokens.push_back(harness.join(i == 0 ? with(id, "range", "sticky") : with(id, "sticky", "range")));
  }
  harness.pass(milliseconds(30'000));
  CHECK(harness.joined(tokens[0]).protocol_name == "sticky");
}

TEST_CASE("syncs are refused for other members, generations and protocols") {
  Harness harness;
  const auto error = [&](const protocol::SyncGroupRequest& request) {
    return harness.synced(harness.sync(request)).error_code;
  };
  CHECK(error(sync_request("nobody", 1)) == ErrorCode::kUnknownMemberId);
  const TwoMembers members(harness);
  CHECK(error(sync_request("nobody", members.generation)) == ErrorCode::kUnknownMemberId);
  CHECK(error(sync_request(members.leader, members.generation + 1)) == ErrorCode::kIllegalGeneration);
  auto request = sync_request(members.leader, members.generation);
  request.protocol_name = "other";
  CHECK(error(request) == ErrorCode::kInconsistentGroupProtocol);
  harness.join(join_request(members.leader));
  CHECK(error(sync_request(members.follower, members.generation)) == ErrorCode::kRebalanceInProgress);
}

TEST_CASE("members that do not sync in time are removed and the rest rebalances") {
  Harness harness;
  const TwoMembers members(harness);
  harness.join(join_request(members.leader));
  const Token follower = harness.join(join_request(members.follower));
  REQUIRE(harness.is_answered(follower));
  const std::int32_t generation = members.generation + 1;
  const Token parked = harness.sync(sync_request(members.follower, generation));
  for (int i = 0; i < 6; ++i) {  // the leader lives but does not sync
    harness.take(
        harness.coordinator.heartbeat(harness.context(4), heartbeat_request(members.leader, generation)));
    harness.pass(milliseconds(5'000));
  }
  CHECK(harness.synced(parked).error_code == ErrorCode::kRebalanceInProgress);
  CHECK(!harness.group("group").has_member(members.leader));
}

}  // namespace moldau::coordinator
