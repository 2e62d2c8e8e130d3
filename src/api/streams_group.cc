#include "api/streams_group.h"

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "api/described_groups.h"
#include "api/group_access.h"
#include "coordinator/group/streams_groups.h"
#include "coordinator/streams_group/streams_heartbeat.h"
#include "metadata/topic.h"

namespace moldau::api {
namespace {

using coordinator::StreamsHeartbeatOutcome;
using protocol::StreamsGroupDescribeResponse;
using protocol::StreamsGroupHeartbeatRequest;
using protocol::StreamsGroupHeartbeatResponse;
using runtime::Task;

/// How many topics that could not be created a member hears of.
constexpr std::size_t kToldFailures = 3;

bool has_streams_groups(const Context& context) {
  return has_groups_of(context, "streams", "streams.version");
}

StreamsHeartbeatOutcome refused(ErrorCode error) {
  StreamsHeartbeatOutcome outcome;
  outcome.response.error_code = error;
  return outcome;
}

/// Names of all topics of a topology, in the order in which they come, each once.
std::vector<std::string_view> topic_names(const protocol::StreamsGroupHeartbeatRequest::Topology& topology) {
  std::vector<std::string_view> names;
  const auto add = [&names](std::string_view name) {
    if (std::ranges::find(names, name) == names.end()) names.push_back(name);
  };
  for (const auto& subtopology : topology.subtopologies) {
    for (const TopicName& topic : subtopology.source_topics)
      add(topic.value());
    for (const TopicName& topic : subtopology.repartition_sink_topics)
      add(topic.value());
    for (const auto& topic : subtopology.repartition_source_topics)
      add(topic.name.value());
    for (const auto& topic : subtopology.state_changelog_topics)
      add(topic.name.value());
  }
  return names;
}

std::string joined(const std::vector<std::string_view>& names) {
  std::string text;
  for (const std::string_view name : names)
    text.append(text.empty() ? "" : ",").append(name);
  return text;
}

/// What is wrong with the names in a topology: STREAMS_INVALID_TOPOLOGY.
Result<void> check_topic_names(const StreamsGroupHeartbeatRequest& request) {
  if (!request.topology) return {};
  std::vector<std::string_view> internal;
  std::vector<std::string_view> invalid;
  for (const std::string_view name : topic_names(*request.topology)) {
    if (metadata::is_internal_topic(name)) internal.push_back(name);
    if (!metadata::reason_for_invalid_topic_name(name).empty()) invalid.push_back(name);
  }
  if (!internal.empty()) {
    return fail(ErrorCode::kStreamsInvalidTopology, "Use of Kafka internal topics " + joined(internal) +
                                                        " in a Kafka Streams topology is prohibited.");
  }
  if (!invalid.empty()) {
    return fail(ErrorCode::kStreamsInvalidTopology,
                "Topic names " + joined(invalid) + " are not valid topic names.");
  }
  return {};
}

/// What of a request can be judged without the group.
Result<void> check(const StreamsGroupHeartbeatRequest& request) {
  if (auto named = check_topic_names(request); !named) return named;
  return coordinator::check_streams_heartbeat(request);
}

/// Adds why topics could not be created to what the member hears of missing ones.
void tell_failures(Context& context, const runtime::StreamsTopics::Failures& failures,
                   StreamsGroupHeartbeatResponse& response) {
  if (failures.empty() || !response.status) return;
  const auto missing = std::ranges::find(
      *response.status, static_cast<std::int8_t>(coordinator::StreamsStatusCode::kMissingInternalTopics),
      &StreamsGroupHeartbeatResponse::Status::status_code);
  if (missing == response.status->end()) return;
  std::string detail(missing->status_detail);
  detail.append("; Creation failed: ");
  for (std::size_t i = 0; i < std::min(failures.size(), kToldFailures); ++i) {
    const auto& [topic, reason] = failures[i];
    detail.append(i == 0 ? "" : ", ").append(topic).append(" (").append(reason).append(")");
  }
  if (failures.size() > kToldFailures)
    detail.append(" and ").append(std::to_string(failures.size() - kToldFailures)).append(" more");
  missing->status_detail = context.keep(detail + ".");
}

}  // namespace

Task<StreamsGroupHeartbeatResponse> streams_group_heartbeat(Context& context,
                                                            const StreamsGroupHeartbeatRequest& request) {
  if (!has_streams_groups(context)) co_return refused(ErrorCode::kUnsupportedVersion).response;
  if (const auto checked = check(request); !checked) {
    StreamsGroupHeartbeatResponse response = refused(checked.error().code).response;
    response.error_message = context.keep(checked.error().message);
    co_return response;
  }
  const std::string host = java_host(context);
  StreamsHeartbeatOutcome heard = co_await ask_for_decision<StreamsHeartbeatOutcome>(
      context, request.group_id.value(), coordinator_context(context, host),
      [&request](coordinator::GroupCoordinator& coordinator, const coordinator::RequestContext& asked) {
        return coordinator.streams_groups().heartbeat(asked, request);
      },
      refused);
  if (!heard.topics_to_create.empty()) {
    // Twice the time between heartbeats: the next one hears of a failure.
    const auto patience = std::chrono::milliseconds(2 * std::int64_t{heard.response.heartbeat_interval_ms});
    const auto failures = co_await context.node.streams_topics().create(
        context.shard, std::move(heard.topics_to_create), patience);
    tell_failures(context, failures, heard.response);
  }
  co_return std::move(heard.response);
}

Task<StreamsGroupDescribeResponse> streams_group_describe(
    Context& context, const protocol::StreamsGroupDescribeRequest& request) {
  return describe_groups<StreamsGroupDescribeResponse>(
      context, request, has_streams_groups(context),
      [](const coordinator::GroupCoordinator& coordinator, std::string_view group) {
        return coordinator::describe_streams_group(coordinator.store(), group);
      });
}

}  // namespace moldau::api
