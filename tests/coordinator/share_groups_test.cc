// Share groups in the group coordinator: what requests, timers and the share coordinators' answers make of
// them.

#include "coordinator/group/share_groups.h"

#include <array>
#include <chrono>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include <doctest/doctest.h>

#include "consumer_harness.h"

namespace moldau::coordinator {
namespace {

using namespace std::chrono_literals;
using Response = protocol::ShareGroupHeartbeatResponse;

const PartitionSets kAll = {{kTopic, {0, 1, 2, 3}}};

/// A coordinator whose share groups have their targets at once.
class ShareHarness : public ConsumerHarness {
 public:
  static GroupCoordinatorConfig shares_at_once() {
    GroupCoordinatorConfig config = at_once();
    config.share_settings_of = [](std::string_view) {
      return ShareGroupSettings{.assignment_interval_ms = 0};
    };
    return config;
  }

  explicit ShareHarness(GroupCoordinatorConfig given = shares_at_once())
      : ConsumerHarness(std::move(given)) {}

  ShareHeartbeat heartbeat(std::string_view member, std::int32_t epoch,
                           std::optional<std::vector<TopicName>> topics = {}) {
    protocol::ShareGroupHeartbeatRequest request;
    request.group_id = GroupId("group");
    request.member_id = member;
    request.member_epoch = epoch;
    request.subscribed_topic_names = std::move(topics);
    return take_outcome(coordinator.share_groups().heartbeat(context(1), request));
  }
  ShareHeartbeat join(std::string_view member) { return heartbeat(member, 0, {{TopicName("topic")}}); }

  /// A member that has all of "topic".
  std::int32_t settled(std::string_view member) {
    join(member);
    take(coordinator.share_groups().states_initialized(moment(), "group", kAll));
    return heartbeat(member, 2).response.member_epoch;
  }

  ShareOffsetsAlteration alter(std::string_view topic, std::int32_t partition, std::int64_t start_offset) {
    protocol::AlterShareGroupOffsetsRequest request;
    request.group_id = GroupId("group");
    auto& altered = request.topics.emplace_back();
    altered.topic_name = TopicName(topic);
    altered.partitions.push_back(
        {.partition_index = partition, .start_offset = start_offset, .unknown_tags = {}});
    return take_outcome(coordinator.share_groups().alter_offsets(context(0), request));
  }

  ShareStateDeletion delete_offsets(std::string_view topic) {
    protocol::DeleteShareGroupOffsetsRequest request;
    request.group_id = GroupId("group");
    request.topics.push_back({.topic_name = TopicName(topic), .unknown_tags = {}});
    return take_outcome(coordinator.share_groups().begin_offsets_deletion(moment(), request));
  }

  ErrorCode delete_group() {
    const std::array<std::string_view, 1> names = {"group"};
    return take(coordinator.delete_groups(context(2), names)).results.at(0).error_code;
  }

  const ShareGroup& shares() const {
    const ShareGroup* group = coordinator.store().share("group");
    REQUIRE(group != nullptr);
    return *group;
  }

 private:
  /// Outcomes hold views into texts that are kept here.
  template <class Outcome>
  Outcome take_outcome(Answer<Outcome> answer) {
    carry_out(std::move(answer.effects));
    texts_.push_back(std::move(answer.reply.texts));
    return std::move(answer.reply.message);
  }

