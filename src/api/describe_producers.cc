#include "api/describe_producers.h"

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "api/ask_partition.h"
#include "metadata/topic.h"

namespace moldau::api {
namespace {

using PartitionResponse = protocol::DescribeProducersResponse::PartitionResponse;
using ProducerStates = std::vector<protocol::DescribeProducersResponse::ProducerState>;

struct Outcome {
  ErrorCode error = ErrorCode::kNone;
  ProducerStates producers;
};

Outcome producers_of(runtime::Partition& partition) {
  Outcome outcome;
  for (const log::ProducerEntry* entry : partition.log().producers().entries()) {
    outcome.producers.push_back({.producer_id = ProducerId(entry->producer_id),
                                 .producer_epoch = entry->epoch,
                                 .last_sequence = entry->last_sequence(),
                                 .last_timestamp = entry->last_timestamp_ms,
                                 .coordinator_epoch = entry->coordinator_epoch,
                                 .current_txn_start_offset = entry->transaction_first_offset.value_or(-1),
                                 .unknown_tags = {}});
  }
  return outcome;
}

}  // namespace

runtime::Task<protocol::DescribeProducersResponse> describe_producers(
    Context& context, const protocol::DescribeProducersRequest& request) {
  protocol::DescribeProducersResponse response;
  for (const auto& topic : request.topics) {
    auto& answered = response.topics.emplace_back();
    answered.name = topic.name;
    const auto checked = metadata::check_topic_name(topic.name.value());
    for (const std::int32_t id : topic.partition_indexes) {
      PartitionResponse result;
      result.partition_index = id;
      result.error_message.reset();
      if (!checked) {
        result.error_code = checked.error().code;
        result.error_message = context.keep(checked.error().message);
      } else if (context.cluster->image.topic(topic.name.value()) == nullptr) {
        result.error_code = ErrorCode::kUnknownTopicOrPartition;
        result.error_message = "This server does not host this topic-partition.";
      } else {
        Outcome outcome = co_await ask_partition<Outcome>(context, topic.name.value(), id, producers_of);
        result.error_code = outcome.error;
        result.active_producers = std::move(outcome.producers);
      }
      answered.partitions.push_back(std::move(result));
    }
  }
  co_return response;
}

}  // namespace moldau::api
