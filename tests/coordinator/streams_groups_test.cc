// Streams groups in the group coordinator: what requests and timers make of them, and of their offsets.

#include "coordinator/group/streams_groups.h"

#include <array>
#include <chrono>
#include <list>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <doctest/doctest.h>

#include "consumer_harness.h"

namespace moldau::coordinator {
namespace {

using namespace std::chrono_literals;
/// The tasks of subtopology "0"; nullopt where nothing is said of them.
std::optional<std::vector<std::int32_t>> active_tasks(
    const protocol::StreamsGroupHeartbeatResponse& response) {
  if (!response.active_tasks) return std::nullopt;
  if (response.active_tasks->empty()) return std::vector<std::int32_t>();
  return response.active_tasks->at(0).partitions;
}

/// A coordinator whose streams groups have their targets at once.
class StreamsHarness : public ConsumerHarness {
 public:
  using Request = protocol::StreamsGroupHeartbeatRequest;

  static GroupCoordinatorConfig streams_at_once() {
    GroupCoordinatorConfig config = at_once();
    config.streams_settings_of = [](std::string_view) {
      return StreamsGroupSettings{.initial_rebalance_delay_ms = 0, .assignment_interval_ms = 0};
    };
    return config;
  }

  explicit StreamsHarness(GroupCoordinatorConfig given = streams_at_once())
      : ConsumerHarness(std::move(given)) {}

  StreamsHeartbeatOutcome heartbeat(const Request& request) {
    auto answer = coordinator.streams_groups().heartbeat(context(0), request);
    carry_out(std::move(answer.effects));
    texts_.push_back(std::move(answer.reply.texts));
    return std::move(answer.reply.message);
  }

  static Request plain(std::string_view member, std::int32_t epoch) {
    Request request;
    request.group_id = GroupId("group");
    request.member_id = member;
    request.member_epoch = epoch;
    request.rebalance_timeout_ms = -1;
    request.topology.reset();
    return request;
  }

  /// A member that reads "topic", with the named store's changelog.
  static Request joining(std::string_view member, std::string_view changelog = {}) {
    Request request = plain(member, 0);
    request.rebalance_timeout_ms = 30'000;
    request.process_id = member;
    request.active_tasks.emplace();
    request.standby_tasks.emplace();
    request.warmup_tasks.emplace();
    auto& subtopology = request.topology.emplace().subtopologies.emplace_back();
    subtopology.subtopology_id = "0";
    subtopology.source_topics = {TopicName("topic")};
    if (!changelog.empty()) subtopology.state_changelog_topics.emplace_back().name = TopicName(changelog);
    return request;
  }

  ErrorCode commit(std::string_view member, std::int32_t epoch, std::string_view topic,
                   std::int32_t partition) {
    protocol::OffsetCommitRequest request;
    request.group_id = GroupId("group");
    request.member_id = member;
    request.generation_id_or_member_epoch = epoch;
    auto& committed = request.topics.emplace_back();
    committed.name = TopicName(topic);
    committed.partitions.emplace_back().partition_index = partition;
    const auto response = take(coordinator.commit_offsets(context(9), request));
    return response.topics.at(0).partitions.at(0).error_code;
  }

  const StreamsGroup& streams() const {
    const StreamsGroup* group = coordinator.store().streams("group");
    REQUIRE(group != nullptr);
    return *group;
  }

