#include <doctest/doctest.h>

#include "tests/coordinator/harness.h"

namespace moldau::coordinator {

using std::chrono::milliseconds;

namespace {

/// A stable group of two static members "a" (leader) and "b".
struct TwoStatic {
  explicit TwoStatic(Harness& harness) {
    const Token first = harness.join(join_request({}, "a"));
    const Token second = harness.join(join_request({}, "b"));
    harness.pass(milliseconds(6'000));
    a = harness.joined(first).member_id;
    b = harness.joined(second).member_id;
    harness.sync(sync_request(b, 1));
    harness.sync(sync_request(a, 1, {{a, "one"}, {b, "two"}}));
    REQUIRE(harness.group("group").is_in(ClassicState::kStable));
  }

  std::string a;
  std::string b;
};

}  // namespace

TEST_CASE("a static member's id starts with its instance id, without a detour over MEMBER_ID_REQUIRED") {
  Harness harness;
  const TwoStatic members(harness);
  CHECK(members.a.starts_with("a-"));
  CHECK(members.b.starts_with("b-"));
}

TEST_CASE("a static follower that comes back keeps its assignment without a rebalance") {
  Harness harness;
  const TwoStatic members(harness);
  const Token back = harness.join(join_request({}, "b"));
  const auto& reply = harness.joined(back);
  CHECK(reply.error_code == ErrorCode::kNone);
  CHECK(reply.generation_id == 1);
  CHECK(reply.member_id != members.b);
  CHECK(reply.leader == members.a);
  CHECK(!reply.skip_assignment);
  CHECK(harness.group("group").is_in(ClassicState::kStable));
  const Token sync = harness.sync(sync_request(reply.member_id, 1));
  CHECK(as_text(harness.synced(sync).assignment.bytes) == "two");
  harness.check_replay();
}

TEST_CASE("a static leader that comes back is told to keep its assignment from version 9 on") {
  Harness harness;
  const TwoStatic members(harness);
  const Token newer = harness.join(join_request({}, "a"), 9);
  CHECK(harness.joined(newer).skip_assignment);
  CHECK(harness.joined(newer).leader == harness.joined(newer).member_id);
  CHECK(harness.joined(newer).members.size() == 2);
  const std::string second_id(harness.joined(newer).member_id);
  const Token older = harness.join(join_request({}, "a"), 8);
  CHECK(!harness.joined(older).skip_assignment);
  CHECK(harness.joined(older).leader == second_id);
  CHECK(harness.joined(older).members.empty());
}

TEST_CASE("a static member that comes back with another protocol starts a rebalance") {
  Harness harness;
  const auto with_two = [](std::string_view instance) {
    auto request = join_request({}, instance);
    request.protocols.push_back({"sticky", as_bytes("s"), {}});
    return request;
  };
  harness.join(with_two("a"));
  harness.join(with_two("b"));
  harness.pass(milliseconds(6'000));
  const auto& group = harness.group("group");
  const std::string leader = *group.leader();
  const std::string a = *group.static_member("a");
  const std::string b = *group.static_member("b");
  harness.sync(sync_request(leader, 1, {{a, "one"}, {b, "two"}}));
  REQUIRE(group.is_in(ClassicState::kStable));
  REQUIRE(group.protocol_name() == "range");
  auto changed = join_request({}, "b");
  changed.protocols = {{"sticky", as_bytes("s"), {}}};
  const Token back = harness.join(changed);
  CHECK(!harness.is_answered(back));
  CHECK(group.is_in(ClassicState::kPreparingRebalance));
}

TEST_CASE("the old id of a replaced static member is fenced") {
  Harness harness;
  const TwoStatic members(harness);
  harness.join(join_request({}, "b"));
  auto beat = heartbeat_request(members.b, 1);
  beat.group_instance_id = "b";
  CHECK(harness.take(harness.coordinator.heartbeat(harness.context(4), beat)).error_code ==
        ErrorCode::kFencedInstanceId);
  beat.group_instance_id.reset();
  CHECK(harness.take(harness.coordinator.heartbeat(harness.context(4), beat)).error_code ==
        ErrorCode::kUnknownMemberId);
  const Token join = harness.join(join_request(members.b, "b"));
  CHECK(harness.joined(join).error_code == ErrorCode::kFencedInstanceId);
}

TEST_CASE("a parked join of a replaced static member is fenced at once") {
  Harness harness;
  const Token first = harness.join(join_request({}, "a"));
  const Token second = harness.join(join_request({}, "a"));
  CHECK(harness.joined(first).error_code == ErrorCode::kFencedInstanceId);
  CHECK(!harness.is_answered(second));
}

TEST_CASE("a static member stays through a rebalance it misses, until its session ends") {
  Harness harness;
  const TwoStatic members(harness);
  const Token leader = harness.join(join_request(members.a, "a"));
  for (int i = 0; i < 6; ++i) {
    auto beat = heartbeat_request(members.b, 1);
    beat.group_instance_id = "b";
    harness.take(harness.coordinator.heartbeat(harness.context(4), beat));
    harness.pass(milliseconds(5'000));
  }
  CHECK(harness.joined(leader).generation_id == 2);
  CHECK(harness.joined(leader).members.size() == 2);
}

TEST_CASE("an operator removes a static member by its instance id alone") {
  Harness harness;
  const TwoStatic members(harness);
  protocol::LeaveGroupRequest request;
  request.group_id = GroupId("group");
  auto& identity = request.members.emplace_back();
  identity.group_instance_id = "b";
  const auto left = harness.take(harness.coordinator.leave(harness.context(5), request));
  CHECK(left.members[0].error_code == ErrorCode::kNone);
  CHECK(!harness.group("group").has_member(members.b));
}

TEST_CASE("a static member's new id is taken back when it cannot be written") {
  Harness harness;
  const TwoStatic members(harness);
  harness.append_error = ErrorCode::kNotEnoughReplicas;
  const Token back = harness.join(join_request({}, "b"));
  CHECK(harness.joined(back).error_code == ErrorCode::kCoordinatorNotAvailable);
  CHECK(*harness.group("group").static_member("b") == members.b);
  harness.append_error = ErrorCode::kNone;
  harness.check_replay();
}

}  // namespace moldau::coordinator
