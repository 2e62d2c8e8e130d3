#include "api/all_failed.h"

#include <optional>
#include <string_view>

namespace moldau::api {
namespace {

constexpr std::int16_t kFirstElectLeadersWithError = 1;
constexpr std::string_view kUnexpected =
    "The server experienced an unexpected error when processing the request.";

/// Both ways to alter configs name resources alike.
template <class Response, class Request>
Response no_resource_altered(const Request& request, const Failure& failure) {
  Response response;
  for (const auto& resource : request.resources) {
    response.responses.push_back({.error_code = failure.code,
                                  .error_message = failure.message,
                                  .resource_type = resource.resource_type,
                                  .resource_name = resource.resource_name,
                                  .unknown_tags = {}});
  }
  return response;
}

/// Topics that are asked for by name, each with an answer of its own.
template <class Topics, class Results>
void fail_topics(const Topics& topics, Results& results, const Failure& failure) {
  for (const auto& topic : topics) {
    auto& result = results.emplace_back();
    result.name = topic.name;
    result.error_code = failure.code;
    result.error_message = failure.message;
  }
}

}  // namespace

protocol::AlterConfigsResponse all_failed(const protocol::AlterConfigsRequest& request,
                                          std::int16_t /*version*/, const Failure& failure) {
  return no_resource_altered<protocol::AlterConfigsResponse>(request, failure);
}

protocol::AlterPartitionReassignmentsResponse all_failed(
    const protocol::AlterPartitionReassignmentsRequest& request, std::int16_t /*version*/,
    const Failure& failure) {
  protocol::AlterPartitionReassignmentsResponse response;
  response.error_code = failure.code;
  response.error_message = failure.message;
  for (const auto& wanted : request.topics) {
    auto& topic = response.responses.emplace_back();
    topic.name = wanted.name;
    for (const auto& partition : wanted.partitions) {
      topic.partitions.push_back({.partition_index = partition.partition_index,
                                  .error_code = failure.code,
                                  .error_message = failure.message,
                                  .unknown_tags = {}});
    }
  }
  return response;
}

protocol::CreatePartitionsResponse all_failed(const protocol::CreatePartitionsRequest& request,
                                              std::int16_t /*version*/, const Failure& failure) {
  protocol::CreatePartitionsResponse response;
  fail_topics(request.topics, response.results, failure);
  return response;
}

protocol::CreateTopicsResponse all_failed(const protocol::CreateTopicsRequest& request,
                                          std::int16_t /*version*/, const Failure& failure) {
  protocol::CreateTopicsResponse response;
  fail_topics(request.topics, response.topics, failure);
  return response;
}

protocol::DeleteTopicsResponse all_failed(const protocol::DeleteTopicsRequest& request,
                                          std::int16_t /*version*/, const Failure& failure) {
  protocol::DeleteTopicsResponse response;
  const auto add = [&](std::optional<TopicName> name, const Uuid& id) {
    auto& result = response.responses.emplace_back();
    result.name = name;
    result.topic_id = id;
    result.error_code = failure.code;
    result.error_message = failure.message;
  };
  for (const auto& topic : request.topics) {
    add(topic.name, topic.topic_id);
  }
  for (const TopicName& name : request.topic_names) {
    add(name, Uuid());
  }
  return response;
}

protocol::DescribeConfigsResponse all_failed(const protocol::DescribeConfigsRequest& request,
                                             std::int16_t /*version*/, const Failure& failure) {
  protocol::DescribeConfigsResponse response;
  for (const auto& resource : request.resources) {
    response.results.push_back({.error_code = failure.code,
                                .error_message = failure.message.value_or(kUnexpected),
                                .resource_type = resource.resource_type,
                                .resource_name = resource.resource_name,
                                .configs = {},
                                .unknown_tags = {}});
  }
  return response;
}

protocol::DescribeGroupsResponse all_failed(const protocol::DescribeGroupsRequest& request,
                                            std::int16_t /*version*/, const Failure& failure) {
  protocol::DescribeGroupsResponse response;
  for (const GroupId& group_id : request.groups) {
    auto& group = response.groups.emplace_back();
    group.error_code = failure.code;
    group.error_message = failure.message;
    group.group_id = group_id;
  }
  return response;
}

protocol::DescribeProducersResponse all_failed(const protocol::DescribeProducersRequest& request,
                                               std::int16_t /*version*/, const Failure& failure) {
  protocol::DescribeProducersResponse response;
  for (const auto& wanted : request.topics) {
    auto& topic = response.topics.emplace_back();
    topic.name = wanted.name;
    for (const std::int32_t partition_index : wanted.partition_indexes) {
      topic.partitions.push_back({.partition_index = partition_index,
                                  .error_code = failure.code,
                                  .error_message = failure.message,
                                  .active_producers = {},
                                  .unknown_tags = {}});
    }
  }
  return response;
}

protocol::ElectLeadersResponse all_failed(const protocol::ElectLeadersRequest& request, std::int16_t version,
                                          const Failure& failure) {
  protocol::ElectLeadersResponse response;
  if (version >= kFirstElectLeadersWithError) response.error_code = failure.code;
  if (!request.topic_partitions) return response;
  for (const auto& wanted : *request.topic_partitions) {
    auto& topic = response.replica_election_results.emplace_back();
    topic.topic = wanted.topic;
    for (const std::int32_t partition_id : wanted.partitions) {
      topic.partition_result.push_back({.partition_id = partition_id,
                                        .error_code = failure.code,
                                        .error_message = failure.message,
                                        .unknown_tags = {}});
    }
  }
  return response;
}

protocol::IncrementalAlterConfigsResponse all_failed(const protocol::IncrementalAlterConfigsRequest& request,
                                                     std::int16_t /*version*/, const Failure& failure) {
  return no_resource_altered<protocol::IncrementalAlterConfigsResponse>(request, failure);
}

protocol::UpdateFeaturesResponse all_failed(const protocol::UpdateFeaturesRequest& /*request*/,
                                            std::int16_t /*version*/, const Failure& failure) {
  protocol::UpdateFeaturesResponse response;
  response.error_code = failure.code;
  response.error_message = failure.message;
  return response;
}

}  // namespace moldau::api
