#include "coordinator/group/streams_commits.h"

#include <doctest/doctest.h>

#include "streams_harness.h"

namespace moldau::coordinator {
namespace {

ConsumerCommitter committer(std::string_view member, std::int32_t epoch) {
  return {.member = member, .instance_id = std::nullopt, .epoch = epoch, .api_version = 9};
}

}  // namespace

TEST_CASE("members of streams groups commit with their epochs, and operators while there are none") {
  StreamsHarness streams;
  const ConsumerCommitter nobody;
  CHECK(check_committer(StreamsGroup(), nobody) == ErrorCode::kNone);
  CHECK(check_commit_of(StreamsGroup(), nobody, "topic", 0) == ErrorCode::kNone);
  REQUIRE(streams.join("a"));
  const StreamsGroup& group = *streams.group;
  CHECK(check_committer(group, nobody) == ErrorCode::kUnknownMemberId);
  ConsumerCommitter producer;
  producer.is_transactional = true;
  CHECK(check_committer(group, producer) == ErrorCode::kNone);
  CHECK(check_committer(group, committer("a", 2)) == ErrorCode::kNone);
  CHECK(check_committer(group, committer("a", 1)) == ErrorCode::kNone);
  CHECK(check_committer(group, committer("a", 3)) == ErrorCode::kStaleMemberEpoch);
  CHECK(check_committer(group, committer("b", 2)) == ErrorCode::kUnknownMemberId);
  ConsumerCommitter old_client = committer("a", 2);
  old_client.api_version = 8;
  CHECK(check_committer(group, old_client) == ErrorCode::kUnsupportedVersion);
  old_client.is_transactional = true;
  CHECK(check_committer(group, old_client) == ErrorCode::kNone);
  old_client.epoch = 3;
  CHECK(check_committer(group, old_client) == ErrorCode::kIllegalGeneration);
}

TEST_CASE("with an older epoch a member commits what its tasks have read since") {
  StreamsHarness streams;
  REQUIRE(streams.join("a"));
  REQUIRE(streams.join("b"));
  REQUIRE(streams.stay("a", 2));
  const ConsumerCommitter older = committer("a", 2);
  // Tasks that it has still to give back count as well.
  CHECK(check_commit_of(*streams.group, older, "topic", 3) == ErrorCode::kNone);
  REQUIRE(streams.stay("a", 2, std::vector<std::int32_t>{0, 1}));
  REQUIRE(streams.group->find("a")->current.epoch == 3);
  CHECK(check_commit_of(*streams.group, older, "topic", 0) == ErrorCode::kNone);
  CHECK(check_commit_of(*streams.group, older, "topic", 3) == ErrorCode::kStaleMemberEpoch);
  CHECK(check_commit_of(*streams.group, older, "other", 0) == ErrorCode::kStaleMemberEpoch);
  CHECK(check_commit_of(*streams.group, committer("a", 1), "topic", 0) == ErrorCode::kStaleMemberEpoch);
  CHECK(check_commit_of(*streams.group, committer("a", 3), "other", 7) == ErrorCode::kNone);
}

TEST_CASE("members of streams groups fetch offsets with their own epoch") {
  StreamsHarness streams;
  REQUIRE(streams.join("a"));
  CHECK(check_fetcher(*streams.group, std::nullopt, -1) == ErrorCode::kNone);
  CHECK(check_fetcher(*streams.group, std::nullopt, 2) == ErrorCode::kUnknownMemberId);
  CHECK(check_fetcher(*streams.group, "a", 2) == ErrorCode::kNone);
  CHECK(check_fetcher(*streams.group, "a", 1) == ErrorCode::kStaleMemberEpoch);
  CHECK(check_fetcher(*streams.group, "b", 2) == ErrorCode::kUnknownMemberId);
}

}  // namespace moldau::coordinator