  std::vector<std::list<std::string>> texts_;
};

std::vector<std::int32_t> partitions_of(const Response& response) {
  REQUIRE(response.assignment.has_value());
  if (response.assignment->topic_partitions.empty()) return {};
  REQUIRE(response.assignment->topic_partitions.size() == 1);
  return response.assignment->topic_partitions[0].partitions;
}

TEST_CASE("A member gets partitions once the share coordinators have their state") {
  ShareHarness harness;
  const ShareHeartbeat joined = harness.join("a");
  CHECK(joined.response.member_epoch == 2);
  CHECK(partitions_of(joined.response).empty());
  REQUIRE(joined.initialize.has_value());
  CHECK(joined.initialize->state_epoch == 2);
  CHECK(joined.initialize->start_offsets ==
        ShareStartOffsets{{kTopic, {{0, -1}, {1, -1}, {2, -1}, {3, -1}}}});
  const ShareHeartbeat waiting = harness.heartbeat("a", 2);
  CHECK(waiting.response.member_epoch == 2);
  CHECK(!waiting.response.assignment.has_value());
  CHECK(!waiting.initialize.has_value());
  harness.take(harness.coordinator.share_groups().states_initialized(harness.moment(), "group", kAll));
  CHECK(initialized_share_partitions(harness.coordinator.store(), "group") == kAll);
  const ShareHeartbeat served = harness.heartbeat("a", 2);
  CHECK(served.response.member_epoch == 3);
  CHECK(partitions_of(served.response) == std::vector<std::int32_t>{0, 1, 2, 3});
  CHECK(harness.config.counters->share_rebalances == 2);
  harness.check_replay();
}

TEST_CASE("State that was refused is asked for at the next heartbeat, and without a word after a while") {
  ShareHarness harness;
  harness.join("a");
  harness.take(harness.coordinator.share_groups().states_refused(harness.moment(), "group", kAll));
  CHECK(harness.heartbeat("a", 2).initialize.has_value());
  CHECK(!harness.heartbeat("a", 2).initialize.has_value());
  for (int i = 0; i < 3; ++i) {
    harness.pass(11s);
    const bool is_due = i == 2;
    CHECK(harness.heartbeat("a", 2).initialize.has_value() == is_due);
  }
  harness.check_replay();
}

TEST_CASE("A member that is silent for its session is removed") {
  ShareHarness harness;
  CHECK(harness.settled("a") == 3);
  harness.pass(44s);
  CHECK(harness.heartbeat("a", 3).response.error_code == ErrorCode::kNone);
  harness.pass(44s);
  CHECK(harness.shares().find("a") != nullptr);
  harness.pass(2s);
  CHECK(harness.shares().is_empty());
  CHECK(harness.shares().epoch() == 4);
  CHECK(harness.heartbeat("a", 3).response.error_code == ErrorCode::kUnknownMemberId);
  harness.check_replay();
}

TEST_CASE("A loaded group gives its members a session") {
  ShareHarness harness;
  harness.settled("a");
  GroupCoordinator loaded(harness.config);
  std::int64_t offset = 0;
  for (const Record& record : harness.log) {
    std::optional<ByteView> value;
    if (record.value) value = *record.value;
    REQUIRE(loaded.replay(offset++, -1, record.key, value, harness.moment().wall_ms));
  }
  const Effects effects = loaded.loaded(harness.moment());
  const TimerKey session{.kind = TimerKind::kMemberSession, .group = "group", .member = "a"};
  CHECK(std::ranges::count(effects.timers, session, &TimerEffect::key) == 1);
  loaded.timer_passed(harness.moment(), session);
  CHECK(loaded.store().share("group")->is_empty());
}

TEST_CASE("A group is described as it is committed, and forgets what could not be appended") {
  ShareHarness harness;
  harness.hold_commits = true;
  harness.join("a");
  const auto described = [&] { return describe_share_group(harness.coordinator.store(), "group"); };
  CHECK(described().message.error_code == ErrorCode::kGroupIdNotFound);
  harness.commit();
  CHECK(described().message.members.size() == 1);
  CHECK(described().message.group_state == "Stable");
  CHECK(described().message.assignor_name == "simple");
  harness.append_error = ErrorCode::kNotEnoughReplicas;
  harness.join("b");
  CHECK(harness.shares().find("b") == nullptr);
  harness.append_error = ErrorCode::kNone;
  harness.commit();
  CHECK(described().message.members.size() == 1);
}

TEST_CASE("The names of other groups are taken") {
  ShareHarness harness;
  harness.take(harness.coordinator.consumer_heartbeat(harness.context(1), joining("z")));
  CHECK(harness.join("a").response.error_code == ErrorCode::kGroupIdNotFound);
  CHECK(harness.join("a").response.error_message == "Group group is not a share group.");
  CHECK(harness.heartbeat("a", -1).response.error_message == "Group group is not a share group.");
  CHECK(harness.alter("topic", 0, 5).response.error_code == ErrorCode::kGroupIdNotFound);
  CHECK(harness.delete_offsets("topic").error == ErrorCode::kGroupIdNotFound);
  CHECK(harness.take(harness.coordinator.share_groups().begin_deletion(harness.moment(), "group"))
            .partitions.empty());
}

TEST_CASE("Offsets of an empty group are set, and deleted in two steps") {
  ShareHarness harness;
  const ShareOffsetsAlteration altered = harness.alter("topic", 2, 70);
  CHECK(altered.response.responses.at(0).partitions.at(0).error_code == ErrorCode::kNone);
  CHECK(altered.initialize.start_offsets == ShareStartOffsets{{kTopic, {{2, 70}}}});
  CHECK(harness.alter("topic", 4, 70).response.responses.at(0).partitions.at(0).error_code ==
        ErrorCode::kUnknownTopicOrPartition);
  CHECK(harness.delete_offsets("topic").answered.size() == 1);
  harness.take(
      harness.coordinator.share_groups().states_initialized(harness.moment(), "group", {{kTopic, {2}}}));
  CHECK(harness.delete_offsets("topic").partitions == PartitionSets{{kTopic, {2}}});
  CHECK(initialized_share_partitions(harness.coordinator.store(), "group").empty());
  // The share coordinators were not reached: all partitions that there may be are tried.
  CHECK(harness.delete_offsets("topic").partitions == kAll);
  harness.take(
      harness.coordinator.share_groups().finish_offsets_deletion(harness.moment(), "group", {kTopic}));
  CHECK(harness.delete_offsets("topic").partitions.empty());
  harness.settled("a");
  CHECK(harness.alter("topic", 2, 70).response.error_code == ErrorCode::kNonEmptyGroup);
  CHECK(harness.delete_offsets("topic").error == ErrorCode::kNonEmptyGroup);
  harness.check_replay();
}

TEST_CASE("A group is deleted behind the state of its partitions") {
  ShareHarness harness;
  const std::int32_t epoch = harness.settled("a");
  const auto begin = [&] {
    return harness.take(harness.coordinator.share_groups().begin_deletion(harness.moment(), "group"));
  };
  CHECK(begin().error == ErrorCode::kNonEmptyGroup);
  CHECK(harness.delete_group() == ErrorCode::kNonEmptyGroup);
  harness.heartbeat("a", -1);
  CHECK(epoch == 3);
  CHECK(begin().partitions == kAll);
  // Deleting failed half-way: the next attempt names them again.
  CHECK(begin().partitions == kAll);
  CHECK(harness.delete_group() == ErrorCode::kNone);
  CHECK(harness.coordinator.store().share("group") == nullptr);
  CHECK(harness.delete_group() == ErrorCode::kGroupIdNotFound);
  harness.check_replay();
}

TEST_CASE("A deleted topic is forgotten, and expiry leaves empty groups alone") {
  ShareHarness harness;
  harness.settled("a");
  harness.heartbeat("a", -1);
  const std::array<DeletedTopic, 1> deleted = {DeletedTopic{.id = kTopic, .name = "topic"}};
  harness.carry_out(harness.coordinator.topics_deleted(harness.moment(), deleted));
  CHECK(initialized_share_partitions(harness.coordinator.store(), "group").empty());
  harness.pass(24h * 30);
  CHECK(harness.shares().is_empty());
  harness.check_replay();
}

TEST_CASE("What no share group's heartbeat may say") {
  protocol::ShareGroupHeartbeatRequest request;
  request.group_id = GroupId("g");
  request.member_id = "a";
  request.subscribed_topic_names = {{TopicName("t")}};
  CHECK(check_share_heartbeat(request));
  request.member_epoch = -2;
  CHECK(check_share_heartbeat(request).error().message == "MemberEpoch is invalid.");
  request.member_epoch = -1;
  request.subscribed_topic_names.reset();
  CHECK(check_share_heartbeat(request));
  request.rack_id = "  ";
  CHECK(check_share_heartbeat(request).error().message == "RackId can't be empty.");
}

}  // namespace
}  // namespace moldau::coordinator
