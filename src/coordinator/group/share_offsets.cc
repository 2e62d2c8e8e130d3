#include <algorithm>
#include <array>
#include <cstddef>
#include <string>
#include <utility>

#include "coordinator/group/share_groups.h"

/// What administrators ask of a share group's offsets: to be set, or deleted.
namespace moldau::coordinator {
namespace {

using AlterRequest = protocol::AlterShareGroupOffsetsRequest;
using AlterResponse = protocol::AlterShareGroupOffsetsResponse;
using AlteredPartition = AlterResponse::AlterShareGroupOffsetsResponsePartition;
using DeletedTopicResult = protocol::DeleteShareGroupOffsetsResponse::DeleteShareGroupOffsetsResponseTopic;

constexpr std::string_view kNotEmpty = "The group is not empty.";
constexpr std::string_view kUnknownPartition = "This server does not host this topic-partition.";
constexpr std::string_view kNothingToDelete = "There is no offset information to delete.";

AlteredPartition altered(std::int32_t partition, bool is_known) {
  AlteredPartition result;
  result.partition_index = partition;
  if (!is_known) {
    result.error_code = ErrorCode::kUnknownTopicOrPartition;
    result.error_message = kUnknownPartition;
  }
  return result;
}

/// Answers the request and gives what of it there is to do. The last start offset of a partition counts.
AlterResponse answer_alteration(const AlterRequest& request, const TopicsView& topics,
                                ShareStartOffsets& start_offsets) {
  AlterResponse response;
  for (const auto& topic : request.topics) {
    auto& answered = response.responses.emplace_back();
    answered.topic_name = topic.topic_name;
    const auto topic_id = topics.id_of(topic.topic_name.value());
    if (topic_id) answered.topic_id = *topic_id;
    const std::int32_t count = topic_id ? topics.partition_count(*topic_id).value_or(0) : 0;
    if (topic_id) start_offsets[*topic_id];
    for (const auto& partition : topic.partitions) {
      const bool is_known = topic_id && partition.partition_index < count;
      answered.partitions.push_back(altered(partition.partition_index, is_known));
      if (is_known) start_offsets[*topic_id][partition.partition_index] = partition.start_offset;
    }
  }
  return response;
}

DeletedTopicResult refused(TopicName name, std::string_view message) {
  DeletedTopicResult result;
  result.topic_name = name;
  result.error_code = ErrorCode::kUnknownTopicOrPartition;
  result.error_message = message;
  return result;
}

}  // namespace

Answer<ShareOffsetsAlteration> ShareGroups::alter_offsets(const RequestContext& context,
                                                          const AlterRequest& request) {
  Answer<ShareOffsetsAlteration> answer;
  AlterResponse& response = answer.reply.message.response;
  const ShareUpdateContext update_with = this->context(context.at, request.group_id.value());
  auto update = open(request.group_id.value(), true, update_with);
  if (!update) {
    response.error_code = update.error().code;
    response.error_message = answer.reply.keep(std::move(update).error().message);
    return answer;
  }
  if (!update->group().is_empty()) {
    response.error_code = ErrorCode::kNonEmptyGroup;
    response.error_message = kNotEmpty;
    return answer;
  }
  ShareStartOffsets start_offsets;
  response = answer_alteration(request, store_.topics(), start_offsets);
  answer.reply.message.initialize = update->alter_offsets(start_offsets);
  take(*std::move(update), answer.effects);
  return answer;
}

template <class Step>
Answer<ErrorCode> ShareGroups::change(const Moment& at, std::string_view group_id, Step step) {
  Answer<ErrorCode> answer;
  answer.reply.message = ErrorCode::kNone;
  const ShareGroup* group = store_.share(group_id);
  if (group == nullptr) return answer;
  const ShareUpdateContext update_with = context(at, group_id);
  ShareGroupUpdate update(std::string(group_id), *group, update_with);
  step(update);
  take(std::move(update), answer.effects);
  return answer;
}

Answer<ErrorCode> ShareGroups::states_initialized(const Moment& at, std::string_view group,
                                                  const PartitionSets& partitions) {
  return change(at, group, [&](ShareGroupUpdate& update) { update.states_initialized(partitions); });
}

Answer<ErrorCode> ShareGroups::states_refused(const Moment& at, std::string_view group,
                                              const PartitionSets& partitions) {
  return change(at, group, [&](ShareGroupUpdate& update) { update.states_refused(partitions); });
}

Answer<ErrorCode> ShareGroups::finish_offsets_deletion(const Moment& at, std::string_view group,
                                                       const std::set<Uuid>& topics) {
  return change(at, group, [&](ShareGroupUpdate& update) { update.finish_offsets_deletion(topics); });
}

Answer<ShareStateDeletion> ShareGroups::begin_deletion(const Moment& at, std::string_view group_id) {
  Answer<ShareStateDeletion> answer;
  const ShareGroup* group = store_.share(group_id);
  if (group == nullptr) return answer;
  ShareStateDeletion& deletion = answer.reply.message;
  if (!group->is_empty()) {
    deletion.error = ErrorCode::kNonEmptyGroup;
    return answer;
  }
  const ShareUpdateContext update_with = context(at, group_id);
  ShareGroupUpdate update(std::string(group_id), *group, update_with);
  deletion.partitions = update.begin_deletion();
  take(std::move(update), answer.effects);
  return answer;
}

Answer<ShareStateDeletion> ShareGroups::begin_offsets_deletion(
    const Moment& at, const protocol::DeleteShareGroupOffsetsRequest& request) {
  Answer<ShareStateDeletion> answer;
  ShareStateDeletion& deletion = answer.reply.message;
  const std::string_view group_id = request.group_id.value();
  const ShareGroup* group = store_.share(group_id);
  if (group == nullptr || !group->is_empty()) {
    deletion.error = group == nullptr ? ErrorCode::kGroupIdNotFound : ErrorCode::kNonEmptyGroup;
    deletion.message =
        group == nullptr ? answer.reply.keep(no_such_group(store_, group_id, GroupType::kShare)) : kNotEmpty;
    return answer;
  }
  if (group->states() == nullptr) return answer;
  const ShareUpdateContext update_with = context(at, group_id);
  ShareGroupUpdate update(std::string(group_id), *group, update_with);
  std::set<Uuid> topics;
  for (const auto& topic : request.topics) {
    const auto topic_id = store_.topics().id_of(topic.topic_name.value());
    if (topic_id && (topics.contains(*topic_id) || update.has_state_to_delete(*topic_id))) {
      topics.insert(*topic_id);
    } else {
      deletion.answered.push_back(refused(topic.topic_name, topic_id ? kNothingToDelete : kUnknownPartition));
    }
  }
  deletion.partitions = update.begin_offsets_deletion(topics);
  take(std::move(update), answer.effects);
  return answer;
}

}  // namespace moldau::coordinator
