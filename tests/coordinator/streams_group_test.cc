#include <optional>
#include <string>
#include <vector>

#include <doctest/doctest.h>

#include "streams_harness.h"

namespace moldau::coordinator {
namespace {

const TaskSets kAll = {{"0", {0, 1, 2, 3}}};
const TaskSets kFirst = {{"0", {0, 1}}};
const TaskSets kLast = {{"0", {2, 3}}};

}  // namespace

TEST_CASE("the first member of a streams group gets all tasks, and its records tell of the same group") {
  StreamsHarness streams;
  const auto joined = streams.join("a");
  REQUIRE(joined);
  CHECK(joined->epoch == 2);
  REQUIRE(joined->tasks);
  CHECK(joined->tasks->active == kAll);
  CHECK(joined->tasks->standby.empty());
  CHECK(joined->statuses.empty());
  CHECK(streams.group->state() == StreamsGroupState::kStable);
  CHECK(streams.group->validated_topology_epoch() == 1);
  CHECK(streams.group->assignment_configs() == TextMap{{"num.standby.replicas", "0"}});
  CHECK(streams.is_replayed());
  const auto stayed = streams.stay("a", 2);
  REQUIRE(stayed);
  CHECK_FALSE(stayed->tasks);
  CHECK(streams.due_in_ms(TimerKind::kMemberSession, "a") == 45'000);
}

TEST_CASE("tasks move to a second member once the first has given them back") {
  StreamsHarness streams;
  REQUIRE(streams.join("a"));
  const auto second = streams.join("b");
  REQUIRE(second);
  CHECK(second->epoch == 3);
  CHECK(second->tasks->active.empty());
  CHECK(streams.group->find("b")->current.state == StreamsMemberState::kUnreleasedTasks);
  CHECK(streams.group->state() == StreamsGroupState::kReconciling);

  const auto asked = streams.stay("a", 2);
  REQUIRE(asked);
  CHECK(asked->epoch == 2);
  REQUIRE(asked->tasks);
  CHECK(asked->tasks->active == kFirst);
  CHECK(streams.group->find("a")->current.state == StreamsMemberState::kUnrevokedTasks);
  CHECK(streams.due_in_ms(TimerKind::kRevocation, "a") == 30'000);
  // As long as it does not say that it has given them back, nothing moves.
  CHECK(streams.stay("a", 2, std::vector<std::int32_t>{0, 1, 2})->epoch == 2);
  CHECK_FALSE(streams.stay("b", 3)->tasks);

  const auto gave = streams.stay("a", 2, std::vector<std::int32_t>{0, 1});
  REQUIRE(gave);
  CHECK(gave->epoch == 3);
  CHECK_FALSE(streams.due_in_ms(TimerKind::kRevocation, "a"));
  const auto got = streams.stay("b", 3);
  REQUIRE(got);
  REQUIRE(got->tasks);
  CHECK(got->tasks->active == kLast);
  CHECK(streams.group->state() == StreamsGroupState::kStable);
  CHECK(streams.is_replayed());
}

TEST_CASE("a client has a task in one form at a time, and copies go to other clients") {
  StreamsHarness streams;
  streams.settings.standby_replicas = 1;
  REQUIRE(streams.join("a"));
  CHECK(streams.group->target("a").standby.empty());
  const auto second = streams.join("b");
  REQUIRE(second);
  CHECK(second->tasks->standby == kFirst);
  REQUIRE(streams.stay("a", 2, std::vector<std::int32_t>{0, 1, 2, 3}));
  REQUIRE(streams.stay("a", 2, std::vector<std::int32_t>{0, 1}));
  CHECK(streams.stay("a", 3)->epoch == 3);
  REQUIRE(streams.stay("b", 3));
  CHECK(streams.group->find("b")->current.assigned.standby == kFirst);
  CHECK(streams.group->find("a")->current.assigned.standby == kLast);
  CHECK(streams.group->owners().has_copy("process-b", "0", 1));
  CHECK_FALSE(streams.group->owners().has_copy("process-b", "0", 2));
  CHECK(*streams.group->owners().active("0", 2) == "process-b");
  CHECK(streams.is_replayed());
}

TEST_CASE("members of streams groups are fenced by their epochs") {
  StreamsHarness streams;
  CHECK(streams.stay("a", 1).error().code == ErrorCode::kUnknownMemberId);
  REQUIRE(streams.join("a"));
  REQUIRE(streams.join("b"));
  CHECK(streams.stay("a", 3).error().code == ErrorCode::kFencedMemberEpoch);
  CHECK(streams.stay("b", 2).error().code == ErrorCode::kFencedMemberEpoch);
  CHECK(streams.stay("c", 2).error().code == ErrorCode::kUnknownMemberId);
  // The answer with the next epoch may be lost; then the member has nothing that is not its own.
  CHECK(streams.stay("b", 0)->epoch == 3);
  const std::int32_t previous = streams.group->find("b")->current.previous_epoch;
  CHECK(previous == 3);
  REQUIRE(streams.stay("a", 2, std::vector<std::int32_t>{0, 1}));
  REQUIRE(streams.stay("a", 2, std::vector<std::int32_t>{0, 1}));
  CHECK(streams.stay("a", 2).error().code == ErrorCode::kFencedMemberEpoch);
  CHECK(streams.stay("a", 2, std::vector<std::int32_t>{2}).error().code == ErrorCode::kFencedMemberEpoch);
  CHECK(streams.stay("a", 2, std::vector<std::int32_t>{1})->epoch == 3);
  // Who joins again keeps what it has, whatever its epoch was.
  CHECK(streams.join("a")->tasks->active == kFirst);
}

TEST_CASE("a full streams group takes nobody, and tasks that are none are refused") {
  StreamsHarness streams;
  streams.settings.max_size = 1;
  REQUIRE(streams.join("a"));
  CHECK(streams.join("b").error().code == ErrorCode::kGroupMaxSizeReached);
  const auto refused = streams.stay("a", 2, std::vector<std::int32_t>{4});
  REQUIRE_FALSE(refused);
  CHECK(refused.error().code == ErrorCode::kInvalidRequest);
  CHECK(refused.error().message ==
        "Task 4 for subtopology 0 is invalid. Number of tasks for this subtopology: 4");
}

TEST_CASE("missing and mispartitioned topics keep a streams group from being ready") {
  StreamsHarness streams;
  streams.set_topics({{"topic", {.id = kTopic, .partitions = 4}}});
  const auto joined = streams.join("a");
  REQUIRE(joined);
  CHECK(codes(*joined) == std::vector{StreamsStatusCode::kMissingInternalTopics});
  CHECK(joined->statuses[0].detail == "Internal topics are missing: store");
  REQUIRE(joined->topics_to_create.size() == 1);
  CHECK(joined->topics_to_create[0] == ConfiguredInternalTopic{.name = "store",
                                                               .partition_count = 4,
                                                               .configs = {{"cleanup.policy", "compact"}}});
  CHECK(joined->tasks->active.empty());
  CHECK(streams.group->state() == StreamsGroupState::kNotReady);

  streams.set_topics(
      {{"topic", {.id = kTopic, .partitions = 4}}, {"store", {.id = kOther, .partitions = 3}}});
  const auto uneven = streams.stay("a", joined->epoch);
  REQUIRE(uneven);
  CHECK(codes(*uneven) == std::vector{StreamsStatusCode::kIncorrectlyPartitionedTopics});
  CHECK(uneven->topics_to_create.empty());

  streams.set_topics({});
  const auto without = streams.stay("a", uneven->epoch);
  REQUIRE(without);
  CHECK(codes(*without) == std::vector{StreamsStatusCode::kMissingSourceTopics});
  CHECK(without->statuses[0].detail == "Source topics topic are missing.");

  streams.set_topics(
      {{"topic", {.id = kTopic, .partitions = 4}}, {"store", {.id = kOther, .partitions = 4}}});
  const auto ready = streams.stay("a", without->epoch);
  REQUIRE(ready);
  CHECK(ready->statuses.empty());
  REQUIRE(ready->tasks);
  CHECK(ready->tasks->active == kAll);
  CHECK(streams.is_replayed());
}

TEST_CASE("a streams group looks at its topics when it is told that they have changed") {
  StreamsHarness streams;
  REQUIRE(streams.join("a"));
  REQUIRE(streams.stay("a", 2));
  REQUIRE(streams.join("b"));
  streams.topics = {};
  CHECK(streams.stay("b", 3)->statuses.empty());
  streams.notes.forget_topics();
  CHECK(codes(*streams.stay("b", 3)) == std::vector{StreamsStatusCode::kMissingSourceTopics});
}

TEST_CASE("members with an older topology are told so, and no other topology is taken") {
  StreamsHarness streams;
  REQUIRE(streams.join("a"));
  streams.topology.epoch = 0;
  const auto stale = streams.join("b");
  REQUIRE(stale);
  CHECK(codes(*stale) == std::vector{StreamsStatusCode::kStaleTopology});
  CHECK(stale->statuses[0].detail == "The member's topology epoch 0 is behind the group's topology epoch 1.");
  CHECK(streams.group->topology()->epoch == 1);
  streams.topology.epoch = 2;
  CHECK(streams.join("c").error().code == ErrorCode::kInvalidRequest);
  streams.topology.epoch = 1;
  streams.topology.subtopologies[0].source_topics.emplace_back("other");
  const auto changed = streams.join("c");
  REQUIRE_FALSE(changed);
  CHECK(changed.error().message == "Topology updates are not supported yet.");
  streams.topology.epoch = -1;
  CHECK(streams.join("c").error().code == ErrorCode::kUnknownServerError);
}

TEST_CASE("a new streams group waits for more members before it assigns tasks") {
  StreamsHarness streams;
  streams.settings.initial_rebalance_delay_ms = 3'000;
  const auto joined = streams.join("a");
  REQUIRE(joined);
  CHECK(joined->epoch == 1);
  CHECK(codes(*joined) == std::vector{StreamsStatusCode::kAssignmentDelayed});
  CHECK(streams.notes.is_delayed);
  streams.now_ms += 1'000;
  REQUIRE(streams.join("b"));
  CHECK(streams.due_in_ms(TimerKind::kInitialDelay, "") == 2'000);
  CHECK(streams.group->state() == StreamsGroupState::kAssigning);
  CHECK(streams.group->targets().empty());
  REQUIRE(streams.change([](StreamsUpdate& update) { return update.initial_delay_ended(); }));
  CHECK_FALSE(streams.notes.is_delayed);
  CHECK(streams.group->target("a").active.at("0").size() == 2);
  CHECK(streams.group->target("b").active.at("0").size() == 2);
  CHECK(streams.stay("a", 1)->tasks->active.at("0").size() == 2);
  CHECK(streams.is_replayed());
}

TEST_CASE("targets are not computed anew before the interval has passed") {
  StreamsHarness streams;
  streams.settings.assignment_interval_ms = 1'000;
  REQUIRE(streams.join("a"));
  const auto second = streams.join("b");
  REQUIRE(second);
  CHECK(codes(*second) == std::vector{StreamsStatusCode::kAssignmentDelayed});
  CHECK(second->statuses[0].detail == "Assignment delayed due to the configured assignment interval.");
  CHECK(streams.group->target_epoch() == 2);
  streams.now_ms += 1'000;
  REQUIRE(streams.stay("b", 2));
  CHECK(streams.group->target_epoch() == 3);
}

TEST_CASE("other standby settings begin an epoch of their own") {
  StreamsHarness streams;
  REQUIRE(streams.join("a"));
  REQUIRE(streams.stay("a", 2));
  CHECK(streams.group->epoch() == 2);
  streams.settings.standby_replicas = 1;
  CHECK(streams.stay("a", 2)->epoch == 3);
  CHECK(streams.group->assignment_configs() == TextMap{{"num.standby.replicas", "1"}});
}

TEST_CASE("members leave, time out, and take what they asked of the application with them") {
  StreamsHarness streams;
  REQUIRE(streams.join("a"));
  REQUIRE(streams.join("b"));
  StreamsHeartbeat shutdown = StreamsHarness::saying("b", 3);
  shutdown.wants_shutdown = true;
  CHECK(codes(*streams.heartbeat(shutdown)) == std::vector{StreamsStatusCode::kShutdownApplication});
  CHECK(streams.stay("a", 2)->statuses[0].detail ==
        "Streams group member b encountered a fatal error and requested a shutdown for the entire "
        "application.");
  const auto leave = [](const std::string& member) {
    return [member](StreamsUpdate& update) { return update.leave(member, false); };
  };
  CHECK(streams.change(leave("c")).error().code == ErrorCode::kUnknownMemberId);
  REQUIRE(streams.change(leave("b")));
  CHECK(streams.group->epoch() == 4);
  CHECK(streams.group->find("b") == nullptr);
  CHECK_FALSE(streams.due_in_ms(TimerKind::kMemberSession, "b"));
  CHECK(streams.notes.shutdown_requested_by == "b");
  REQUIRE(streams.change([](StreamsUpdate& update) -> Result<void> {
    update.session_timed_out("a");
    update.session_timed_out("gone");
    return {};
  }));
  CHECK(streams.group->is_empty());
  CHECK(streams.group->state() == StreamsGroupState::kEmpty);
  CHECK_FALSE(streams.notes.shutdown_requested_by);
  CHECK(streams.is_replayed());
}

TEST_CASE("a member that does not give tasks back in time is removed") {
  StreamsHarness streams;
  REQUIRE(streams.join("a"));
  REQUIRE(streams.join("b"));
  REQUIRE(streams.stay("a", 2));
  const auto time_out = [](StreamsUpdate& update) -> Result<void> {
    update.revocation_timed_out("a");
    return {};
  };
  SUBCASE("it has not") {
    REQUIRE(streams.change(time_out));
    CHECK(streams.group->find("a") == nullptr);
    CHECK(streams.stay("b", 3)->epoch == 4);
    CHECK(streams.group->find("b")->current.assigned.active.at("0").size() == 4);
  }
  SUBCASE("it has, just now") {
    REQUIRE(streams.stay("a", 2, std::vector<std::int32_t>{0, 1}));
    REQUIRE(streams.change(time_out));
    CHECK(streams.group->find("a") != nullptr);
  }
  SUBCASE("another coordinator has read the group back") {
    streams.notes = {};
    streams.timers.clear();
    REQUIRE(streams.change([](StreamsUpdate& update) -> Result<void> {
      update.loaded();
      return {};
    }));
    CHECK(streams.due_in_ms(TimerKind::kRevocation, "a") == 30'000);
    CHECK(streams.due_in_ms(TimerKind::kMemberSession, "b") == 45'000);
    REQUIRE(streams.change(time_out));
    CHECK(streams.group->find("a") == nullptr);
  }
}

TEST_CASE("members learn where others answer queries") {
  StreamsHarness streams;
  REQUIRE(streams.join("a"));
  StreamsHeartbeat said = StreamsHarness::saying("b", 0);
  said.rebalance_timeout_ms = 30'000;
  said.process_id = "process-b";
  said.topology = streams.topology;
  said.owned.emplace();
  said.user_endpoint = StreamsEndpoint{.host = "host", .port = 8080};
  const auto joined = streams.heartbeat(said);
  REQUIRE(joined);
  CHECK(joined->endpoint_epoch == 1);
  REQUIRE(joined->endpoints);
  CHECK(*joined->endpoints == std::vector{EndpointPartitions{.endpoint = {.host = "host", .port = 8080}}});
  REQUIRE(streams.stay("a", 2));
  REQUIRE(streams.stay("a", 2, std::vector<std::int32_t>{0, 1}));
  StreamsHeartbeat knowing = StreamsHarness::saying("b", 3);
  knowing.endpoint_epoch = 1;
  const auto got = streams.heartbeat(knowing);
  REQUIRE(got);
  CHECK(got->endpoint_epoch == 2);
  REQUIRE(got->endpoints);
  CHECK(got->endpoints->at(0).active == std::vector{TaskTopic{.topic = "topic", .partitions = {2, 3}}});
  knowing.endpoint_epoch = 2;
  CHECK_FALSE(streams.heartbeat(knowing)->endpoints);
}

TEST_CASE("a streams group that is removed leaves tombstones only") {
  StreamsHarness streams;
  REQUIRE(streams.join("a"));
  const std::size_t before = streams.log.size();
  REQUIRE(streams.change([](StreamsUpdate& update) -> Result<void> {
    update.remove_group();
    return {};
  }));
  REQUIRE(streams.log.size() == before + 6);
  for (std::size_t i = before; i < streams.log.size(); ++i)
    CHECK_FALSE(streams.log[i].value);
  CHECK(streams.group->is_empty());
  CHECK(streams.group->topology() == nullptr);
}

}  // namespace moldau::coordinator
