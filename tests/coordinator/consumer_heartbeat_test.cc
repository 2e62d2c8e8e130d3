#include "coordinator/group/consumer_heartbeat.h"

#include <array>
#include <string>
#include <vector>

#include "consumer_harness.h"

namespace moldau::coordinator {
namespace {

const std::vector<std::string> kAssignors = {"uniform", "range"};

ErrorCode checked(const protocol::ConsumerGroupHeartbeatRequest& request, std::int16_t version = 1) {
  const auto result = check_heartbeat(request, version, kAssignors);
  return result ? ErrorCode::kNone : result.error().code;
}

}  // namespace

TEST_CASE("a heartbeat has to say who asks, and a first one all there is to say") {
  CHECK(checked(joining("a")) == ErrorCode::kNone);
  CHECK(checked(joining("")) == ErrorCode::kInvalidRequest);
  CHECK(checked(joining(""), 0) == ErrorCode::kNone);
  CHECK(checked(heartbeat_of("", 1), 0) == ErrorCode::kInvalidRequest);
  CHECK(checked(heartbeat_of("a", -2)) == ErrorCode::kInvalidRequest);
  CHECK(checked(heartbeat_of("a", -3)) == ErrorCode::kInvalidRequest);
  CHECK(checked(heartbeat_of("a", 0)) == ErrorCode::kInvalidRequest);
  auto request = joining("a");
  request.subscribed_topic_names.reset();
  CHECK(checked(request) == ErrorCode::kInvalidRequest);
  request.subscribed_topic_regex = "";
  CHECK(checked(request) == ErrorCode::kNone);
  request.server_assignor = "sticky";
  CHECK(checked(request) == ErrorCode::kUnsupportedAssignor);
  request.server_assignor = "range";
  CHECK(checked(request) == ErrorCode::kNone);
  request.instance_id = " ";
  CHECK(checked(request) == ErrorCode::kInvalidRequest);
}

TEST_CASE("the first member gets all partitions at once") {
  ConsumerHarness harness;
  const auto joined = harness.heartbeat(joining("a"));
  CHECK(joined.error_code == ErrorCode::kNone);
  CHECK(joined.member_id == "a");
  CHECK(joined.member_epoch == 2);
  CHECK(joined.heartbeat_interval_ms == 5'000);
  CHECK(assigned(joined) == Partitions{0, 1, 2, 3});
  CHECK(harness.consumers().state() == ConsumerState::kStable);

  const std::size_t written = harness.log.size();
  const auto again = harness.heartbeat(heartbeat_of("a", 2));
  CHECK(again.member_epoch == 2);
  CHECK(!again.assignment);
  CHECK(harness.log.size() == written);
  harness.check_replay();
}

TEST_CASE("a member without an id is given one where its version has none") {
  ConsumerHarness harness;
  const auto joined = harness.heartbeat(joining(""), 0);
  CHECK(joined.error_code == ErrorCode::kNone);
  REQUIRE(joined.member_id);
  CHECK(joined.member_id->size() == 22);
  CHECK(harness.consumers().find(*joined.member_id) != nullptr);
}

TEST_CASE("only a member that joins makes a group") {
  ConsumerHarness harness;
  CHECK(harness.heartbeat(heartbeat_of("a", 1)).error_code == ErrorCode::kGroupIdNotFound);
  CHECK(harness.heartbeat(heartbeat_of("a", -1)).error_code == ErrorCode::kGroupIdNotFound);
  harness.heartbeat(joining("a"));
  CHECK(harness.heartbeat(heartbeat_of("b", 1)).error_code == ErrorCode::kUnknownMemberId);
}

TEST_CASE(
    "another epoch than the member's is fenced, but for the one before with nothing that is not its own") {
  ConsumerHarness harness;
  harness.heartbeat(joining("a"));
  auto more = heartbeat_of("a", 2);
  more.subscribed_topic_names = {{TopicName("topic"), TopicName("other")}};
  CHECK(harness.heartbeat(more).member_epoch == 3);
  CHECK(harness.heartbeat(heartbeat_of("a", 4)).error_code == ErrorCode::kFencedMemberEpoch);
  CHECK(harness.heartbeat(heartbeat_of("a", 1)).error_code == ErrorCode::kFencedMemberEpoch);
  CHECK(harness.heartbeat(heartbeat_of("a", 2)).error_code == ErrorCode::kFencedMemberEpoch);
  CHECK(harness.heartbeat(owning("a", 2, {4})).error_code == ErrorCode::kFencedMemberEpoch);
  CHECK(harness.heartbeat(owning("a", 2, {0, 3})).error_code == ErrorCode::kNone);
  const auto fresh = harness.heartbeat(joining("a"));
  CHECK(fresh.error_code == ErrorCode::kNone);
  CHECK(fresh.member_epoch == 4);
  harness.check_replay();
}

TEST_CASE("partitions move step by step: given back first, then given out") {
  ConsumerHarness harness;
  harness.heartbeat(joining("a"));
  const auto waiting = harness.heartbeat(joining("b"));
  CHECK(waiting.member_epoch == 3);
  CHECK(assigned(waiting) == Partitions{});
  CHECK(harness.consumers().state() == ConsumerState::kReconciling);

  const auto told = harness.heartbeat(heartbeat_of("a", 2));
  CHECK(told.member_epoch == 2);
  const auto kept = assigned(told);
  REQUIRE(kept);
  CHECK(kept->size() == 2);
  CHECK(harness.consumers().find("a")->current.state == MemberState::kUnrevokedPartitions);
  // What it has not given back is nobody else's.
  CHECK(!harness.heartbeat(heartbeat_of("b", 3)).assignment);
  CHECK(harness.heartbeat(heartbeat_of("a", 2)).member_epoch == 2);

  CHECK(harness.heartbeat(owning("a", 2, *kept)).member_epoch == 3);
  const auto given = harness.heartbeat(owning("b", 3, {}));
  REQUIRE(assigned(given));
  Partitions all = *kept;
  const Partitions others = *assigned(given);
  all.insert(all.end(), others.begin(), others.end());
  std::ranges::sort(all);
  CHECK(all == Partitions{0, 1, 2, 3});
  CHECK(harness.consumers().state() == ConsumerState::kStable);
  harness.check_replay();
}

TEST_CASE("a member that leaves, or is not heard of, sets its partitions free") {
  ConsumerHarness harness;
  harness.heartbeat(joining("a"));
  harness.heartbeat(joining("b"));
  SUBCASE("it leaves") {
    const auto left = harness.heartbeat(heartbeat_of("a", -1));
    CHECK(left.error_code == ErrorCode::kNone);
    CHECK(left.member_epoch == -1);
  }
  SUBCASE("its session ends") {
    harness.pass(std::chrono::milliseconds(40'000));
    harness.heartbeat(heartbeat_of("b", 3));
    harness.pass(std::chrono::milliseconds(6'000));
  }
  SUBCASE("it does not give partitions back in time") {
    for (int i = 0; i < 4; ++i) {
      harness.heartbeat(heartbeat_of("a", 2));
      harness.heartbeat(heartbeat_of("b", 3));
      harness.pass(std::chrono::milliseconds(9'000));
    }
  }
  CHECK(harness.consumers().find("a") == nullptr);
  const auto alone = harness.heartbeat(heartbeat_of("b", 3));
  CHECK(alone.member_epoch == 4);
  CHECK(assigned(alone) == Partitions{0, 1, 2, 3});
  CHECK(harness.heartbeat(heartbeat_of("a", 2)).error_code == ErrorCode::kUnknownMemberId);
  harness.check_replay();
}

TEST_CASE("a group without members stays, empty, until it is deleted") {
  ConsumerHarness harness;
  harness.heartbeat(joining("a"));
  const std::array<std::string_view, 1> groups = {"group"};
  const auto refused = harness.take(harness.coordinator.delete_groups(harness.context(2), groups));
  CHECK(refused.results.front().error_code == ErrorCode::kNonEmptyGroup);
  harness.heartbeat(heartbeat_of("a", -1));
  CHECK(harness.consumers().state() == ConsumerState::kEmpty);
  harness.check_replay();
  const auto deleted = harness.take(harness.coordinator.delete_groups(harness.context(2), groups));
  CHECK(deleted.results.front().error_code == ErrorCode::kNone);
  CHECK(harness.coordinator.store().consumer("group") == nullptr);
  harness.check_replay();
}

TEST_CASE("a full group takes nobody else in") {
  auto config = ConsumerHarness::at_once();
  config.consumer_max_size = 1;
  ConsumerHarness harness(config);
  harness.heartbeat(joining("a"));
  CHECK(harness.heartbeat(joining("b")).error_code == ErrorCode::kGroupMaxSizeReached);
  CHECK(harness.heartbeat(joining("a")).error_code == ErrorCode::kNone);
}

TEST_CASE("a target is not computed anew before its interval has passed") {
  GroupCoordinatorConfig config;
  ConsumerHarness harness(config);
  harness.heartbeat(joining("a"));
  const auto early = harness.heartbeat(joining("b"));
  CHECK(early.member_epoch == 2);
  CHECK(harness.consumers().state() == ConsumerState::kAssigning);
  harness.pass(std::chrono::milliseconds(999));
  CHECK(harness.heartbeat(heartbeat_of("b", 2)).member_epoch == 2);
  harness.pass(std::chrono::milliseconds(1));
  CHECK(harness.heartbeat(heartbeat_of("b", 2)).member_epoch == 3);
  harness.check_replay();
}

TEST_CASE("what cannot be written has not happened") {
  ConsumerHarness harness;
  harness.heartbeat(joining("a"));
  const ConsumerGroup before = harness.consumers();
  harness.append_error = ErrorCode::kNotEnoughReplicas;
  harness.heartbeat(joining("b"));
  CHECK(harness.consumers() == before);
  harness.append_error = ErrorCode::kNone;
  CHECK(harness.heartbeat(joining("b")).member_epoch == 3);
  harness.check_replay();
}

TEST_CASE("a group hears of new partitions and of topics that are gone") {
  ConsumerHarness harness;
  harness.heartbeat(joining("a"));
  harness.set_topics({{"topic", {.id = kTopic, .partitions = 6}}}, {"topic"}, false);
  const auto more = harness.heartbeat(heartbeat_of("a", 2));
  CHECK(more.member_epoch == 3);
  CHECK(assigned(more) == Partitions{0, 1, 2, 3, 4, 5});
  harness.set_topics({}, {"topic"}, false);
  const auto none = harness.heartbeat(heartbeat_of("a", 3));
  CHECK(assigned(none) == Partitions{});
  CHECK(harness.heartbeat(owning("a", 3, {})).member_epoch == 4);
  harness.check_replay();
}

TEST_CASE("committed state is described and listed, not what is still on its way") {
  ConsumerHarness harness;
  harness.hold_commits = true;
  harness.heartbeat(joining("a"));
  CHECK(harness.coordinator.describe_consumer_group("group").message.error_code ==
        ErrorCode::kGroupIdNotFound);
  CHECK(harness.coordinator.list_groups({}, {}).message.groups.empty());
  harness.commit();
  const auto described = harness.coordinator.describe_consumer_group("group");
  CHECK(described.message.group_state == "Stable");
  CHECK(described.message.group_epoch == 2);
  CHECK(described.message.assignor_name == "uniform");
  REQUIRE(described.message.members.size() == 1);
  const auto& member = described.message.members.front();
  CHECK(member.member_type == 1);
  REQUIRE(member.assignment.topic_partitions.size() == 1);
  CHECK(member.assignment.topic_partitions.front().topic_name.value() == "topic");
  const std::array<std::string_view, 1> consumer = {"Consumer"};
  const auto listed = harness.coordinator.list_groups({}, consumer);
  REQUIRE(listed.message.groups.size() == 1);
  CHECK(listed.message.groups.front().group_type == "consumer");
  CHECK(listed.message.groups.front().protocol_type == "consumer");
  const std::array<std::string_view, 1> classic = {"classic"};
  CHECK(harness.coordinator.list_groups({}, classic).message.groups.empty());
}

TEST_CASE("members are described in the order of Apache Kafka's table of them") {
  ConsumerHarness harness;
  for (const std::string_view id : {"member-1", "member-2", "member-3", "member-4", "member-5"})
    harness.heartbeat(joining(id));
  const auto described = harness.coordinator.describe_consumer_group("group");
  std::vector<std::string_view> order;
  for (const auto& member : described.message.members)
    order.push_back(member.member_id);
  CHECK(order == std::vector<std::string_view>{"member-3", "member-5", "member-2", "member-4", "member-1"});
}

TEST_CASE("a loaded group's members have the time of a session to be heard of again") {
  ConsumerHarness harness;
  harness.heartbeat(joining("a"));
  ConsumerHarness other;
  for (std::size_t i = 0; i < harness.log.size(); ++i) {
    REQUIRE(other.coordinator.replay(static_cast<std::int64_t>(i), -1, harness.log[i].key,
                                     ByteView(*harness.log[i].value), 0));
  }
  other.carry_out(other.coordinator.loaded(other.moment()));
  other.pass(std::chrono::milliseconds(44'000));
  CHECK(other.consumers().find("a") != nullptr);
  other.pass(std::chrono::milliseconds(2'000));
  CHECK(other.consumers().find("a") == nullptr);
}

}  // namespace moldau::coordinator
