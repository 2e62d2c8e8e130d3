#include <algorithm>
#include <cstdint>
#include <string>
#include <utility>

#include "coordinator/group/error_replies.h"
#include "coordinator/group/group_coordinator.h"
#include "coordinator/group/replies.h"

namespace moldau::coordinator {
namespace {

/// From this version on a commit to a group that is not there says so; before, it is an illegal generation.
constexpr std::int16_t kGroupIdNotFoundVersion = 9;
constexpr std::int64_t kDefaultRetention = -1;
constexpr std::int64_t kNoProducer = -1;

/// Java's String.length of a UTF-8 text.
std::size_t utf16_length(std::string_view text) {
  std::size_t units = 0;
  for (const char c : text) {
    const auto byte = static_cast<std::uint8_t>(c);
    if ((byte & 0xC0) != 0x80) units += byte >= 0xF0 ? 2 : 1;
  }
  return units;
}

template <class Partition>
StoredOffset stored(const Partition& partition, const Moment& at) {
  StoredOffset value;
  value.offset = partition.committed_offset;
  value.leader_epoch = partition.committed_leader_epoch;
  value.metadata = partition.committed_metadata.value_or("");
  value.commit_timestamp = at.wall_ms;
  return value;
}

}  // namespace

bool GroupCoordinator::is_metadata_too_large(std::optional<std::string_view> metadata) const {
  return metadata && utf16_length(*metadata) > static_cast<std::size_t>(config_.offset_metadata_max_bytes);
}

ErrorCode GroupCoordinator::check_commit_to(const ClassicGroup& group, const Committer& committer) {
  const bool is_empty = group.is_in(ClassicState::kEmpty);
  // Without a generation the commit comes from an operator or from a consumer outside of group management.
  if (committer.generation < 0 && is_empty) return ErrorCode::kNone;
  if (committer.generation >= 0 || !committer.member.empty() || committer.instance_id) {
    if (const ErrorCode error = group.check_member(committer.member, committer.instance_id);
        error != ErrorCode::kNone) {
      return error;
    }
    if (committer.generation != group.generation()) return ErrorCode::kIllegalGeneration;
  } else if (!committer.is_transactional) {
    return ErrorCode::kUnknownMemberId;
  }
  // The member knows the generation but not its assignment yet.
  if (!committer.is_transactional && group.is_in(ClassicState::kCompletingRebalance)) {
    return ErrorCode::kRebalanceInProgress;
  }
  return ErrorCode::kNone;
}

ErrorCode GroupCoordinator::check_commit(const RequestContext& context, const Committer& committer) {
  ClassicGroup* group = classic(committer.group);
  if (group == nullptr) {
    if (exists(committer.group)) return ErrorCode::kUnknownMemberId;
    if (committer.generation >= 0) {
      const bool tells = !committer.is_transactional && context.api_version >= kGroupIdNotFoundVersion;
      return tells ? ErrorCode::kGroupIdNotFound : ErrorCode::kIllegalGeneration;
    }
    group = &create_classic(committer.group, context.at.wall_ms);
  }
  return check_commit_to(*group, committer);
}

Answer<protocol::OffsetCommitResponse> GroupCoordinator::commit_offsets(
    const RequestContext& context, const protocol::OffsetCommitRequest& request) {
  Answer<protocol::OffsetCommitResponse> answer;
  const std::string group_id(request.group_id.value());
  const Committer committer{group_id, request.member_id, request.group_instance_id,
                            request.generation_id_or_member_epoch, false};
  auto& message = answer.reply.message;
  const ErrorCode error = check_commit(context, committer);
  message = reply_with_error<protocol::OffsetCommitResponse>(request, error);
  if (error != ErrorCode::kNone) return answer;
  ClassicGroup& group = *classic(group_id);
  if (group.is_in(ClassicState::kStable) || group.is_in(ClassicState::kPreparingRebalance)) {
    if (const ClassicMember* member = group.find(request.member_id)) {
      restart_session(answer.effects, context.at, group, *member);
    }
  }
  for (std::size_t t = 0; t < request.topics.size(); ++t) {
    const auto& topic = request.topics[t];
    for (std::size_t p = 0; p < topic.partitions.size(); ++p) {
      const auto& partition = topic.partitions[p];
      if (is_metadata_too_large(partition.committed_metadata)) {
        message.topics[t].partitions[p].error_code = ErrorCode::kOffsetMetadataTooLarge;
        continue;
      }
      StoredOffset value = stored(partition, context.at);
      value.topic_id = topic.topic_id;
      if (request.retention_time_ms != kDefaultRetention) {
        value.expire_timestamp = context.at.wall_ms + request.retention_time_ms;
      }
      take(answer.effects, context.at, kNoProducer,
           {{group_id, std::string(topic.name.value()), partition.partition_index}, std::move(value)});
    }
  }
  return answer;
}

Answer<protocol::TxnOffsetCommitResponse> GroupCoordinator::commit_transactional_offsets(
    const RequestContext& context, const protocol::TxnOffsetCommitRequest& request) {
  Answer<protocol::TxnOffsetCommitResponse> answer;
  const std::string group_id(request.group_id.value());
  const Committer committer{group_id, request.member_id, request.group_instance_id, request.generation_id,
                            true};
  auto& message = answer.reply.message;
  const ErrorCode error = group_id.empty() ? ErrorCode::kInvalidGroupId : check_commit(context, committer);
  message = reply_with_error<protocol::TxnOffsetCommitResponse>(request, error);
  if (error != ErrorCode::kNone) return answer;
  for (std::size_t t = 0; t < request.topics.size(); ++t) {
    const auto& topic = request.topics[t];
    for (std::size_t p = 0; p < topic.partitions.size(); ++p) {
      const auto& partition = topic.partitions[p];
      if (is_metadata_too_large(partition.committed_metadata)) {
        message.topics[t].partitions[p].error_code = ErrorCode::kOffsetMetadataTooLarge;
        continue;
      }
      take(answer.effects, context.at, request.producer_id.value(),
           {{group_id, std::string(topic.name.value()), partition.partition_index},
            stored(partition, context.at)});
    }
  }
  return answer;
}

ErrorCode GroupCoordinator::check_offset_delete(std::string_view group_id) const {
  if (group_id.empty()) return ErrorCode::kInvalidGroupId;
  const ClassicGroup* group = find_classic(group_id);
  if (group == nullptr) return exists(group_id) ? ErrorCode::kNonEmptyGroup : ErrorCode::kGroupIdNotFound;
  if (!group->is_in(ClassicState::kEmpty) && !group->uses_consumer_protocol())
    return ErrorCode::kNonEmptyGroup;
  return ErrorCode::kNone;
}

Answer<protocol::OffsetDeleteResponse> GroupCoordinator::delete_offsets(
    const RequestContext& context, const protocol::OffsetDeleteRequest& request) {
  Answer<protocol::OffsetDeleteResponse> answer;
  auto& message = answer.reply.message;
  const std::string group_id(request.group_id.value());
  message.error_code = check_offset_delete(group_id);
  if (message.error_code != ErrorCode::kNone) return answer;
  const ClassicGroup& group = *find_classic(group_id);
  message = reply_with_error<protocol::OffsetDeleteResponse>(request, ErrorCode::kNone);
  for (auto& topic : message.topics) {
    const bool is_subscribed = group.is_subscribed_to(topic.name.value());
    for (auto& partition : topic.partitions) {
      if (is_subscribed) {
        partition.error_code = ErrorCode::kGroupSubscribedToTopic;
        continue;
      }
      const OffsetKey key{group_id, std::string(topic.name.value()), partition.partition_index};
      if (offsets_.find(key) != nullptr || offsets_.has_open(key)) {
        take(answer.effects, context.at, kNoProducer, {key, std::nullopt});
      }
    }
  }
  return answer;
}

}  // namespace moldau::coordinator
