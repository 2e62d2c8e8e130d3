#include "api/group_deletion.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <iterator>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "api/group_access.h"
#include "coordinator/group/share_groups.h"
#include "runtime/share_persister.h"

namespace moldau::api {
namespace {

using coordinator::GroupCoordinator;
using coordinator::ShareStateDeletion;
using protocol::DeleteGroupsResponse;
using protocol::OffsetDeleteRequest;
using protocol::OffsetDeleteResponse;
using runtime::Task;

using Names = std::vector<std::string_view>;

DeleteGroupsResponse refused_groups(const Names& groups, ErrorCode error) {
  DeleteGroupsResponse response;
  for (const std::string_view group : groups)
    response.results.push_back({.group_id = GroupId(group), .error_code = error, .unknown_tags = {}});
  return response;
}

void add(DeleteGroupsResponse more, DeleteGroupsResponse& response) {
  std::ranges::move(more.results, std::back_inserter(response.results));
}

/// What a share group leaves behind with the share coordinators goes first. The error that keeps it.
Task<ErrorCode> delete_share_state(Context& context, std::string_view group) {
  ShareStateDeletion deletion = co_await ask_for_decision<ShareStateDeletion>(
      context, group, coordinator_context(context, ""),
      [group](GroupCoordinator& coordinator, const coordinator::RequestContext& asked) {
        return coordinator.share_groups().begin_deletion(asked.at, group);
      },
      [](ErrorCode error) { return ShareStateDeletion{.error = error}; });
  if (deletion.error != ErrorCode::kNone) co_return deletion.error;
  const auto deleted = co_await runtime::delete_share_states(context.node, context.shard, std::string(group),
                                                             std::move(deletion.partitions));
  for (const auto& [topic_id, outcome] : deleted) {
    if (outcome.error_code != ErrorCode::kNone) co_return outcome.error_code;
  }
  co_return ErrorCode::kNone;
}

/// Groups of one coordinator: the others of them stay, too, where they cannot be written together.
Task<DeleteGroupsResponse> delete_together(Context& context, const Names& groups) {
  DeleteGroupsResponse response;
  Names rest;
  for (const std::string_view group : groups) {
    const ErrorCode error = co_await delete_share_state(context, group);
    if (error == ErrorCode::kNone) {
      rest.push_back(group);
    } else {
      add(refused_groups({group}, error), response);
    }
  }
  if (rest.empty()) co_return response;
  auto deleted = co_await ask_for_decision<DeleteGroupsResponse>(
      context, rest.front(), coordinator_context(context, ""),
      [&rest](GroupCoordinator& coordinator, const coordinator::RequestContext& asked) {
        return coordinator.delete_groups(asked, rest);
      },
      [&rest](ErrorCode error) { return refused_groups(rest, error); });
  add(std::move(deleted), response);
  co_return response;
}

/// The groups by the coordinators that keep them, each once.
std::vector<Names> by_coordinator(const Context& context, const std::vector<GroupId>& groups) {
  std::vector<Names> all;
  std::map<std::int32_t, std::size_t> places;
  std::set<std::string_view> known;
  for (const GroupId& group : groups) {
    if (!known.insert(group.value()).second) continue;
    const auto partition =
        runtime::coordinator_partition(context.cluster->image, runtime::kOffsetsTopic, group.value());
    const auto place = partition ? places.emplace(*partition, all.size()).first->second : all.size();
    if (place == all.size()) all.emplace_back();
    all[place].push_back(group.value());
  }
  return all;
}

/// Leaves the partitions that are there in `request`; the others are answered.
void refuse_unknown(const Context& context, OffsetDeleteRequest& request, OffsetDeleteResponse& response) {
  for (auto& topic : request.topics) {
    const metadata::Topic* found = context.cluster->image.topic(topic.name.value());
    OffsetDeleteResponse::OffsetDeleteResponseTopic refused;
    refused.name = topic.name;
    std::erase_if(topic.partitions, [&](const auto& partition) {
      if (found != nullptr && found->find(partition.partition_index) != nullptr) return false;
      refused.partitions.push_back(
          {.partition_index = partition.partition_index, .error_code = ErrorCode::kUnknownTopicOrPartition});
      return true;
    });
    if (!refused.partitions.empty()) response.topics.push_back(std::move(refused));
  }
  std::erase_if(request.topics, [](const auto& topic) { return topic.partitions.empty(); });
}

/// Adds what the coordinator says to the answers that are there.
void merge(OffsetDeleteResponse answered, OffsetDeleteResponse& response) {
  for (auto& topic : answered.topics) {
    const auto same = std::ranges::find(response.topics, topic.name,
                                        &OffsetDeleteResponse::OffsetDeleteResponseTopic::name);
    if (same == response.topics.end()) {
      response.topics.push_back(std::move(topic));
    } else {
      same->partitions.insert(same->partitions.end(), topic.partitions.begin(), topic.partitions.end());
    }
  }
}

}  // namespace

Task<DeleteGroupsResponse> delete_groups(Context& context, const protocol::DeleteGroupsRequest& request) {
  DeleteGroupsResponse response;
  for (const Names& groups : by_coordinator(context, request.groups_names))
    add(co_await delete_together(context, groups), response);
  co_return response;
}

Task<OffsetDeleteResponse> offset_delete(Context& context, const OffsetDeleteRequest& request) {
  OffsetDeleteResponse response;
  if (request.group_id.value().empty()) {
    response.error_code = ErrorCode::kInvalidGroupId;
    co_return response;
  }
  OffsetDeleteRequest known = request;
  refuse_unknown(context, known, response);
  const auto refuse = [](ErrorCode error) {
    OffsetDeleteResponse refused;
    refused.error_code = error;
    return refused;
  };
  auto answered = co_await ask_for_decision<OffsetDeleteResponse>(
      context, request.group_id.value(), coordinator_context(context, ""),
      [&known](GroupCoordinator& coordinator, const coordinator::RequestContext& asked) {
        return coordinator.delete_offsets(asked, known);
      },
      refuse);
  if (answered.error_code != ErrorCode::kNone) co_return answered;
  merge(std::move(answered), response);
  co_return response;
}

}  // namespace moldau::api
