#include "coordinator/streams_group/streams_heartbeat.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "coordinator/consumer/member.h"
#include "coordinator/streams_group/topology_codec.h"

namespace moldau::coordinator {
namespace {

using Request = protocol::StreamsGroupHeartbeatRequest;
using TaskIds = std::optional<std::vector<Request::TaskIds>>;

constexpr std::int32_t kNoRebalanceTimeout = -1;

/// Java's String.trim().isEmpty().
bool is_blank(std::string_view text) {
  return std::ranges::all_of(text, [](char c) { return static_cast<unsigned char>(c) <= ' '; });
}

std::unexpected<Error> invalid(std::string message) {
  return fail(ErrorCode::kInvalidRequest, std::move(message));
}

Result<void> check_support(const Request& request) {
  if (request.instance_id) return invalid("Static membership is not yet supported.");
  if (request.task_offsets) return invalid("TaskOffsets are not supported yet.");
  if (request.task_end_offsets) return invalid("TaskEndOffsets are not supported yet.");
  if (request.warmup_tasks && !request.warmup_tasks->empty())
    return invalid("WarmupTasks are not supported yet.");
  if (!request.topology) return {};
  for (const Request::Subtopology& subtopology : request.topology->subtopologies) {
    if (!subtopology.source_topic_regex.empty())
      return invalid("Regular expressions for source topics are not supported yet.");
  }
  return {};
}

/// Changelogs have as many partitions as there are tasks, so nobody else may say how many.
Result<void> check_changelogs(const Request::Topology& topology) {
  for (const Request::Subtopology& subtopology : topology.subtopologies) {
    for (const Request::TopicInfo& topic : subtopology.state_changelog_topics) {
      if (topic.partitions == 0) continue;
      return fail(ErrorCode::kStreamsInvalidTopology,
                  "Changelog topic " + std::string(topic.name.value()) +
                      " must have an undefined partition count, but it is set to " +
                      std::to_string(topic.partitions) + ".");
    }
  }
  return {};
}

bool is_empty(const TaskIds& tasks) {
  return tasks && tasks->empty();
}

Result<void> check_join(const Request& request) {
  if (request.rebalance_timeout_ms == kNoRebalanceTimeout)
    return invalid("RebalanceTimeoutMs must be provided in first request.");
  if (!is_empty(request.active_tasks)) return invalid("ActiveTasks must be empty when (re-)joining.");
  if (!is_empty(request.standby_tasks)) return invalid("StandbyTasks must be empty when (re-)joining.");
  if (!is_empty(request.warmup_tasks)) return invalid("WarmupTasks must be empty when (re-)joining.");
  if (!request.topology) return invalid("Topology must be non-null when (re-)joining.");
  return check_changelogs(*request.topology);
}

std::vector<NamedTasks> named(const std::vector<Request::TaskIds>& tasks) {
  std::vector<NamedTasks> all;
  for (const Request::TaskIds& of_subtopology : tasks) {
    all.push_back(
        {.subtopology = std::string(of_subtopology.subtopology_id), .partitions = of_subtopology.partitions});
  }
  return all;
}

}  // namespace

Result<void> check_streams_heartbeat(const Request& request) {
  if (auto checked = check_support(request); !checked) return checked;
  if (is_blank(request.member_id)) return invalid("MemberId can't be empty.");
  if (is_blank(request.group_id.value())) return invalid("GroupId can't be empty.");
  if (request.rack_id && is_blank(*request.rack_id)) return invalid("RackId can't be empty.");
  if (request.member_epoch == kJoinEpoch) {
    if (auto checked = check_join(request); !checked) return checked;
  } else if (request.member_epoch == kStaticLeaveEpoch) {
    // Only static members leave for a while, and there are none.
    return invalid("InstanceId can't be null.");
  } else if (request.member_epoch < kStaticLeaveEpoch) {
    return invalid("MemberEpoch is " + std::to_string(request.member_epoch) +
                   ", but must be greater than or equal to -2.");
  }
  const bool has_any = request.active_tasks || request.standby_tasks || request.warmup_tasks;
  const bool has_all = request.active_tasks && request.standby_tasks && request.warmup_tasks;
  if (has_any && !has_all) return invalid("If one task-type is non-null, all must be non-null.");
  if (request.member_epoch != kJoinEpoch && request.topology)
    return invalid("Topology can only be provided when (re-)joining.");
  return {};
}

Result<StreamsHeartbeat> streams_heartbeat_of(const Request& request, std::string_view client_id,
                                              std::string_view client_host) {
  StreamsHeartbeat said{.member = std::string(request.member_id),
                        .epoch = request.member_epoch,
                        .endpoint_epoch = request.endpoint_information_epoch,
                        .client_id = std::string(client_id),
                        .client_host = std::string(client_host),
                        .wants_shutdown = request.shutdown_application};
  if (request.rack_id) said.rack_id = *request.rack_id;
  if (request.rebalance_timeout_ms != kNoRebalanceTimeout)
    said.rebalance_timeout_ms = request.rebalance_timeout_ms;
  if (request.topology) said.topology = read_topology(*request.topology);
  if (request.active_tasks && request.standby_tasks && request.warmup_tasks) {
    said.owned = {.active = named(*request.active_tasks),
                  .standby = named(*request.standby_tasks),
                  .warmup = named(*request.warmup_tasks)};
  }
  if (request.process_id) said.process_id = *request.process_id;
  if (request.user_endpoint) {
    said.user_endpoint = {.host = std::string(request.user_endpoint->host),
                          .port = request.user_endpoint->port};
  }
  if (request.client_tags) {
    said.client_tags.emplace();
    for (const Request::KeyValue& tag : *request.client_tags) {
      if (!said.client_tags->emplace(tag.key, tag.value).second)
        return fail(ErrorCode::kUnknownServerError, "A tag is there twice");
    }
  }
  return said;
}

}  // namespace moldau::coordinator
