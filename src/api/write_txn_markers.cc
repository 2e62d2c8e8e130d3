#include "api/write_txn_markers.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <ranges>
#include <string>
#include <string_view>
#include <tuple>
#include <utility>
#include <vector>

#include "metadata/image_queries.h"
#include "protocol/records/batch.h"
#include "runtime/group_table.h"
#include "runtime/together.h"
#include "runtime/txn_markers.h"

namespace moldau::api {
namespace {

using Marker = protocol::WriteTxnMarkersRequest::WritableTxnMarker;
using runtime::Task;

/// A marker for one partition, and what came of it.
struct Write {
  const Marker* marker;
  std::string_view topic;
  std::int32_t partition;
  ErrorCode outcome = ErrorCode::kUnknownTopicOrPartition;
};

bool is_there(const Context& context, const Write& write) {
  return metadata::find_partition(context.cluster->image, write.topic, write.partition) != nullptr;
}

std::tuple<std::string_view, std::int32_t> place_of(const Write& write) {
  return {write.topic, write.partition};
}

/// Each partition of each marker once, the markers in the order of the request.
std::vector<Write> plan(const protocol::WriteTxnMarkersRequest& request) {
  std::vector<Write> writes;
  for (const Marker& marker : request.markers) {
    const auto first = static_cast<std::ptrdiff_t>(writes.size());
    for (const auto& topic : marker.topics) {
      for (const std::int32_t partition : topic.partition_indexes) {
        writes.push_back({.marker = &marker, .topic = topic.name.value(), .partition = partition});
      }
    }
    const std::ranges::subrange own(writes.begin() + first, writes.end());
    std::ranges::sort(own, {}, place_of);
    const auto repeated = std::ranges::unique(own, {}, place_of);
    writes.erase(repeated.begin(), repeated.end());
  }
  return writes;
}

/// A marker that cannot be built for a partition which is there. A group coordinator builds its own, and says
/// so for its partition alone.
bool is_impossible(const Write& write) {
  const bool names_producer = write.marker->producer_id != ProducerId(records::kNoProducerId) &&
                              write.marker->producer_epoch != records::kNoProducerEpoch;
  return !names_producer && write.topic != runtime::kOffsetsTopic;
}

Task<void> carry_out(Context& context, Write& write) {
  const Marker& marker = *write.marker;
  write.outcome =
      co_await runtime::write_marker(context.node, context.shard, std::string(write.topic), write.partition,
                                     {.producer_id = marker.producer_id.value(),
                                      .producer_epoch = marker.producer_epoch,
                                      .coordinator_epoch = marker.coordinator_epoch,
                                      .is_commit = marker.transaction_result,
                                      .transaction_version = marker.transaction_version});
}

/// Of several markers of a producer for a partition, the outcome of the last one is told.
protocol::WriteTxnMarkersResponse response_of(std::vector<Write> writes) {
  std::ranges::sort(writes, {}, [](const Write& write) {
    return std::tuple(write.marker->producer_id, write.topic, write.partition, write.marker);
  });
  protocol::WriteTxnMarkersResponse response;
  for (const Write& write : writes) {
    const ProducerId producer_id = write.marker->producer_id;
    if (response.markers.empty() || response.markers.back().producer_id != producer_id) {
      response.markers.emplace_back().producer_id = producer_id;
    }
    auto& topics = response.markers.back().topics;
    if (topics.empty() || topics.back().name.value() != write.topic) {
      topics.emplace_back().name = TopicName(write.topic);
    }
    auto& partitions = topics.back().partitions;
    if (partitions.empty() || partitions.back().partition_index != write.partition) {
      partitions.emplace_back().partition_index = write.partition;
    }
    partitions.back().error_code = write.outcome;
  }
  return response;
}

}  // namespace

Task<protocol::WriteTxnMarkersResponse> write_txn_markers(Context& context,
                                                          const protocol::WriteTxnMarkersRequest& request) {
  std::vector<Write> writes = plan(request);
  const auto is_refused = [&](const Write& write) {
    return is_impossible(write) && is_there(context, write);
  };
  if (std::ranges::any_of(writes, is_refused)) {
    for (Write& write : writes) {
      write.outcome = ErrorCode::kUnknownServerError;
    }
    co_return response_of(std::move(writes));
  }
  runtime::TaskList tasks;
  for (Write& write : writes) {
    if (is_there(context, write)) tasks.push_back(carry_out(context, write));
  }
  co_await runtime::together(context.shard, std::move(tasks));
  co_return response_of(std::move(writes));
}

}  // namespace moldau::api
