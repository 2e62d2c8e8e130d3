#include "api/share_group_offsets.h"

#include <algorithm>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "api/error_text.h"
#include "api/group_access.h"
#include "api/share_group.h"
#include "coordinator/group/share_groups.h"
#include "runtime/share_group_states.h"

namespace moldau::api {
namespace {

using coordinator::GroupCoordinator;
using coordinator::RequestContext;
using coordinator::ShareOffsetsAlteration;
using coordinator::ShareStateDeletion;
using protocol::AlterShareGroupOffsetsRequest;
using protocol::AlterShareGroupOffsetsResponse;
using protocol::DeleteShareGroupOffsetsRequest;
using protocol::DeleteShareGroupOffsetsResponse;
using runtime::Task;
using AlteredTopic = AlterShareGroupOffsetsResponse::AlterShareGroupOffsetsResponseTopic;
using DeletedTopic = DeleteShareGroupOffsetsResponse::DeleteShareGroupOffsetsResponseTopic;

template <class Response>
Response failed(ErrorCode error, std::optional<std::string_view> message = std::nullopt) {
  Response response;
  response.error_code = error;
  response.error_message = message.value_or(error_text(error));
  return response;
}

/// Leaves the topics that are there in `request`; the others are answered.
void refuse_unknown(const Context& context, AlterShareGroupOffsetsRequest& request,
                    AlterShareGroupOffsetsResponse& response) {
  std::erase_if(request.topics, [&](const auto& topic) {
    if (context.cluster->image.topic(topic.topic_name.value()) != nullptr) return false;
    auto& refused = response.responses.emplace_back();
    refused.topic_name = topic.topic_name;
    for (const auto& partition : topic.partitions) {
      auto& result = refused.partitions.emplace_back();
      result.partition_index = partition.partition_index;
      result.error_code = ErrorCode::kUnknownTopicOrPartition;
      result.error_message = error_text(result.error_code);
    }
    return true;
  });
}

/// Where the share coordinators refused a partition, the answer says so.
void note_refusals(
    const runtime::PersistedStates<coordinator::ShareCoordinator::InitializeResult>& initialized,
    std::vector<AlteredTopic>& topics) {
  for (const auto& [topic_id, outcome] : initialized) {
    if (outcome.error_code == ErrorCode::kNone) continue;
    const auto topic = std::ranges::find(topics, topic_id, &AlteredTopic::topic_id);
    if (topic == topics.end()) continue;
    for (auto& partition : topic->partitions) {
      if (partition.partition_index != outcome.partition || partition.error_code != ErrorCode::kNone)
        continue;
      partition.error_code = outcome.error_code;
      partition.error_message = outcome.error_message.value_or(error_text(outcome.error_code));
    }
  }
}

/// Tells the group's coordinator that the state of those topics is gone. The error, if it cannot be written.
Task<ErrorCode> finish_deletion(Context& context, std::string_view group, const std::set<Uuid>& topics) {
  co_return co_await ask_for_decision<ErrorCode>(
      context, group, coordinator_context(context, ""),
      [&](GroupCoordinator& coordinator, const RequestContext& asked) {
        return coordinator.share_groups().finish_offsets_deletion(asked.at, group, topics);
      },
      [](ErrorCode error) { return error; });
}

DeletedTopic deleted_topic(Context& context, const Uuid& topic_id, ErrorCode error) {
  DeletedTopic result;
  const metadata::Topic* topic = context.cluster->image.topic(topic_id);
  result.topic_name = TopicName(topic == nullptr ? "" : context.keep(std::string(topic->name())));
  result.topic_id = topic_id;
  result.error_code = error;
  if (error != ErrorCode::kNone) result.error_message = error_text(error);
  return result;
}

}  // namespace

Task<AlterShareGroupOffsetsResponse> alter_share_group_offsets(Context& context,
                                                               const AlterShareGroupOffsetsRequest& request) {
  using Response = AlterShareGroupOffsetsResponse;
  if (!has_share_groups(context)) co_return failed<Response>(ErrorCode::kUnsupportedVersion);
  if (request.group_id.value().empty()) co_return failed<Response>(ErrorCode::kInvalidGroupId);
  Response response;
  AlterShareGroupOffsetsRequest known = request;
  refuse_unknown(context, known, response);
  ShareOffsetsAlteration altered = co_await ask_for_decision<ShareOffsetsAlteration>(
      context, request.group_id.value(), coordinator_context(context, ""),
      [&known](GroupCoordinator& coordinator, const RequestContext& asked) {
        return coordinator.share_groups().alter_offsets(asked, known);
      },
      [](ErrorCode error) {
        ShareOffsetsAlteration refused;
        refused.response = failed<Response>(error);
        return refused;
      });
  if (altered.response.error_code != ErrorCode::kNone) co_return std::move(altered.response);
  if (!altered.initialize.start_offsets.empty()) {
    const auto initialized = co_await runtime::begin_share_states(
        context.node, context.shard, std::move(altered.initialize), runtime::OnRefusal::kLeave);
    note_refusals(initialized, altered.response.responses);
  }
  for (AlteredTopic& topic : altered.response.responses)
    response.responses.push_back(std::move(topic));
  co_return response;
}

Task<DeleteShareGroupOffsetsResponse> delete_share_group_offsets(
    Context& context, const DeleteShareGroupOffsetsRequest& request) {
  using Response = DeleteShareGroupOffsetsResponse;
  if (!has_share_groups(context)) co_return failed<Response>(ErrorCode::kUnsupportedVersion);
  const std::string_view group = request.group_id.value();
  if (group.empty()) co_return failed<Response>(ErrorCode::kInvalidGroupId);
  ShareStateDeletion deletion = co_await ask_for_decision<ShareStateDeletion>(
      context, group, coordinator_context(context, ""),
      [&request](GroupCoordinator& coordinator, const RequestContext& asked) {
        return coordinator.share_groups().begin_offsets_deletion(asked.at, request);
      },
      [](ErrorCode error) { return ShareStateDeletion{.error = error, .message = error_text(error)}; });
  if (deletion.error != ErrorCode::kNone) co_return failed<Response>(deletion.error, deletion.message);
  const auto deleted = co_await runtime::delete_share_states(context.node, context.shard, std::string(group),
                                                             std::move(deletion.partitions));
  std::map<Uuid, ErrorCode> outcomes;
  for (const auto& [topic_id, outcome] : deleted) {
    ErrorCode& error = outcomes[topic_id];
    if (error == ErrorCode::kNone) error = outcome.error_code;
  }
  std::set<Uuid> gone;
  for (const auto& [topic_id, error] : outcomes) {
    if (error == ErrorCode::kNone) gone.insert(topic_id);
  }
  if (!gone.empty()) {
    if (const ErrorCode error = co_await finish_deletion(context, group, gone); error != ErrorCode::kNone)
      co_return failed<Response>(error);
  }
  Response response;
  for (const Uuid& topic_id : gone)
    response.responses.push_back(deleted_topic(context, topic_id, ErrorCode::kNone));
  for (DeletedTopic& topic : deletion.answered)
    response.responses.push_back(std::move(topic));
  for (const auto& [topic_id, error] : outcomes) {
    if (error != ErrorCode::kNone) response.responses.push_back(deleted_topic(context, topic_id, error));
  }
  co_return response;
}

}  // namespace moldau::api
