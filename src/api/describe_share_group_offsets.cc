#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "api/ask_partition.h"
#include "api/error_text.h"
#include "api/group_access.h"
#include "api/share_group.h"
#include "api/share_group_offsets.h"
#include "coordinator/group/share_groups.h"
#include "runtime/partition.h"
#include "runtime/share_persister.h"
#include "runtime/together.h"

namespace moldau::api {
namespace {

using protocol::DescribeShareGroupOffsetsRequest;
using protocol::DescribeShareGroupOffsetsResponse;
using runtime::OffsetOutcome;
using runtime::Task;
using DescribedGroup = DescribeShareGroupOffsetsResponse::DescribeShareGroupOffsetsResponseGroup;
using DescribedTopic = DescribeShareGroupOffsetsResponse::DescribeShareGroupOffsetsResponseTopic;
using DescribedPartition = DescribeShareGroupOffsetsResponse::DescribeShareGroupOffsetsResponsePartition;
using Summary = coordinator::ShareCoordinator::SummaryResult;

constexpr std::int64_t kNoOffset = -1;
constexpr std::int64_t kNoLag = -1;
constexpr std::int32_t kNoCount = -1;
constexpr std::int32_t kAnyLeaderEpoch = -1;

DescribedPartition without_offset(std::int32_t partition) {
  DescribedPartition described;
  described.partition_index = partition;
  described.start_offset = kNoOffset;
  described.lag = kNoLag;
  return described;
}

DescribedGroup failed(GroupId group, ErrorCode error) {
  DescribedGroup described;
  described.group_id = group;
  described.error_code = error;
  return described;
}

bool has_lag(const Summary& summary) {
  return summary.error_code == ErrorCode::kNone && summary.start_offset != kNoOffset &&
         summary.delivery_complete_count != kNoCount;
}

/// Describes a partition from what its share coordinator knows, with the lag behind the partition's end.
Task<void> describe_partition(Context& context, TopicName topic, const Summary& summary,
                              DescribedPartition& described) {
  described = without_offset(summary.partition);
  if (summary.error_code == ErrorCode::kNone) {
    described.start_offset = summary.start_offset;
    described.leader_epoch = summary.leader_epoch;
  }
  if (!has_lag(summary)) co_return;
  const OffsetOutcome end = co_await ask_partition<OffsetOutcome>(
      context, topic.value(), summary.partition, [](runtime::Partition& partition) {
        return partition.offset_for(runtime::kLatestTimestamp, kAnyLeaderEpoch, false);
      });
  if (end.error == ErrorCode::kNone) {
    described.lag = end.offset - summary.start_offset - summary.delivery_complete_count;
    co_return;
  }
  described = DescribedPartition();
  described.partition_index = summary.partition;
  described.error_code = end.error;
  described.error_message = error_text(end.error);
}

/// The partitions that were asked for, topic by topic in the order of the answer.
using Wanted = std::vector<std::pair<TopicName, std::vector<std::int32_t>>>;

/// All partitions whose state the share coordinators have, of topics that are there.
Task<Wanted> all_partitions(Context& context, std::string_view group, ErrorCode& error) {
  using Partitions = coordinator::Reply<coordinator::PartitionSets>;
  auto known = co_await runtime::ask_coordinator_of<Result<Partitions>>(
      context.node, context.shard, runtime::kOffsetsTopic, &runtime::Node::groups, group,
      [&](runtime::GroupPartition& groups) -> Task<Result<Partitions>> {
        if (!groups.is_loaded()) co_return fail(groups.unready(), "");
        co_return Partitions(coordinator::initialized_share_partitions(groups.state().store(), group));
      },
      [](ErrorCode refused) -> Result<Partitions> { return fail(refused, ""); });
  Wanted wanted;
  if (!known) {
    error = known.error().code;
    co_return wanted;
  }
  for (const auto& [topic_id, partitions] : known->message) {
    const metadata::Topic* topic = context.cluster->image.topic(topic_id);
    if (topic == nullptr) continue;
    wanted.emplace_back(TopicName(topic->name()),
                        std::vector<std::int32_t>(partitions.begin(), partitions.end()));
  }
  co_return wanted;
}

Wanted partitions_of(const DescribeShareGroupOffsetsRequest::DescribeShareGroupOffsetsRequestGroup& group) {
  Wanted wanted;
  for (const auto& topic : *group.topics)
    wanted.emplace_back(topic.topic_name, topic.partitions);
  return wanted;
}

/// The topics that are there, with what the share coordinators know; then the others.
Task<void> describe_topics(Context& context, GroupId group, const Wanted& wanted, DescribedGroup& described) {
  std::vector<DescribedTopic> unknown;
  std::vector<std::pair<Uuid, std::int32_t>> asked;
  for (const auto& [name, partitions] : wanted) {
    const metadata::Topic* topic = context.cluster->image.topic(name.value());
    DescribedTopic& answered = topic == nullptr ? unknown.emplace_back() : described.topics.emplace_back();
    answered.topic_name = name;
    if (topic != nullptr) answered.topic_id = topic->id();
    for (const std::int32_t partition : partitions) {
      answered.partitions.push_back(without_offset(partition));
      if (topic != nullptr) asked.emplace_back(topic->id(), partition);
    }
  }
  if (group.value().empty() && !asked.empty()) {
    // Apache Kafka's request to the share coordinators cannot be made without a group.
    described = failed(group, ErrorCode::kUnknownServerError);
    described.error_message = error_text(described.error_code);
    co_return;
  }
  const auto summaries = co_await runtime::summarize_share_states(context.node, context.shard,
                                                                  std::string(group.value()), asked);
  runtime::TaskList tasks;
  std::size_t next = 0;
  for (DescribedTopic& topic : described.topics) {
    for (DescribedPartition& partition : topic.partitions) {
      tasks.push_back(describe_partition(context, topic.topic_name, summaries[next].outcome, partition));
      ++next;
    }
  }
  co_await runtime::together(context.shard, std::move(tasks));
  for (DescribedTopic& topic : unknown)
    described.topics.push_back(std::move(topic));
}

Task<DescribedGroup> describe(
    Context& context, const DescribeShareGroupOffsetsRequest::DescribeShareGroupOffsetsRequestGroup& group) {
  if (!has_share_groups(context)) co_return failed(group.group_id, ErrorCode::kUnsupportedVersion);
  DescribedGroup described;
  described.group_id = group.group_id;
  ErrorCode error = ErrorCode::kNone;
  const Wanted wanted =
      group.topics ? partitions_of(group) : co_await all_partitions(context, group.group_id.value(), error);
  if (error != ErrorCode::kNone) {
    described.error_code = error;
    described.error_message = error_text(error);
    co_return described;
  }
  co_await describe_topics(context, group.group_id, wanted, described);
  co_return described;
}

}  // namespace

Task<DescribeShareGroupOffsetsResponse> describe_share_group_offsets(
    Context& context, const DescribeShareGroupOffsetsRequest& request) {
  DescribeShareGroupOffsetsResponse response;
  for (const auto& group : request.groups)
    response.groups.push_back(co_await describe(context, group));
  co_return response;
}

}  // namespace moldau::api
