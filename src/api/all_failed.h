#pragma once

#include <cstdint>

#include "api/failure.h"
#include "protocol/messages/alter_configs_request.h"
#include "protocol/messages/alter_configs_response.h"
#include "protocol/messages/alter_partition_reassignments_request.h"
#include "protocol/messages/alter_partition_reassignments_response.h"
#include "protocol/messages/create_partitions_request.h"
#include "protocol/messages/create_partitions_response.h"
#include "protocol/messages/create_topics_request.h"
#include "protocol/messages/create_topics_response.h"
#include "protocol/messages/delete_topics_request.h"
#include "protocol/messages/delete_topics_response.h"
#include "protocol/messages/describe_configs_request.h"
#include "protocol/messages/describe_configs_response.h"
#include "protocol/messages/describe_groups_request.h"
#include "protocol/messages/describe_groups_response.h"
#include "protocol/messages/describe_producers_request.h"
#include "protocol/messages/describe_producers_response.h"
#include "protocol/messages/elect_leaders_request.h"
#include "protocol/messages/elect_leaders_response.h"
#include "protocol/messages/incremental_alter_configs_request.h"
#include "protocol/messages/incremental_alter_configs_response.h"
#include "protocol/messages/update_features_request.h"
#include "protocol/messages/update_features_response.h"

/// Answers to requests that failed as a whole: every part of the request gets the same error, as in Apache
/// Kafka's AbstractRequest.getErrorResponse. They point into the request and to what the failure points to.
namespace moldau::api {

protocol::AlterConfigsResponse all_failed(const protocol::AlterConfigsRequest& request, std::int16_t version,
                                          const Failure& failure);
protocol::AlterPartitionReassignmentsResponse all_failed(
    const protocol::AlterPartitionReassignmentsRequest& request, std::int16_t version,
    const Failure& failure);
protocol::CreatePartitionsResponse all_failed(const protocol::CreatePartitionsRequest& request,
                                              std::int16_t version, const Failure& failure);
protocol::CreateTopicsResponse all_failed(const protocol::CreateTopicsRequest& request, std::int16_t version,
                                          const Failure& failure);
protocol::DeleteTopicsResponse all_failed(const protocol::DeleteTopicsRequest& request, std::int16_t version,
                                          const Failure& failure);
/// Without a message it says what kUnknownServerError means, as Apache Kafka does here alone.
protocol::DescribeConfigsResponse all_failed(const protocol::DescribeConfigsRequest& request,
                                             std::int16_t version, const Failure& failure);
protocol::DescribeGroupsResponse all_failed(const protocol::DescribeGroupsRequest& request,
                                            std::int16_t version, const Failure& failure);
protocol::DescribeProducersResponse all_failed(const protocol::DescribeProducersRequest& request,
                                               std::int16_t version, const Failure& failure);
protocol::ElectLeadersResponse all_failed(const protocol::ElectLeadersRequest& request, std::int16_t version,
                                          const Failure& failure);
protocol::IncrementalAlterConfigsResponse all_failed(const protocol::IncrementalAlterConfigsRequest& request,
                                                     std::int16_t version, const Failure& failure);
protocol::UpdateFeaturesResponse all_failed(const protocol::UpdateFeaturesRequest& request,
                                            std::int16_t version, const Failure& failure);

}  // namespace moldau::api
