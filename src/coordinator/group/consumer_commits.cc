#include "coordinator/group/consumer_commits.h"

namespace moldau::coordinator {
namespace {

/// The first version of OffsetCommit that members of the new protocol may use.
constexpr std::int16_t kMemberEpochVersion = 9;
constexpr std::int32_t kNoGeneration = -1;

ErrorCode stale(const ConsumerMember& member, bool is_transactional) {
  return member.is_classic() || is_transactional ? ErrorCode::kIllegalGeneration
                                                 : ErrorCode::kStaleMemberEpoch;
}

/// Commits of an operator, or of a producer that does not say for whom.
bool is_anybody(const ConsumerGroup& group, const ConsumerCommitter& committer) {
  if (committer.epoch < 0 && group.is_empty()) return true;
  return committer.is_transactional && committer.epoch == kNoGeneration && committer.member.empty() &&
         !committer.instance_id;
}

std::optional<std::int32_t> epoch_in(const AssignedPartitions& partitions, const Uuid& topic_id,
                                     std::int32_t partition) {
  const auto topic = partitions.find(topic_id);
  if (topic == partitions.end()) return std::nullopt;
  const auto found = topic->second.find(partition);
  return found == topic->second.end() ? std::nullopt : std::optional(found->second);
}

}  // namespace

ErrorCode check_committer(const ConsumerGroup& group, const ConsumerCommitter& committer) {
  if (is_anybody(group, committer)) return ErrorCode::kNone;
  const ConsumerMember* member = group.find(committer.member);
  if (member == nullptr) return ErrorCode::kUnknownMemberId;
  if (!committer.is_transactional && !member->is_classic() && committer.api_version < kMemberEpochVersion) {
    return ErrorCode::kUnsupportedVersion;
  }
  return committer.epoch > member->current.epoch ? stale(*member, committer.is_transactional)
                                                 : ErrorCode::kNone;
}

ErrorCode check_commit_of(const ConsumerGroup& group, const ConsumerCommitter& committer,
                          const Uuid& topic_id, std::int32_t partition) {
  if (is_anybody(group, committer)) return ErrorCode::kNone;
  const ConsumerMember& member = *group.find(committer.member);
  if (committer.epoch == member.current.epoch) return ErrorCode::kNone;
  auto assigned_at = epoch_in(member.current.assigned, topic_id, partition);
  if (!assigned_at) assigned_at = epoch_in(member.current.pending_revocation, topic_id, partition);
  return assigned_at && committer.epoch >= *assigned_at ? ErrorCode::kNone
                                                        : stale(member, committer.is_transactional);
}

ErrorCode check_fetcher(const ConsumerGroup& group, std::optional<std::string_view> member_id,
                        std::int32_t epoch) {
  if (!member_id && epoch < 0) return ErrorCode::kNone;
  const ConsumerMember* member = member_id ? group.find(*member_id) : nullptr;
  if (member == nullptr) return ErrorCode::kUnknownMemberId;
  return member->current.epoch == epoch ? ErrorCode::kNone : stale(*member, false);
}

}  // namespace moldau::coordinator
