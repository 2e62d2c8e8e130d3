#include <array>

#include <doctest/doctest.h>

#include "coordinator/partition_for.h"
#include "tests/coordinator/harness.h"

namespace moldau::coordinator {

using std::chrono::milliseconds;

namespace {

constexpr std::array<std::string_view, 1> kGroup = {"group"};

protocol::OffsetCommitRequest simple_commit() {
  protocol::OffsetCommitRequest request;
  request.group_id = GroupId("group");
  auto& topic = request.topics.emplace_back();
  topic.name = TopicName("topic");
  topic.partitions.emplace_back().committed_offset = 1;
  return request;
}

}  // namespace

TEST_CASE("a group is kept on the partition of its id's Java hash") {
  CHECK(partition_for("", 50) == 0);
  CHECK(partition_for("hello", 50) == 22);
  CHECK(partition_for("polygenelubricants", 50) == 0);
  CHECK(partition_for("my-group", 50) == 12);
}

TEST_CASE("a stable group is described with its members' data, another without") {
  Harness harness;
  const TwoMembers members(harness);
  auto reply = harness.coordinator.describe_groups(harness.context(6), kGroup);
  const auto& stable = reply.message.groups.at(0);
  CHECK(stable.error_code == ErrorCode::kNone);
  CHECK(stable.group_state == "Stable");
  CHECK(stable.protocol_type == "test");
  CHECK(stable.protocol_data == "range");
  REQUIRE(stable.members.size() == 2);
  CHECK(stable.members[0].client_host == "/127.0.0.1");
  CHECK(as_text(stable.members[0].member_metadata.bytes) == "subscription");
  CHECK(as_text(stable.members[0].member_assignment.bytes) == "one");
  harness.join(join_request(members.leader));
  reply = harness.coordinator.describe_groups(harness.context(6), kGroup);
  CHECK(reply.message.groups.at(0).group_state == "PreparingRebalance");
  CHECK(reply.message.groups.at(0).protocol_data.empty());
  CHECK(reply.message.groups.at(0).members.at(0).member_metadata.size() == 0);
}

TEST_CASE("a group that is not there is dead, and an error from version 6 on") {
  Harness harness;
  const auto newer = harness.coordinator.describe_groups(harness.context(6), kGroup);
  CHECK(newer.message.groups.at(0).error_code == ErrorCode::kGroupIdNotFound);
  CHECK(newer.message.groups.at(0).error_message == "Group group not found.");
  CHECK(newer.message.groups.at(0).group_state == "Dead");
  const auto older = harness.coordinator.describe_groups(harness.context(5), kGroup);
  CHECK(older.message.groups.at(0).error_code == ErrorCode::kNone);
  CHECK(older.message.groups.at(0).group_state == "Dead");
}

TEST_CASE("groups are listed by state and type, whatever the case") {
  Harness harness;
  const TwoMembers members(harness);
  const auto count = [&](std::vector<std::string_view> states, std::vector<std::string_view> types) {
    return harness.coordinator.list_groups(states, types).message.groups.size();
  };
  CHECK(count({}, {}) == 1);
  CHECK(count({"stable"}, {}) == 1);
  CHECK(count({"Empty"}, {}) == 0);
  CHECK(count({}, {"CLASSIC"}) == 1);
  CHECK(count({}, {"consumer"}) == 0);
  const auto listed = harness.coordinator.list_groups({}, {});
  CHECK(listed.message.groups[0].group_type == "classic");
  CHECK(listed.message.groups[0].protocol_type == "test");
}

TEST_CASE("groups are listed in the order of Apache Kafka's table of them") {
  Harness harness;
  for (const std::string_view group : {"a", "b", "c", "d"}) {
    auto request = simple_commit();
    request.group_id = GroupId(group);
    harness.take(harness.coordinator.commit_offsets(harness.context(9), request));
  }
  const auto listed = harness.coordinator.list_groups({}, {});
  std::vector<std::string_view> order;
  for (const auto& group : listed.message.groups)
    order.push_back(group.group_id.value());
  CHECK(order == std::vector<std::string_view>{"c", "b", "d", "a"});
}

TEST_CASE("an empty group is deleted with its offsets, one with members is not") {
  Harness harness;
  const TwoMembers members(harness);
  const auto remove = [&] {
    const auto reply = harness.take(harness.coordinator.delete_groups(harness.context(2), kGroup));
    return reply.results.at(0).error_code;
  };
  CHECK(remove() == ErrorCode::kNonEmptyGroup);
  harness.pass(milliseconds(60'000));
  harness.take(harness.coordinator.commit_offsets(harness.context(9), simple_commit()));
  CHECK(remove() == ErrorCode::kNone);
  CHECK(harness.coordinator.store().classic("group") == nullptr);
  CHECK(remove() == ErrorCode::kGroupIdNotFound);
  harness.check_replay();
}

TEST_CASE("offsets of a simple group expire by their commit, and the group goes with the last") {
  Harness harness;
  harness.take(harness.coordinator.commit_offsets(harness.context(9), simple_commit()));
  harness.pass(milliseconds(604'700'000));
  CHECK(harness.coordinator.store().classic("group") != nullptr);
  harness.pass(milliseconds(1'000'000));
  CHECK(harness.coordinator.store().classic("group") == nullptr);
  CHECK(harness.log.size() == 3);
  harness.check_replay();
}

TEST_CASE("offsets of a group with members do not expire, and count from when it became empty") {
  Harness harness;
  const TwoMembers members(harness);
  auto request = simple_commit();
  request.member_id = members.leader;
  request.generation_id_or_member_epoch = members.generation;
  harness.take(harness.coordinator.commit_offsets(harness.context(9), request));
  for (int i = 0; i < 100; ++i) {
    for (const std::string& member : {members.leader, members.follower}) {
      harness.take(
          harness.coordinator.heartbeat(harness.context(4), heartbeat_request(member, members.generation)));
    }
    harness.pass(milliseconds(9'000));
  }
  const std::size_t before = harness.log.size();
  harness.pass(milliseconds(600'000'000));
  CHECK(harness.group("group").is_in(ClassicState::kEmpty));
  CHECK(harness.log.size() == before + 1);  // the empty generation
  harness.pass(milliseconds(6'000'000));
  CHECK(harness.coordinator.store().classic("group") == nullptr);
  harness.check_replay();
}

TEST_CASE("records of unknown types are skipped, unreadable ones of known types are not") {
  GroupCoordinator coordinator({});
  const Bytes unknown = {0, 99, 1, 2, 3};
  CHECK(coordinator.replay(0, -1, unknown, unknown, 0));
  const Bytes member_of_consumer_group = {0, 5, 0, 1, 'g', 0, 1, 'm'};
  CHECK(coordinator.replay(1, -1, member_of_consumer_group, std::nullopt, 0));
  const Bytes cut = {0, 1, 0, 9, 'g'};
  CHECK(!coordinator.replay(2, -1, cut, std::nullopt, 0));
  const Bytes key = {0, 2, 0, 1, 'g'};
  const Bytes future = {0, 99};
  const auto result = coordinator.replay(3, -1, key, future, 0);
  REQUIRE(!result);
  CHECK(result.error().code == ErrorCode::kCorruptMessage);
}

TEST_CASE("a group whose first record cannot be written is gone, and its member hears of it") {
  Harness harness;
  harness.append_error = ErrorCode::kNotEnoughReplicas;
  const Token token = harness.join(join_request(), 3);
  CHECK(harness.joined(token).error_code == ErrorCode::kCoordinatorNotAvailable);
  CHECK(harness.coordinator.store().classic("group") == nullptr);
}

TEST_CASE("an assignment that cannot be written is an error of all members, who rebalance") {
  Harness harness;
  const TwoMembers members(harness);
  harness.join(join_request(members.leader));
  harness.join(join_request(members.follower));
  const std::int32_t generation = members.generation + 1;
  const Token follower = harness.sync(sync_request(members.follower, generation));
  harness.append_error = ErrorCode::kNotLeaderOrFollower;
  const Token leader = harness.sync(sync_request(members.leader, generation, {{members.leader, "x"}}));
  CHECK(harness.synced(leader).error_code == ErrorCode::kNotCoordinator);
  CHECK(harness.synced(follower).error_code == ErrorCode::kNotCoordinator);
  CHECK(harness.group("group").is_in(ClassicState::kPreparingRebalance));
}

}  // namespace moldau::coordinator
