#include <doctest/doctest.h>

#include "tests/coordinator/harness.h"

namespace moldau::coordinator {

using std::chrono::milliseconds;

namespace {

constexpr Uuid kTopicId{7, 9};

protocol::OffsetCommitRequest commit_request(std::int64_t offset, std::string_view member = {},
                                             std::int32_t generation = -1, std::string_view topic = "topic") {
  protocol::OffsetCommitRequest request;
  request.group_id = GroupId("group");
  request.member_id = member;
  request.generation_id_or_member_epoch = generation;
  auto& entry = request.topics.emplace_back();
  entry.name = TopicName(topic);
  entry.topic_id = kTopicId;
  auto& partition = entry.partitions.emplace_back();
  partition.partition_index = 3;
  partition.committed_offset = offset;
  partition.committed_leader_epoch = 5;
  partition.committed_metadata = "note";
  return request;
}

ErrorCode commit(Harness& harness, const protocol::OffsetCommitRequest& request, std::int16_t version = 9) {
  const auto reply = harness.take(harness.coordinator.commit_offsets(harness.context(version), request));
  REQUIRE(reply.topics.size() == 1);
  return reply.topics[0].partitions.at(0).error_code;
}

protocol::OffsetFetchRequest::OffsetFetchRequestGroup fetch_request() {
  protocol::OffsetFetchRequest::OffsetFetchRequestGroup request;
  request.group_id = GroupId("group");
  auto& topic = request.topics->emplace_back();
  topic.name = TopicName("topic");
  topic.partition_indexes = {3};
  return request;
}

std::int64_t fetched(const Harness& harness, bool require_stable = false) {
  const auto reply = harness.coordinator.fetch_offsets(fetch_request(), require_stable);
  return reply.message.topics.at(0).partitions.at(0).committed_offset;
}

}  // namespace

TEST_CASE("what is committed stays so when an earlier append is told of later") {
  Harness harness;
  harness.hold_commits = true;
  CHECK(commit(harness, commit_request(42)) == ErrorCode::kNone);
  CHECK(commit(harness, commit_request(43)) == ErrorCode::kNone);
  harness.coordinator.committed_up_to(2);
  CHECK(fetched(harness) == 43);
  harness.coordinator.committed_up_to(1);
  CHECK(fetched(harness) == 43);
}

TEST_CASE(
    "a consumer outside of group management commits and fetches its offset with all that goes with it") {
  Harness harness;
  CHECK(commit(harness, commit_request(42)) == ErrorCode::kNone);
  const auto reply = harness.coordinator.fetch_offsets(fetch_request(), false);
  const auto& partition = reply.message.topics.at(0).partitions.at(0);
  CHECK(partition.committed_offset == 42);
  CHECK(partition.committed_leader_epoch == 5);
  CHECK(partition.metadata == "note");
  CHECK(harness.group("group").is_simple());
  harness.check_replay();
}

TEST_CASE("an offset's record has Apache Kafka's bytes: key type 1, value version 4 with the topic's id") {
  Harness harness;
  commit(harness, commit_request(42));
  REQUIRE(harness.log.size() == 1);
  const Bytes key = {0, 1, 0, 5, 'g', 'r', 'o', 'u', 'p', 0, 5, 't', 'o', 'p', 'i', 'c', 0, 0, 0, 3};
  CHECK(harness.log[0].key == key);
  const Bytes& value = *harness.log[0].value;
  const Bytes head = {0, 4, 0, 0, 0, 0, 0, 0, 0, 42, 0, 0, 0, 5, 5, 'n', 'o', 't', 'e'};
  REQUIRE(value.size() == head.size() + 8 + 1 + 2 + 16);
  CHECK(Bytes(value.begin(), value.begin() + static_cast<std::ptrdiff_t>(head.size())) == head);
  const Bytes tag = {1, 0, 16, 0, 0, 0, 0, 0, 0, 0, 7, 0, 0, 0, 0, 0, 0, 0, 9};
  CHECK(Bytes(value.end() - 19, value.end()) == tag);
}

TEST_CASE("members commit with their generation, and with no other") {
  Harness harness;
  const TwoMembers members(harness);
  CHECK(commit(harness, commit_request(1, members.leader, members.generation)) == ErrorCode::kNone);
  CHECK(commit(harness, commit_request(2, members.leader, members.generation + 1)) ==
        ErrorCode::kIllegalGeneration);
  CHECK(commit(harness, commit_request(2, "nobody", members.generation)) == ErrorCode::kUnknownMemberId);
  CHECK(commit(harness, commit_request(2)) == ErrorCode::kUnknownMemberId);
  CHECK(fetched(harness) == 1);
  harness.check_replay();
}

TEST_CASE("a commit between the generation and its assignment has to wait for the rebalance") {
  Harness harness;
  const TwoMembers members(harness);
  harness.join(join_request(members.leader));
  harness.join(join_request(members.follower));
  CHECK(commit(harness, commit_request(2, members.leader, members.generation + 1)) ==
        ErrorCode::kRebalanceInProgress);
}

TEST_CASE("a commit with a generation to a group that is not there says so from version 9 on") {
  Harness harness;
  CHECK(commit(harness, commit_request(1, "m", 1), 9) == ErrorCode::kGroupIdNotFound);
  CHECK(commit(harness, commit_request(1, "m", 1), 8) == ErrorCode::kIllegalGeneration);
  CHECK(harness.log.empty());
}

TEST_CASE("a commit keeps its member's session alive") {
  Harness harness;
  const TwoMembers members(harness);
  for (int i = 0; i < 4; ++i) {
    harness.pass(milliseconds(6'000));
    commit(harness, commit_request(i, members.leader, harness.group("group").generation()));
  }
  CHECK(harness.group("group").has_member(members.leader));
  CHECK(!harness.group("group").has_member(members.follower));
}

TEST_CASE("metadata longer than the limit is refused for its partition alone") {
  GroupCoordinatorConfig config;
  config.offset_metadata_max_bytes = 3;
  Harness harness(config);
  auto request = commit_request(1);
  auto second = request.topics[0].partitions[0];
  second.partition_index = 4;
  second.committed_metadata = "abc";
  request.topics[0].partitions.push_back(second);
  const auto reply = harness.take(harness.coordinator.commit_offsets(harness.context(9), request));
  CHECK(reply.topics[0].partitions[0].error_code == ErrorCode::kOffsetMetadataTooLarge);
  CHECK(reply.topics[0].partitions[1].error_code == ErrorCode::kNone);
  CHECK(harness.log.size() == 1);
}

TEST_CASE("a fetch shows what is committed, a stable fetch the newest") {
  Harness harness;
  commit(harness, commit_request(1));
  harness.hold_commits = true;
  commit(harness, commit_request(2));
  CHECK(fetched(harness) == 1);
  CHECK(fetched(harness, true) == 2);
  harness.commit();
  CHECK(fetched(harness) == 2);
}

TEST_CASE("an offset whose append fails is taken back, and a group made for it too") {
  Harness harness;
  harness.append_error = ErrorCode::kNotLeaderOrFollower;
  commit(harness, commit_request(1));
  CHECK(fetched(harness, true) == -1);
  CHECK(harness.coordinator.store().classic("group") == nullptr);
  harness.append_error = ErrorCode::kNone;
  commit(harness, commit_request(2));
  CHECK(fetched(harness) == 2);
  harness.check_replay();
}

TEST_CASE("all offsets of a group are fetched without naming topics") {
  Harness harness;
  commit(harness, commit_request(1));
  commit(harness, commit_request(2, {}, -1, "other"));
  auto request = fetch_request();
  request.topics.reset();
  const auto reply = harness.coordinator.fetch_offsets(request, false);
  REQUIRE(reply.message.topics.size() == 2);
  CHECK(reply.message.topics[0].name.value() == "other");
  CHECK(reply.message.topics[1].partitions.at(0).committed_offset == 1);
  request.group_id = GroupId("unknown");
  CHECK(harness.coordinator.fetch_offsets(request, false).message.topics.empty());
}

TEST_CASE("an offset of a topic that was created anew does not count") {
  Harness harness;
  commit(harness, commit_request(1));
  auto request = fetch_request();
  (*request.topics)[0].topic_id = Uuid(1, 1);
  const auto reply = harness.coordinator.fetch_offsets(request, false);
  CHECK(reply.message.topics[0].partitions[0].committed_offset == -1);
}

TEST_CASE("offsets go with their topic, unless the topic's name lives on under another id") {
  Harness harness;
  commit(harness, commit_request(1));
  const DeletedTopic other[] = {{Uuid(1, 1), "topic"}};
  harness.carry_out(harness.coordinator.topics_deleted(harness.moment(), other));
  CHECK(fetched(harness) == 1);
  const DeletedTopic deleted[] = {{kTopicId, "topic"}};
  harness.carry_out(harness.coordinator.topics_deleted(harness.moment(), deleted));
  CHECK(fetched(harness) == -1);
  CHECK(!harness.log.back().value);
  harness.check_replay();
}

TEST_CASE("offsets in an open transaction are unstable, and count when it commits") {
  Harness harness;
  commit(harness, commit_request(1));
  protocol::TxnOffsetCommitRequest request;
  request.group_id = GroupId("group");
  request.producer_id = ProducerId(77);
  auto& topic = request.topics.emplace_back();
  topic.name = TopicName("topic");
  auto& partition = topic.partitions.emplace_back();
  partition.partition_index = 3;
  partition.committed_offset = 9;
  harness.take(harness.coordinator.commit_transactional_offsets(harness.context(5), request));
  CHECK(fetched(harness) == 1);
  const auto unstable = harness.coordinator.fetch_offsets(fetch_request(), true);
  CHECK(unstable.message.topics[0].partitions[0].error_code == ErrorCode::kUnstableOffsetCommit);
  SUBCASE("committed") {
    harness.coordinator.replay_end_transaction(77, true);
    CHECK(fetched(harness, true) == 9);
  }
  SUBCASE("aborted") {
    harness.coordinator.replay_end_transaction(77, false);
    CHECK(fetched(harness, true) == 1);
  }
  SUBCASE("overtaken by a later plain commit") {
    commit(harness, commit_request(20));
    harness.coordinator.replay_end_transaction(77, true);
    CHECK(fetched(harness, true) == 20);
  }
}

TEST_CASE("offsets are deleted on request unless a member subscribes to their topic") {
  Harness harness;
  commit(harness, commit_request(1));
  protocol::OffsetDeleteRequest request;
  request.group_id = GroupId("group");
  auto& topic = request.topics.emplace_back();
  topic.name = TopicName("topic");
  topic.partitions.emplace_back().partition_index = 3;
  const auto reply = harness.take(harness.coordinator.delete_offsets(harness.context(0), request));
  CHECK(reply.error_code == ErrorCode::kNone);
  CHECK(reply.topics[0].partitions[0].error_code == ErrorCode::kNone);
  CHECK(fetched(harness) == -1);
  request.group_id = GroupId("unknown");
  CHECK(harness.take(harness.coordinator.delete_offsets(harness.context(0), request)).error_code ==
        ErrorCode::kGroupIdNotFound);
  harness.check_replay();
}

}  // namespace moldau::coordinator