 private:
  std::vector<std::list<std::string>> texts_;
};

TEST_CASE("Members of a streams group share its tasks, and a silent one loses its own") {
  StreamsHarness harness;
  const auto joined = harness.heartbeat(StreamsHarness::joining("a"));
  CHECK(joined.response.member_epoch == 2);
  CHECK(active_tasks(joined.response) == std::vector<std::int32_t>{0, 1, 2, 3});
  CHECK(joined.response.status->empty());
  harness.pass(30s);
  harness.heartbeat(StreamsHarness::joining("b"));
  CHECK(active_tasks(harness.heartbeat(StreamsHarness::plain("a", 2)).response)->size() == 2);
  CHECK(harness.streams().members().size() == 2);
  CHECK(harness.config.counters->streams_rebalances == 2);
  harness.check_replay();
  // What the other was to give back it has not.
  harness.pass(31s);
  CHECK(harness.streams().find("a") == nullptr);
  harness.check_replay();
}

TEST_CASE("Internal topics are to be created, and come by themselves when they are there") {
  StreamsHarness harness;
  const auto joined = harness.heartbeat(StreamsHarness::joining("a", "store"));
  REQUIRE(joined.topics_to_create.size() == 1);
  CHECK(joined.topics_to_create[0].name == "store");
  CHECK(joined.topics_to_create[0].partition_count == 4);
  CHECK(joined.response.status->size() == 1);
  CHECK(active_tasks(joined.response)->empty());
  CHECK(describe_streams_group(harness.coordinator.store(), "group").message.group_state == "NotReady");
  harness.set_topics({{"topic", {.id = kTopic, .partitions = 4}}, {"store", {.id = kOther, .partitions = 4}}},
                     {"store"});
  const auto heard = harness.heartbeat(StreamsHarness::plain("a", 2));
  CHECK(heard.topics_to_create.empty());
  CHECK(active_tasks(heard.response) == std::vector<std::int32_t>{0, 1, 2, 3});
  CHECK(describe_streams_group(harness.coordinator.store(), "group").message.group_state == "Stable");
  harness.check_replay();
}

TEST_CASE("An empty classic group gives way to a streams group, another does not") {
  StreamsHarness harness;
  CHECK(harness.commit("", -1, "topic", 0) == ErrorCode::kNone);
  CHECK(harness.coordinator.store().classic("group") != nullptr);
  CHECK(harness.heartbeat(StreamsHarness::joining("a")).response.error_code == ErrorCode::kNone);
  CHECK(harness.coordinator.store().classic("group") == nullptr);
  harness.check_replay();
  StreamsHarness other;
  other.take(other.coordinator.consumer_heartbeat(other.context(1), joining("z")));
  const auto refused = other.heartbeat(StreamsHarness::joining("a"));
  CHECK(refused.response.error_code == ErrorCode::kGroupIdNotFound);
  CHECK(refused.response.error_message == "Group group is not a streams group.");
}

TEST_CASE("An empty streams group gives way to a classic group, another does not") {
  StreamsHarness harness;
  harness.heartbeat(StreamsHarness::joining("a"));
  CHECK(harness.commit("a", 2, "topic", 0) == ErrorCode::kNone);
  const auto join = [&](std::string_view member) {
    return harness.joined(harness.join(join_request(member), 9));
  };
  CHECK(join("").error_code == ErrorCode::kInconsistentGroupProtocol);
  CHECK(join("b").member_id.empty());
  harness.heartbeat(StreamsHarness::plain("a", -1));
  CHECK(join("b").error_code == ErrorCode::kUnknownMemberId);
  CHECK(harness.streams().is_empty());
  CHECK(join("").error_code == ErrorCode::kMemberIdRequired);
  CHECK(harness.coordinator.store().classic("group") != nullptr);
  CHECK(harness.coordinator.store().streams("group") == nullptr);
  CHECK(harness.coordinator.store().offsets().find(OffsetKey{"group", "topic", 0}) != nullptr);
  harness.check_replay();
}

TEST_CASE("Of a group that does not come to be nothing is remembered") {
  StreamsHarness harness;
  GroupStore store(StreamsHarness::streams_at_once());
  auto request = StreamsHarness::joining("a");
  request.user_endpoint = {{.host = "host", .port = 1, .unknown_tags = {}}};
  const auto refused = StreamsGroups(store).heartbeat(harness.context(0), request);
  CHECK(refused.reply.message.response.error_code == ErrorCode::kUnknownServerError);
  CHECK(store.streams("group") == nullptr);
  CHECK(store.streams_notes().empty());
}

TEST_CASE("Members commit offsets of their tasks, also with the epoch before") {
  StreamsHarness harness;
  harness.heartbeat(StreamsHarness::joining("a"));
  CHECK(harness.commit("a", 2, "topic", 0) == ErrorCode::kNone);
  CHECK(harness.commit("a", 3, "topic", 0) == ErrorCode::kStaleMemberEpoch);
  CHECK(harness.commit("a", 1, "topic", 0) == ErrorCode::kStaleMemberEpoch);
  CHECK(harness.commit("b", 2, "topic", 0) == ErrorCode::kUnknownMemberId);
  CHECK(harness.commit("", -1, "topic", 0) == ErrorCode::kUnknownMemberId);
  harness.check_replay();
}

TEST_CASE("Offsets that members read do not expire; those of an empty group take it with them") {
  StreamsHarness harness;
  harness.heartbeat(StreamsHarness::joining("a"));
  CHECK(harness.commit("a", 2, "topic", 0) == ErrorCode::kNone);
  for (int i = 0; i < 24 * 8 * 90; ++i) {
    harness.pass(40s);
    harness.heartbeat(StreamsHarness::plain("a", 2));
  }
  CHECK(harness.coordinator.store().offsets().find(OffsetKey{"group", "topic", 0}) != nullptr);
  CHECK(harness.heartbeat(StreamsHarness::plain("a", -1)).response.member_epoch == -1);
  harness.pass(1h);
  CHECK(harness.coordinator.store().streams("group") == nullptr);
  CHECK(harness.coordinator.store().offsets().find(OffsetKey{"group", "topic", 0}) == nullptr);
  harness.check_replay();
}

TEST_CASE("A loaded streams group has its timers, and no notes") {
  StreamsHarness harness;
  harness.heartbeat(StreamsHarness::joining("a"));
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
  CHECK(loaded.store().streams_notes_of("group").configured == nullptr);
}

TEST_CASE("A streams group is deleted when it is empty") {
  StreamsHarness harness;
  const std::array<std::string_view, 1> names = {"group"};
  const auto remove = [&] {
    return harness.take(harness.coordinator.delete_groups(harness.context(2), names))
        .results.at(0)
        .error_code;
  };
  harness.heartbeat(StreamsHarness::joining("a"));
  CHECK(remove() == ErrorCode::kNonEmptyGroup);
  harness.heartbeat(StreamsHarness::plain("a", -1));
  CHECK(remove() == ErrorCode::kNone);
  CHECK(remove() == ErrorCode::kGroupIdNotFound);
  harness.check_replay();
}

}  // namespace
}  // namespace moldau::coordinator
