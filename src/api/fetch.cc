#include "api/fetch.h"

#include <algorithm>
#include <chrono>
#include <utility>
#include <vector>

#include "api/reply.h"
#include "protocol/messages/fetch_request.h"
#include "protocol/messages/fetch_response.h"
#include "runtime/data_wait.h"
#include "runtime/pooled_allocator.h"

namespace moldau::api {
namespace {

using protocol::FetchRequest;
using protocol::FetchResponse;
using runtime::ReadCall;
using runtime::ReadOutcome;
using runtime::Task;

/// One partition of the request with what the cluster says of it and what was read.
struct Wanted {
  Uuid topic_id;
  std::int32_t partition = 0;
  ReadCall call;
  ErrorCode error = ErrorCode::kNone;  ///< known before any read
  ReadOutcome outcome;
};

using WantedList = std::vector<Wanted, runtime::PooledAllocator<Wanted>>;

ErrorCode error_of(const Wanted& wanted) {
  return wanted.error != ErrorCode::kNone ? wanted.error : wanted.outcome.error;
}

/// The partitions in the order of the request.
WantedList wanted_of(const Context& context, const FetchRequest& request) {
  const bool by_id = context.request.version >= 13;
  WantedList all;
  for (const auto& topic : request.topics) {
    const metadata::Topic* known = by_id ? context.cluster->image.topic(topic.topic_id)
                                         : context.cluster->image.topic(topic.topic.value());
    for (const auto& partition : topic.partitions) {
      Wanted& wanted = all.emplace_back();
      wanted.partition = partition.partition;
      wanted.call = {.offset = partition.fetch_offset,
                     .max_bytes = static_cast<std::size_t>(std::max(partition.partition_max_bytes, 0)),
                     .read_committed = request.isolation_level == 1,
                     .current_leader_epoch = partition.current_leader_epoch,
                     .last_fetched_epoch = partition.last_fetched_epoch};
      if (known == nullptr) {
        wanted.error = by_id ? ErrorCode::kUnknownTopicId : ErrorCode::kUnknownTopicOrPartition;
      } else if (known->find(partition.partition) == nullptr) {
        wanted.error = ErrorCode::kUnknownTopicOrPartition;
      } else {
        wanted.topic_id = known->id();
      }
    }
  }
  return all;
}

Task<ReadOutcome> read_there(runtime::PartitionTable& table, Uuid topic_id, std::int32_t partition_id,
                             ReadCall call) {
  const auto partition = table.find(topic_id, partition_id);
  if (partition) co_return partition->read(call);
  ReadOutcome outcome;
  outcome.error = ErrorCode::kNotLeaderOrFollower;
  co_return outcome;
}

/// Reads every partition, the first with data even beyond the limit. Gives the bytes found.
Task<std::size_t> read_all(Context& context, WantedList& all, std::size_t max_bytes) {
  std::size_t found_bytes = 0;
  for (Wanted& wanted : all) {
    if (wanted.error != ErrorCode::kNone) continue;
    ReadCall call = wanted.call;
    call.at_least_one_batch = found_bytes == 0;
    call.max_bytes = std::min(call.max_bytes, max_bytes - std::min(max_bytes, found_bytes));
    const runtime::ShardId owner = context.node.shards().owner_of(wanted.topic_id, wanted.partition);
    runtime::PartitionTable& table = context.node.partitions(owner);
    wanted.outcome =
        co_await runtime::on_shard<ReadOutcome>(context.shard, context.node.shards()[owner],
                                                [&table, id = wanted.topic_id, partition = wanted.partition,
                                                 call] { return read_there(table, id, partition, call); });
    if (wanted.outcome.records) found_bytes += wanted.outcome.records->size_bytes;
  }
  co_return found_bytes;
}

bool must_answer_now(const WantedList& all) {
  return std::ranges::any_of(all, [](const Wanted& wanted) {
    return error_of(wanted) != ErrorCode::kNone || wanted.outcome.diverging;
  });
}

FetchResponse::PartitionData data_of(Wanted& wanted, Slices& slices) {
  FetchResponse::PartitionData data;
  data.partition_index = wanted.partition;
  data.error_code = error_of(wanted);
  data.high_watermark = wanted.outcome.high_watermark;
  data.last_stable_offset = wanted.outcome.last_stable_offset;
  data.log_start_offset = wanted.outcome.log_start_offset;
  if (wanted.call.read_committed) {
    data.aborted_transactions.emplace();
  } else {
    data.aborted_transactions.reset();
  }
  if (wanted.outcome.diverging) {
    data.diverging_epoch = {.epoch = wanted.outcome.diverging->epoch,
                            .end_offset = wanted.outcome.diverging->start_offset,
                            .unknown_tags = {}};
  }
  data.records.emplace();
  if (wanted.outcome.records) {
    data.records->external_bytes = static_cast<std::size_t>(wanted.outcome.records->size_bytes);
    slices.push_back(std::move(*wanted.outcome.records));
  }
  return data;
}

FetchResponse response_of(const FetchRequest& request, WantedList& all, Slices& slices) {
  FetchResponse response;
  response.responses.reserve(request.topics.size());
  auto next = all.begin();
  for (const auto& topic : request.topics) {
    auto& answered = response.responses.emplace_back();
    answered.topic = topic.topic;
    answered.topic_id = topic.topic_id;
    answered.partitions.reserve(topic.partitions.size());
    for (std::size_t i = 0; i < topic.partitions.size(); ++i) {
      answered.partitions.push_back(data_of(*next++, slices));
    }
  }
  return response;
}

/// Sessions are not kept: the client is told so by session id 0 and names all partitions every time. One that
/// names a session has it from another life of this broker.
ErrorCode session_error(const FetchRequest& request) {
  if (request.session_id != 0 && request.session_epoch > 0) return ErrorCode::kFetchSessionIdNotFound;
  if (request.session_id == 0 && request.session_epoch > 0) return ErrorCode::kInvalidFetchSessionEpoch;
  return ErrorCode::kNone;
}

Task<WantedList> gather(Context& context, const FetchRequest& request) {
  WantedList all = wanted_of(context, request);
  const Instant deadline = context.shard.now() + std::chrono::milliseconds(std::max(request.max_wait_ms, 0));
  const auto max_bytes = static_cast<std::size_t>(
      std::clamp(request.max_bytes, 0, context.node.config().network.fetch_max_bytes));
  while (true) {
    const std::size_t found_bytes = co_await read_all(context, all, max_bytes);
    const bool enough = std::cmp_greater_equal(found_bytes, request.min_bytes);
    if (enough || all.empty() || must_answer_now(all) || context.shard.now() >= deadline) co_return all;
    runtime::WatchedList watched;
    watched.reserve(all.size());
    for (const Wanted& wanted : all) {
      watched.push_back({wanted.topic_id, wanted.partition, wanted.outcome.high_watermark});
    }
    co_await runtime::wait_for_data(context.node, context.shard, std::move(watched), deadline);
  }
}

}  // namespace

Task<void> serve_fetch(Exchange& exchange) {
  const auto request = wire::decode_message<FetchRequest>(exchange.frame.bytes().subspan(exchange.body_at),
                                                          exchange.context.request.version, true);
  if (!request) {
    log_malformed(exchange, request.error());
    exchange.connection.refuse();
    co_return;
  }
  FetchResponse response;
  Slices slices;
  const ErrorCode session = session_error(*request);
  if (session != ErrorCode::kNone) {
    response.error_code = session;
  } else {
    WantedList all = co_await gather(exchange.context, *request);
    response = response_of(*request, all, slices);
  }
  send_reply(exchange.connection, exchange.context.request, response, std::move(slices));
}

}  // namespace moldau::api
