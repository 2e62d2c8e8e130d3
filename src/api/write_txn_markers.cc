#include "api/write_txn_markers.h"

#include <algorithm>
#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "protocol/records/batch.h"
#include "runtime/group_table.h"
#include "runtime/together.h"
#include "runtime/txn_markers.h"

namespace moldau::api {
namespace {

using Marker = protocol::WriteTxnMarkersRequest::WritableTxnMarker;
using runtime::Task;

/// What came of the markers for one producer; of several for a partition the last one is told.
using Outcomes = std::map<std::pair<std::string_view, std::int32_t>, ErrorCode>;

/// A marker for one partition, and what came of it.
struct Write {
  const Marker* marker;
  std::string_view topic;
  std::int32_t partition;
  ErrorCode outcome = ErrorCode::kUnknownTopicOrPartition;
};

bool is_there(const Context& context, const Write& write) {
  const metadata::Topic* topic = context.cluster->image.topic(write.topic);
  return topic != nullptr && topic->find(write.partition) != nullptr;
}

/// Each partition of each marker once, in the order of the request.
std::vector<Write> plan(const protocol::WriteTxnMarkersRequest& request) {
  std::vector<Write> writes;
  for (const Marker& marker : request.markers) {
    std::set<std::pair<std::string_view, std::int32_t>> seen;
    for (const auto& topic : marker.topics) {
      for (const std::int32_t partition : topic.partition_indexes) {
        const std::string_view name = topic.name.value();
        if (seen.emplace(name, partition).second) writes.push_back({&marker, name, partition});
      }
    }
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

protocol::WriteTxnMarkersResponse response_of(const std::vector<Write>& writes) {
  std::map<ProducerId, Outcomes> all;
  for (const Write& write : writes) {
    all[write.marker->producer_id][{write.topic, write.partition}] = write.outcome;
  }
  protocol::WriteTxnMarkersResponse response;
  for (const auto& [producer_id, outcomes] : all) {
    auto& result = response.markers.emplace_back();
    result.producer_id = producer_id;
    for (const auto& [place, outcome] : outcomes) {
      const auto& [topic, partition] = place;
      if (result.topics.empty() || result.topics.back().name != TopicName(topic)) {
        result.topics.emplace_back().name = TopicName(topic);
      }
      result.topics.back().partitions.push_back(
          {.partition_index = partition, .error_code = outcome, .unknown_tags = {}});
    }
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
    co_return response_of(writes);
  }
  runtime::TaskList tasks;
  for (Write& write : writes) {
    if (is_there(context, write)) tasks.push_back(carry_out(context, write));
  }
  co_await runtime::together(context.shard, std::move(tasks));
  co_return response_of(writes);
}

}  // namespace moldau::api
