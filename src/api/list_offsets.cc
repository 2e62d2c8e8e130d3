#include "api/list_offsets.h"

#include <functional>
#include <map>
#include <utility>
#include <vector>

#include "api/ask_partition.h"
#include "runtime/partition.h"
#include "runtime/together.h"

namespace moldau::api {
namespace {

using protocol::ListOffsetsRequest;
using protocol::ListOffsetsResponse;
using runtime::OffsetOutcome;
using runtime::Partition;
using runtime::Task;

constexpr std::int8_t kReadUncommitted = 0;
constexpr std::int8_t kReadCommitted = 1;

/// Special timestamps that a version does not know yet.
bool is_unknown_special(TimestampMs timestamp_ms, std::int16_t version) {
  switch (timestamp_ms) {
    case runtime::kMaxTimestamp:
      return version < 7;
    case runtime::kEarliestLocalTimestamp:
      return version < 8;
    case runtime::kLatestTieredTimestamp:
      return version < 9;
    case runtime::kEarliestPendingUploadTimestamp:
      return version < 11;
    default:
      return timestamp_ms < runtime::kEarliestPendingUploadTimestamp;
  }
}

/// A partition of the request and its answer.
struct Entry {
  std::size_t topic;  ///< index into the response's topics
  const ListOffsetsRequest::ListOffsetsPartition* asked;
  OffsetOutcome outcome;
};

/// The entries of a request, each partition once. One that is named twice is INVALID_REQUEST.
std::vector<Entry> read_request(const ListOffsetsRequest& request, ListOffsetsResponse& response) {
  std::vector<Entry> entries;
  std::map<std::string_view, std::size_t> topics;
  std::map<std::pair<std::size_t, std::int32_t>, std::size_t> places;
  for (const auto& topic : request.topics) {
    if (topic.partitions.empty()) continue;
    const auto [known, is_new] = topics.try_emplace(topic.name.value(), response.topics.size());
    if (is_new) response.topics.emplace_back().name = topic.name;
    for (const auto& asked : topic.partitions) {
      const auto [place, is_first] =
          places.try_emplace({known->second, asked.partition_index}, entries.size());
      if (is_first) {
        entries.push_back({.topic = known->second, .asked = &asked, .outcome = {}});
      } else {
        entries[place->second].outcome.error = ErrorCode::kInvalidRequest;
      }
    }
  }
  return entries;
}

/// An error that is known without asking the partition.
ErrorCode obstacle(const Context& context, const ListOffsetsRequest& request, const Entry& entry) {
  // Apache Kafka fails inside where the isolation level is none.
  if (request.isolation_level != kReadUncommitted && request.isolation_level != kReadCommitted)
    return ErrorCode::kUnknownServerError;
  if (entry.outcome.error != ErrorCode::kNone) return entry.outcome.error;
  const bool is_unknown = is_unknown_special(entry.asked->timestamp, context.request.version);
  return is_unknown ? ErrorCode::kUnsupportedVersion : ErrorCode::kNone;
}

Task<void> ask_entry(Context& context, TopicName topic, bool read_committed, Entry& entry) {
  const auto& asked = *entry.asked;
  entry.outcome = co_await ask_partition<OffsetOutcome>(
      context, topic.value(), asked.partition_index, [&asked, read_committed](Partition& partition) {
        return partition.offset_for(asked.timestamp, asked.current_leader_epoch, read_committed);
      });
}

}  // namespace

Task<ListOffsetsResponse> list_offsets(Context& context, const ListOffsetsRequest& request) {
  ListOffsetsResponse response;
  std::vector<Entry> entries = read_request(request, response);
  runtime::TaskList questions;
  for (Entry& entry : entries) {
    entry.outcome.error = obstacle(context, request, entry);
    if (entry.outcome.error != ErrorCode::kNone) continue;
    questions.push_back(ask_entry(context, response.topics[entry.topic].name,
                                  request.isolation_level == kReadCommitted, entry));
  }
  co_await runtime::together(context.shard, std::move(questions));
  for (const Entry& entry : entries) {
    auto& result = response.topics[entry.topic].partitions.emplace_back();
    result.partition_index = entry.asked->partition_index;
    result.error_code = entry.outcome.error;
    result.timestamp = entry.outcome.timestamp_ms;
    result.offset = entry.outcome.offset;
    if (context.request.version >= 4) result.leader_epoch = entry.outcome.leader_epoch;
  }
  co_return response;
}

Task<protocol::OffsetForLeaderEpochResponse> offset_for_leader_epoch(
    Context& context, const protocol::OffsetForLeaderEpochRequest& request) {
  protocol::OffsetForLeaderEpochResponse response;
  for (const auto& topic : request.topics) {
    auto& answered = response.topics.emplace_back();
    answered.topic = topic.topic;
    for (const auto& asked : topic.partitions) {
      const OffsetOutcome outcome = co_await ask_partition<OffsetOutcome>(
          context, topic.topic.value(), asked.partition, [&asked](Partition& partition) {
            return partition.end_of_epoch(asked.leader_epoch, asked.current_leader_epoch);
          });
      auto& result = answered.partitions.emplace_back();
      result.error_code = outcome.error;
      result.partition = asked.partition;
      result.leader_epoch = outcome.leader_epoch;
      result.end_offset = outcome.offset;
    }
  }
  co_return response;
}

}  // namespace moldau::api
