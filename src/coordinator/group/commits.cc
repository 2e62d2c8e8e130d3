#include <algorithm>
#include <cstdint>
#include <string>
#include <utility>

#include "base/utf16.h"
#include "coordinator/group/consumer_commits.h"
#include "coordinator/group/error_replies.h"
#include "coordinator/group/group_coordinator.h"
#include "coordinator/group/replies.h"
#include "coordinator/group/streams_commits.h"

namespace moldau::coordinator {
namespace {

/// From this version on a commit to a group that is not there says so; before, it is an illegal generation.
constexpr std::int16_t kGroupIdNotFoundVersion = 9;
constexpr std::int64_t kDefaultRetention = -1;
constexpr std::int64_t kNoProducer = -1;

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
  return metadata &&
         utf16_length(*metadata) > static_cast<std::size_t>(store_.config().offset_metadata_max_bytes);
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

ConsumerCommitter GroupCoordinator::consumer_committer(const RequestContext& context,
                                                       const Committer& committer) {
  return {.member = committer.member,
          .instance_id = committer.instance_id,
          .epoch = committer.generation,
          .is_transactional = committer.is_transactional,
          .api_version = context.api_version};
}

template <class Request>
ErrorCode GroupCoordinator::check_partitions(const RequestContext& context, const Committer& committer,
                                             const Request& request) const {
  const auto* group = store_.consumer(committer.group);
  const auto* streams = store_.streams(committer.group);
  if (group == nullptr && streams == nullptr) return ErrorCode::kNone;
  const ConsumerCommitter by = consumer_committer(context, committer);
  for (const auto& topic : request.topics) {
    std::optional<Uuid> id = store_.topics().id_of(topic.name.value());
    if constexpr (requires { topic.topic_id; }) {
      if (!topic.topic_id.is_zero()) id = topic.topic_id;
    }
    for (const auto& partition : topic.partitions) {
      if (is_metadata_too_large(partition.committed_metadata)) continue;
      const ErrorCode error =
          group != nullptr ? check_commit_of(*group, by, id.value_or(Uuid()), partition.partition_index)
                           : check_commit_of(*streams, by, topic.name.value(), partition.partition_index);
      if (error != ErrorCode::kNone) return error;
    }
  }
  return ErrorCode::kNone;
}

ErrorCode GroupCoordinator::check_commit(const RequestContext& context, const Committer& committer) {
  if (const auto* consumer = store_.consumer(committer.group)) {
    return check_committer(*consumer, consumer_committer(context, committer));
  }
  if (const auto* streams = store_.streams(committer.group)) {
    return check_committer(*streams, consumer_committer(context, committer));
  }
  if (store_.share(committer.group) != nullptr) return ErrorCode::kGroupIdNotFound;
  ClassicGroup* group = store_.classic(committer.group);
  if (group == nullptr) {
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
  ErrorCode error = check_commit(context, committer);
  if (error == ErrorCode::kNone) error = check_partitions(context, committer, request);
  message = reply_with_error<protocol::OffsetCommitResponse>(request, error);
  if (error != ErrorCode::kNone) return answer;
  const ClassicGroup* group = store_.classic(group_id);
  if (group != nullptr &&
      (group->is_in(ClassicState::kStable) || group->is_in(ClassicState::kPreparingRebalance))) {
    if (const ClassicMember* member = group->find(request.member_id)) {
      restart_session(answer.effects, context.at, *group, *member);
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
  store_.counters().committed_offsets += answer.effects.records.size();
  return answer;
}

Answer<protocol::TxnOffsetCommitResponse> GroupCoordinator::commit_transactional_offsets(
    const RequestContext& context, const protocol::TxnOffsetCommitRequest& request) {
  Answer<protocol::TxnOffsetCommitResponse> answer;
  const std::string group_id(request.group_id.value());
  const Committer committer{group_id, request.member_id, request.group_instance_id, request.generation_id,
                            true};
  auto& message = answer.reply.message;
  ErrorCode error = group_id.empty() ? ErrorCode::kInvalidGroupId : check_commit(context, committer);
  if (error == ErrorCode::kNone) error = check_partitions(context, committer, request);
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
  store_.counters().committed_offsets += answer.effects.records.size();
  return answer;
}

ErrorCode GroupCoordinator::check_offset_delete(std::string_view group_id) const {
  if (group_id.empty()) return ErrorCode::kInvalidGroupId;
  if (store_.consumer(group_id) != nullptr || store_.streams(group_id) != nullptr) return ErrorCode::kNone;
  if (store_.share(group_id) != nullptr) return ErrorCode::kGroupIdNotFound;
  const ClassicGroup* group = store_.classic(group_id);
  if (group == nullptr) return ErrorCode::kGroupIdNotFound;
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
  message = reply_with_error<protocol::OffsetDeleteResponse>(request, ErrorCode::kNone);
  for (auto& topic : message.topics) {
    const bool is_subscribed = is_subscribed_to(group_id, topic.name.value());
    for (auto& partition : topic.partitions) {
      if (is_subscribed) {
        partition.error_code = ErrorCode::kGroupSubscribedToTopic;
        continue;
      }
      const OffsetKey key{group_id, std::string(topic.name.value()), partition.partition_index};
      if (store_.offsets().find(key) != nullptr || store_.offsets().has_open(key)) {
        take(answer.effects, context.at, kNoProducer, {key, std::nullopt});
      }
    }
  }
  store_.counters().deleted_offsets += answer.effects.records.size();
  return answer;
}

}  // namespace moldau::coordinator
