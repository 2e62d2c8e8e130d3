#include "api/describe_topic_partitions.h"

#include <algorithm>
#include <set>
#include <string_view>
#include <utility>

#include "api/operations.h"
#include "metadata/image_queries.h"
#include "metadata/topic.h"

namespace moldau::api {
namespace {

using protocol::DescribeTopicPartitionsRequest;
using protocol::DescribeTopicPartitionsResponse;
using ResponseTopic = DescribeTopicPartitionsResponse::DescribeTopicPartitionsResponseTopic;
using ResponsePartition = DescribeTopicPartitionsResponse::DescribeTopicPartitionsResponsePartition;

/// A page that is being filled.
struct Page {
  DescribeTopicPartitionsResponse response;
  std::int32_t partitions_left = 1;

  void end_before(std::string_view topic, std::int32_t partition) {
    response.next_cursor = {.topic_name = TopicName(topic), .partition_index = partition, .unknown_tags = {}};
  }
};

DescribeTopicPartitionsResponse refused(const DescribeTopicPartitionsRequest& request, ErrorCode error) {
  DescribeTopicPartitionsResponse response;
  for (const auto& topic : request.topics) {
    ResponseTopic& answered = response.topics.emplace_back();
    answered.name = topic.name;
    answered.error_code = error;
  }
  return response;
}

ErrorCode check(const DescribeTopicPartitionsRequest& request) {
  const auto names = [&request](std::string_view name) {
    return std::ranges::any_of(request.topics,
                               [name](const auto& topic) { return topic.name.value() == name; });
  };
  if (request.cursor) {
    const bool is_named = request.topics.empty() || names(request.cursor->topic_name.value());
    if (!is_named || request.cursor->partition_index < 0) return ErrorCode::kInvalidRequest;
  }
  // Apache Kafka fails inside where a topic has no name.
  return names("") ? ErrorCode::kUnknownServerError : ErrorCode::kNone;
}

/// The names to describe in their order, from the cursor's on.
std::set<std::string_view> names_of(const Context& context, const DescribeTopicPartitionsRequest& request) {
  const std::string_view first = request.cursor ? request.cursor->topic_name.value() : std::string_view();
  std::set<std::string_view> names;
  if (request.topics.empty()) {
    for (const auto& [name, topic] : context.cluster->image.topics_by_name) {
      if (name >= first) names.insert(name);
    }
  }
  for (const auto& topic : request.topics) {
    if (topic.name.value() >= first) names.insert(topic.name.value());
  }
  return names;
}

ResponsePartition partition_of(metadata::PartitionStatus status) {
  return {.error_code = status.error,
          .partition_index = status.partition_id,
          .leader_id = status.leader_id,
          .leader_epoch = status.leader_epoch,
          .replica_nodes = std::move(status.replicas),
          .isr_nodes = std::move(status.isr),
          .eligible_leader_replicas = std::move(status.elr),
          .last_known_elr = std::move(status.last_known_elr),
          .offline_replicas = std::move(status.offline_replicas),
          .unknown_tags = {}};
}

/// Adds the topic's partitions from `first` on. False when the page ends within the topic.
bool add_topic(const Context& context, std::string_view name, std::int32_t first, Page& page) {
  ResponseTopic& answered = page.response.topics.emplace_back();
  answered.name = TopicName(name);
  answered.topic_authorized_operations = kAllTopicOperations;
  const metadata::Topic* topic = context.cluster->image.topic(name);
  if (topic == nullptr) {
    answered.error_code = metadata::reason_for_invalid_topic_name(name).empty()
                              ? ErrorCode::kUnknownTopicOrPartition
                              : ErrorCode::kInvalidTopicException;
    return true;
  }
  answered.topic_id = topic->id();
  answered.is_internal = metadata::is_internal_topic(name);
  metadata::StatusPage part = metadata::topic_status_page(context.cluster->image, *topic,
                                                          context.listener.name, first, page.partitions_left);
  for (metadata::PartitionStatus& status : part.partitions) {
    answered.partitions.push_back(partition_of(std::move(status)));
  }
  page.partitions_left -= static_cast<std::int32_t>(part.partitions.size());
  if (!part.next_partition) return true;
  page.end_before(name, *part.next_partition);
  return false;
}

}  // namespace

runtime::Task<DescribeTopicPartitionsResponse> describe_topic_partitions(
    Context& context, const DescribeTopicPartitionsRequest& request) {
  if (const ErrorCode error = check(request); error != ErrorCode::kNone) co_return refused(request, error);
  const std::int32_t limit = context.node.config().network.max_request_partition_size_limit;
  Page page{.response = {},
            .partitions_left = std::max(1, std::min(limit, request.response_partition_limit))};
  for (const std::string_view name : names_of(context, request)) {
    if (page.partitions_left == 0) {
      page.end_before(name, 0);
      break;
    }
    const bool is_cursor = request.cursor && request.cursor->topic_name.value() == name;
    if (!add_topic(context, name, is_cursor ? request.cursor->partition_index : 0, page)) break;
  }
  co_return std::move(page.response);
}

}  // namespace moldau::api
