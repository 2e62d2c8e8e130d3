#include "coordinator/group/streams_commits.h"

namespace moldau::coordinator {
namespace {

/// The first version of OffsetCommit that members of streams groups may use.
constexpr std::int16_t kMemberEpochVersion = 9;
constexpr std::int32_t kNoGeneration = -1;

ErrorCode stale(const ConsumerCommitter& committer) {
  return committer.is_transactional ? ErrorCode::kIllegalGeneration : ErrorCode::kStaleMemberEpoch;
}

/// Commits of an operator, or of a producer that does not say for whom.
bool is_anybody(const StreamsGroup& group, const ConsumerCommitter& committer) {
  if (committer.epoch < 0 && group.is_empty()) return true;
  return committer.is_transactional && committer.epoch == kNoGeneration && committer.member.empty() &&
         !committer.instance_id;
}

std::optional<std::int32_t> epoch_in(const TaskEpochs& tasks, const std::string& subtopology,
                                     std::int32_t partition) {
  const auto of_subtopology = tasks.find(subtopology);
  if (of_subtopology == tasks.end()) return std::nullopt;
  const auto found = of_subtopology->second.find(partition);
  return found == of_subtopology->second.end() ? std::nullopt : std::optional(found->second);
}

}  // namespace

ErrorCode check_committer(const StreamsGroup& group, const ConsumerCommitter& committer) {
  if (is_anybody(group, committer)) return ErrorCode::kNone;
  const StreamsMember* member = group.find(committer.member);
  if (member == nullptr) return ErrorCode::kUnknownMemberId;
  if (!committer.is_transactional && committer.api_version < kMemberEpochVersion)
    return ErrorCode::kUnsupportedVersion;
  return committer.epoch > member->current.epoch ? stale(committer) : ErrorCode::kNone;
}

ErrorCode check_commit_of(const StreamsGroup& group, const ConsumerCommitter& committer,
                          std::string_view topic, std::int32_t partition) {
  if (is_anybody(group, committer)) return ErrorCode::kNone;
  const StreamsAssignment& current = group.find(committer.member)->current;
  if (committer.epoch == current.epoch) return ErrorCode::kNone;
  const Subtopology* reader = group.topology() == nullptr ? nullptr : reader_of(*group.topology(), topic);
  if (reader == nullptr) return stale(committer);
  auto assigned_at = epoch_in(current.assigned.active, reader->id, partition);
  if (!assigned_at) assigned_at = epoch_in(current.pending_revocation.active, reader->id, partition);
  return assigned_at && committer.epoch >= *assigned_at ? ErrorCode::kNone : stale(committer);
}

ErrorCode check_fetcher(const StreamsGroup& group, std::optional<std::string_view> member_id,
                        std::int32_t epoch) {
  if (!member_id && epoch < 0) return ErrorCode::kNone;
  const StreamsMember* member = member_id ? group.find(*member_id) : nullptr;
  if (member == nullptr) return ErrorCode::kUnknownMemberId;
  return member->current.epoch == epoch ? ErrorCode::kNone : ErrorCode::kStaleMemberEpoch;
}

}  // namespace moldau::coordinator
