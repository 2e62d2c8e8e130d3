#include <string>
#include <vector>

#include "consumer_harness.h"

namespace moldau::coordinator {
namespace {

protocol::OffsetCommitRequest commit_of(std::string_view member, std::int32_t epoch,
                                        const Partitions& partitions) {
  protocol::OffsetCommitRequest request;
  request.group_id = GroupId("group");
  request.member_id = member;
  request.generation_id_or_member_epoch = epoch;
  auto& topic = request.topics.emplace_back();
  topic.name = TopicName("topic");
  topic.topic_id = kTopic;
  for (const std::int32_t index : partitions) {
    auto& partition = topic.partitions.emplace_back();
    partition.partition_index = index;
    partition.committed_offset = 5;
  }
  return request;
}

ErrorCode committed(ConsumerHarness& harness, const protocol::OffsetCommitRequest& request,
                    std::int16_t version = 9) {
  const auto response = harness.take(harness.coordinator.commit_offsets(harness.context(version), request));
  return response.topics.front().partitions.front().error_code;
}

ErrorCode fetched(ConsumerHarness& harness, std::optional<std::string_view> member, std::int32_t epoch) {
  protocol::OffsetFetchRequest::OffsetFetchRequestGroup request;
  request.group_id = GroupId("group");
  request.member_id = member;
  request.member_epoch = epoch;
  request.topics.emplace();
  return harness.coordinator.fetch_offsets(request, true).message.error_code;
}

}  // namespace

TEST_CASE("members commit with their epoch, and with an older one what they have had since") {
  ConsumerHarness harness;
  harness.heartbeat(joining("a"));
  CHECK(committed(harness, commit_of("a", 2, {0, 9})) == ErrorCode::kNone);
  CHECK(committed(harness, commit_of("a", 3, {0})) == ErrorCode::kStaleMemberEpoch);
  CHECK(committed(harness, commit_of("a", 1, {0})) == ErrorCode::kStaleMemberEpoch);
  CHECK(committed(harness, commit_of("b", 2, {0})) == ErrorCode::kUnknownMemberId);
  CHECK(committed(harness, commit_of("", -1, {0})) == ErrorCode::kUnknownMemberId);
  CHECK(committed(harness, commit_of("a", 2, {0}), 8) == ErrorCode::kUnsupportedVersion);

  harness.heartbeat(joining("b"));
  const auto kept = assigned(harness.heartbeat(heartbeat_of("a", 2)));
  REQUIRE(kept);
  harness.heartbeat(owning("a", 2, *kept));
  const auto given = assigned(harness.heartbeat(owning("b", 3, {})));
  REQUIRE(given);
  CHECK(committed(harness, commit_of("a", 2, *kept)) == ErrorCode::kNone);
  CHECK(committed(harness, commit_of("a", 2, *given)) == ErrorCode::kStaleMemberEpoch);
  CHECK(committed(harness, commit_of("b", 2, *given)) == ErrorCode::kStaleMemberEpoch);
  harness.check_replay();
}

TEST_CASE("a group without members takes offsets of an operator") {
  ConsumerHarness harness;
  harness.heartbeat(joining("a"));
  harness.heartbeat(heartbeat_of("a", -1));
  CHECK(committed(harness, commit_of("", -1, {0})) == ErrorCode::kNone);
  CHECK(committed(harness, commit_of("a", 2, {0})) == ErrorCode::kUnknownMemberId);
  harness.check_replay();
}

TEST_CASE("members fetch with their epoch") {
  ConsumerHarness harness;
  harness.heartbeat(joining("a"));
  CHECK(fetched(harness, "a", 2) == ErrorCode::kNone);
  CHECK(fetched(harness, "a", 1) == ErrorCode::kStaleMemberEpoch);
  CHECK(fetched(harness, "b", 2) == ErrorCode::kUnknownMemberId);
  CHECK(fetched(harness, std::nullopt, -1) == ErrorCode::kNone);
}

TEST_CASE("offsets of topics that are subscribed to are neither deleted nor expired") {
  GroupCoordinatorConfig config = ConsumerHarness::at_once();
  config.offsets_retention_ms = 1'000;
  config.retention_check_interval_ms = 600;
  ConsumerHarness harness(config);
  harness.heartbeat(joining("a"));
  committed(harness, commit_of("a", 2, {0}));
  protocol::OffsetDeleteRequest request;
  request.group_id = GroupId("group");
  auto& topic = request.topics.emplace_back();
  topic.name = TopicName("topic");
  topic.partitions.emplace_back().partition_index = 0;
  const auto refused = harness.take(harness.coordinator.delete_offsets(harness.context(0), request));
  CHECK(refused.topics.front().partitions.front().error_code == ErrorCode::kGroupSubscribedToTopic);
  harness.pass(std::chrono::milliseconds(2'000));
  const OffsetKey key{"group", "topic", 0};
  CHECK(harness.coordinator.store().offsets().find(key) != nullptr);
  harness.heartbeat(heartbeat_of("a", -1));
  harness.pass(std::chrono::milliseconds(2'000));
  CHECK(harness.coordinator.store().offsets().find(key) == nullptr);
  CHECK(harness.coordinator.store().consumer("group") == nullptr);
  harness.check_replay();
}

}  // namespace moldau::coordinator
