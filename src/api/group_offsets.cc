#include "api/group_offsets.h"

#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "api/group_access.h"
#include "coordinator/group/error_replies.h"

namespace moldau::api {
namespace {

using coordinator::GroupCoordinator;
using protocol::OffsetCommitRequest;
using protocol::OffsetCommitResponse;
using protocol::OffsetFetchRequest;
using protocol::OffsetFetchResponse;
using runtime::GroupPartition;
using runtime::Task;
using Group = OffsetFetchRequest::OffsetFetchRequestGroup;
using GroupReply = OffsetFetchResponse::OffsetFetchResponseGroup;

/// The part of a commit that the coordinator is to judge, and the answers for what is not known here.
struct SortedCommit {
  OffsetCommitRequest known;
  OffsetCommitResponse refused;
};

SortedCommit sort_commit(const Context& context, const OffsetCommitRequest& request) {
  const bool by_id = context.request.version >= 10;
  SortedCommit sorted;
  sorted.known = request;
  sorted.known.topics.clear();
  for (const auto& topic : request.topics) {
    const metadata::Topic* found = by_id ? context.cluster->image.topic(topic.topic_id)
                                         : context.cluster->image.topic(topic.name.value());
    const TopicName name = found != nullptr ? TopicName(found->name()) : topic.name;
    const Uuid id = found != nullptr ? found->id() : topic.topic_id;
    OffsetCommitRequest::OffsetCommitRequestTopic known{
        .name = name, .topic_id = id, .partitions = {}, .unknown_tags = {}};
    OffsetCommitResponse::OffsetCommitResponseTopic refused{
        .name = name, .topic_id = id, .partitions = {}, .unknown_tags = {}};
    for (const auto& partition : topic.partitions) {
      if (found != nullptr && found->find(partition.partition_index) != nullptr) {
        known.partitions.push_back(partition);
        continue;
      }
      const ErrorCode error =
          found == nullptr && by_id ? ErrorCode::kUnknownTopicId : ErrorCode::kUnknownTopicOrPartition;
      refused.partitions.push_back(
          {.partition_index = partition.partition_index, .error_code = error, .unknown_tags = {}});
    }
    if (!known.partitions.empty()) sorted.known.topics.push_back(std::move(known));
    if (!refused.partitions.empty()) sorted.refused.topics.push_back(std::move(refused));
  }
  return sorted;
}

/// Adds the coordinator's answers to those for unknown partitions, which come first.
void merge(OffsetCommitResponse answered, OffsetCommitResponse& response) {
  std::map<std::pair<std::string_view, Uuid>, std::size_t> refused;
  for (std::size_t i = 0; i < response.topics.size(); ++i) {
    refused.try_emplace({response.topics[i].name.value(), response.topics[i].topic_id}, i);
  }
  for (auto& topic : answered.topics) {
    const auto same = refused.find({topic.name.value(), topic.topic_id});
    if (same == refused.end()) {
      response.topics.push_back(std::move(topic));
      continue;
    }
    auto& partitions = response.topics[same->second].partitions;
    partitions.insert(partitions.end(), topic.partitions.begin(), topic.partitions.end());
  }
}

/// One group's fetch with names for ids; partitions of unknown ids are answered at once.
GroupReply refused_group(const Group& group, ErrorCode error) {
  GroupReply reply;
  reply.group_id = group.group_id;
  reply.error_code = error;
  return reply;
}

Task<GroupReply> fetch_group(Context& context, Group group, bool require_stable) {
  const bool by_id = context.request.version >= 10;
  std::vector<OffsetFetchResponse::OffsetFetchResponseTopics> unknown;
  if (by_id && group.topics) {
    std::vector<OffsetFetchRequest::OffsetFetchRequestTopics> known;
    for (auto& topic : *group.topics) {
      if (const metadata::Topic* found = context.cluster->image.topic(topic.topic_id)) {
        topic.name = TopicName(found->name());
        known.push_back(std::move(topic));
        continue;
      }
      auto& refused = unknown.emplace_back();
      refused.topic_id = topic.topic_id;
      for (const std::int32_t partition : topic.partition_indexes) {
        refused.partitions.push_back({.partition_index = partition,
                                      .committed_offset = -1,
                                      .metadata = "",
                                      .error_code = ErrorCode::kUnknownTopicId,
                                      .unknown_tags = {}});
      }
    }
    group.topics = std::move(known);
  }
  const auto refuse = [&group](ErrorCode error) { return refused_group(group, error); };
  GroupReply reply = co_await ask_coordinator<GroupReply>(
      context, group.group_id.value(),
      [&](GroupPartition& groups) { return groups.fetch_offsets(group, require_stable, refuse); }, refuse);
  if (by_id) {
    // What was committed for a topic that is gone has no id any more, and no place in this version.
    std::erase_if(reply.topics, [&](auto& topic) {
      const metadata::Topic* found = context.cluster->image.topic(topic.name.value());
      if (found != nullptr) topic.topic_id = found->id();
      return found == nullptr;
    });
  }
  for (auto& topic : unknown) {
    reply.topics.push_back(std::move(topic));
  }
  co_return reply;
}

/// The only group of a request before version 8, in the form of the later ones.
Group only_group(const Context& context, const OffsetFetchRequest& request) {
  Group group;
  group.group_id = request.group_id;
  // Version 1 has no way to ask for all: an empty list means none there.
  if (!request.topics && context.request.version >= 2) {
    group.topics.reset();
    return group;
  }
  group.topics.emplace();
  for (const auto& topic :
       request.topics.value_or(std::vector<OffsetFetchRequest::OffsetFetchRequestTopic>())) {
    group.topics->push_back(
        {.name = topic.name, .partition_indexes = topic.partition_indexes, .unknown_tags = {}});
  }
  return group;
}

OffsetFetchResponse in_old_form(const Context& context, const OffsetFetchRequest& request,
                                GroupReply& group) {
  OffsetFetchResponse response;
  if (context.request.version >= 2) response.error_code = group.error_code;
  for (auto& topic : group.topics) {
    auto& answered = response.topics.emplace_back();
    answered.name = topic.name;
    for (auto& partition : topic.partitions) {
      answered.partitions.push_back(
          {.partition_index = partition.partition_index,
           .committed_offset = partition.committed_offset,
           .committed_leader_epoch = context.request.version >= 5 ? partition.committed_leader_epoch : -1,
           .metadata = partition.metadata,
           .error_code = partition.error_code,
           .unknown_tags = {}});
    }
  }
  if (context.request.version >= 2 || group.error_code == ErrorCode::kNone) return response;
  // Version 1 tells a group's error in every partition.
  for (const auto& topic :
       request.topics.value_or(std::vector<OffsetFetchRequest::OffsetFetchRequestTopic>())) {
    auto& answered = response.topics.emplace_back();
    answered.name = topic.name;
    for (const std::int32_t partition : topic.partition_indexes) {
      answered.partitions.push_back({.partition_index = partition,
                                     .committed_offset = -1,
                                     .metadata = "",
                                     .error_code = group.error_code,
                                     .unknown_tags = {}});
    }
  }
  return response;
}

}  // namespace

Task<OffsetCommitResponse> offset_commit(Context& context, const OffsetCommitRequest& request) {
  const std::string host = "/" + std::string(context.request.client_host);
  SortedCommit sorted = sort_commit(context, request);
  const auto refuse = [&sorted](ErrorCode error) {
    return coordinator::reply_with_error<OffsetCommitResponse>(sorted.known, error);
  };
  OffsetCommitResponse response = std::move(sorted.refused);
  if (!sorted.known.topics.empty() || response.topics.empty()) {
    auto answered = co_await ask_for_decision<OffsetCommitResponse>(
        context, request.group_id.value(), coordinator_context(context, host),
        [&sorted](GroupCoordinator& coordinator, const coordinator::RequestContext& asked) {
          return coordinator.commit_offsets(asked, sorted.known);
        },
        refuse);
    merge(std::move(answered), response);
  }
  // Names are known to the log; on the wire each version has its own key.
  for (auto& topic : response.topics) {
    if (context.request.version >= 10) {
      topic.name = TopicName();
    } else {
      topic.topic_id = Uuid();
    }
  }
  co_return response;
}

Task<OffsetFetchResponse> offset_fetch(Context& context, const OffsetFetchRequest& request) {
  if (context.request.version < 8) {
    GroupReply group = co_await fetch_group(context, only_group(context, request), request.require_stable);
    co_return in_old_form(context, request, group);
  }
  OffsetFetchResponse response;
  for (const Group& group : request.groups) {
    GroupReply reply = co_await fetch_group(context, group, request.require_stable);
    for (auto& topic : reply.topics) {
      if (context.request.version >= 10) {
        topic.name = TopicName();
      } else {
        topic.topic_id = Uuid();
      }
    }
    response.groups.push_back(std::move(reply));
  }
  co_return response;
}

}  // namespace moldau::api
