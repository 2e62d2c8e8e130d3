#include "api/fetch.h"

#include <algorithm>
#include <chrono>
#include <iterator>
#include <numeric>
#include <tuple>
#include <utility>
#include <vector>

#include "api/current_leader.h"
#include "api/fetch_sessions.h"
#include "api/reply.h"
#include "protocol/messages/fetch_request.h"
#include "protocol/messages/fetch_response.h"
#include "runtime/fetch_reads.h"
#include "runtime/pooled_allocator.h"

namespace moldau::api {
namespace {

using protocol::FetchRequest;
using protocol::FetchResponse;
using runtime::ReadCall;
using runtime::ReadOutcome;
using runtime::Task;

constexpr std::int16_t kFirstVersionWithSessions = 7;
constexpr std::int16_t kFirstVersionWithStorageError = 6;
constexpr std::int16_t kFirstVersionWithLeaders = 16;
constexpr std::int8_t kReadUncommitted = 0;
constexpr std::int8_t kReadCommitted = 1;
constexpr ErrorCode kUnknownPartition = ErrorCode::kUnknownTopicOrPartition;

bool is_isolation_level(std::int8_t level) {
  return level == kReadUncommitted || level == kReadCommitted;
}

/// A request under way.
struct Fetching {
  Context& context;
  const FetchRequest& request;
  FetchOpening opening;
};

/// One partition to read, with what the cluster says of it and what was read.
struct Wanted {
  TopicName topic;  ///< as the request or the session names it
  Uuid topic_id;    ///< the topic's, or what the request names where there is none
  std::int32_t partition = 0;
  const FetchRequest::FetchPartition* asked = nullptr;  ///< of a request that names all partitions
  ReadCall call;
  ErrorCode unknown = ErrorCode::kNone;  ///< the cluster has no such partition; does not end the wait
  ErrorCode refused = ErrorCode::kNone;  ///< for what the request says
  ReadOutcome outcome;
};

using WantedList = std::vector<Wanted, runtime::PooledAllocator<Wanted>>;

ErrorCode error_of(const Wanted& wanted) {
  if (wanted.unknown != ErrorCode::kNone) return wanted.unknown;
  return wanted.refused != ErrorCode::kNone ? wanted.refused : wanted.outcome.error;
}

bool is_readable(const Wanted& wanted) {
  return wanted.unknown == ErrorCode::kNone && wanted.refused == ErrorCode::kNone;
}

/// Adds a partition of that topic; `known` is nullptr where the cluster has no such topic. `Partition` is
/// that of a request or of a session.
template <class Partition>
Wanted& add_wanted(const Fetching& fetching, const metadata::Topic* known, const Partition& partition,
                   std::int32_t max_bytes, WantedList& all) {
  Wanted& wanted = all.emplace_back();
  wanted.partition = partition.partition;
  wanted.call = {.offset = partition.fetch_offset,
                 .max_bytes = static_cast<std::size_t>(std::max(max_bytes, 0)),
                 .read_committed = fetching.request.isolation_level == kReadCommitted,
                 .current_leader_epoch = std::max(partition.current_leader_epoch, -1),
                 .last_fetched_epoch = partition.last_fetched_epoch};
  if (known == nullptr) {
    wanted.unknown = fetching.opening.names_ids ? ErrorCode::kUnknownTopicId : kUnknownPartition;
  } else if (known->find(partition.partition) == nullptr) {
    wanted.unknown = kUnknownPartition;
  } else if (fetching.opening.is_follower) {
    // No other node has a replica of what this one leads.
    wanted.refused = ErrorCode::kNotLeaderOrFollower;
  } else if (max_bytes < 0) {
    wanted.refused = ErrorCode::kUnknownServerError;
  }
  return wanted;
}

/// Apache Kafka keeps the last wish for a partition that is named twice, at the place of the first.
void keep_last_wishes(WantedList& all) {
  if (all.size() < 2) return;
  const auto name_of = [&all](std::size_t i) {
    return std::tuple(all[i].topic_id, all[i].topic.value(), all[i].partition);
  };
  std::vector<std::size_t> order(all.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::ranges::sort(order, {}, [&](std::size_t i) { return std::pair(name_of(i), i); });
  const auto same = [&](std::size_t a, std::size_t b) { return name_of(a) == name_of(b); };
  if (std::ranges::adjacent_find(order, same) == order.end()) return;
  std::vector<bool> is_repeated(all.size());
  for (std::size_t begin = 0; begin < order.size();) {
    std::size_t end = begin + 1;
    while (end < order.size() && same(order[begin], order[end])) {
      is_repeated[order[end++]] = true;
    }
    if (end - begin > 1) all[order[begin]] = all[order[end - 1]];
    begin = end;
  }
  WantedList kept;
  kept.reserve(all.size());
  for (std::size_t i = 0; i < all.size(); ++i) {
    if (!is_repeated[i]) kept.push_back(std::move(all[i]));
  }
  all = std::move(kept);
}

const metadata::Topic* find_topic(const Fetching& fetching, std::string_view name, const Uuid& id) {
  const metadata::Image& image = fetching.context.cluster->image;
  return fetching.opening.names_ids ? image.topic(id) : image.topic(name);
}

/// The partitions in the order in which they are read: the request's, or the session's.
WantedList wanted_of(const Fetching& fetching) {
  WantedList all;
  if (fetching.opening.kind == FetchOpening::Kind::kIncremental) {
    all.reserve(fetching.opening.partitions.size());
    for (const SessionPartition& partition : fetching.opening.partitions) {
      const metadata::Topic* known = find_topic(fetching, partition.name(), partition.topic_id);
      Wanted& wanted = add_wanted(fetching, known, partition, partition.max_bytes, all);
      // Apache Kafka remembers the name of an id, and misses the topic under it.
      if (known == nullptr && partition.was_known) wanted.unknown = kUnknownPartition;
      wanted.topic = TopicName(partition.name());
      wanted.topic_id = known != nullptr ? known->id() : partition.topic_id;
    }
    return all;
  }
  for (const auto& topic : fetching.request.topics) {
    const metadata::Topic* known = find_topic(fetching, topic.topic.value(), topic.topic_id);
    for (const auto& partition : topic.partitions) {
      Wanted& wanted = add_wanted(fetching, known, partition, partition.partition_max_bytes, all);
      wanted.topic = topic.topic;
      wanted.topic_id = known != nullptr ? known->id() : topic.topic_id;
      wanted.asked = &partition;
    }
  }
  if (all.size() > 1) keep_last_wishes(all);
  return all;
}

FetchResponse::PartitionData data_of(Wanted& wanted, Slices& slices) {
  FetchResponse::PartitionData data;
  data.partition_index = wanted.partition;
  data.error_code = error_of(wanted);
  data.high_watermark = wanted.outcome.high_watermark;
  data.last_stable_offset = wanted.outcome.last_stable_offset;
  data.log_start_offset = wanted.outcome.log_start_offset;
  data.aborted_transactions.reset();
  if (wanted.outcome.aborted || wanted.unknown != ErrorCode::kNone) data.aborted_transactions.emplace();
  if (wanted.outcome.aborted) {
    for (const log::AbortedTransaction& each : *wanted.outcome.aborted) {
      data.aborted_transactions->push_back({.producer_id = ProducerId(each.producer_id),
                                            .first_offset = each.first_offset,
                                            .unknown_tags = {}});
    }
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

/// Apache Kafka answers for the partitions that the cluster has first.
void put_unknown_last(WantedList& all) {
  WantedList unknown;
  for (const Wanted& wanted : all) {
    if (wanted.unknown != ErrorCode::kNone) unknown.push_back(wanted);
  }
  if (unknown.empty()) return;
  std::erase_if(all, [](const Wanted& wanted) { return wanted.unknown != ErrorCode::kNone; });
  std::ranges::move(unknown, std::back_inserter(all));
}

FetchResponse response_of(const Fetching& fetching, WantedList& all, const FetchClosing& closing,
                          Slices& slices) {
  FetchResponse response;
  response.session_id = closing.session_id;
  for (std::size_t i = 0; i < all.size(); ++i) {
    Wanted& wanted = all[i];
    if (!closing.is_told.empty() && !closing.is_told[i]) continue;
    const bool is_same_topic = !response.responses.empty() &&
                               response.responses.back().topic == wanted.topic &&
                               response.responses.back().topic_id == wanted.topic_id;
    if (!is_same_topic) {
      auto& answered = response.responses.emplace_back();
      answered.topic = wanted.topic;
      answered.topic_id = wanted.topic_id;
    }
    auto& data = response.responses.back().partitions.emplace_back(data_of(wanted, slices));
    // Clients of then do not know the error, and would not try again.
    if (data.error_code == ErrorCode::kKafkaStorageError &&
        fetching.context.request.version < kFirstVersionWithStorageError)
      data.error_code = ErrorCode::kNotLeaderOrFollower;
    if (fetching.context.request.version < kFirstVersionWithLeaders || !has_other_leader(data.error_code))
      continue;
    tell_leader(fetching.context, wanted.topic_id, wanted.partition, data.current_leader);
    if (!fetching.opening.is_follower) {
      add_endpoint(fetching.context, data.current_leader.leader_id, response);
    }
  }
  return response;
}

/// Reads what can be read. A request that is refused something is answered at once.
Task<void> gather(const Fetching& fetching, WantedList& all) {
  Context& context = fetching.context;
  const FetchRequest& request = fetching.request;
  const auto max_bytes = static_cast<std::size_t>(
      std::clamp(request.max_bytes, 0, context.node.config().network.fetch_max_bytes));
  const std::size_t min_bytes = std::min(static_cast<std::size_t>(std::max(request.min_bytes, 0)), max_bytes);
  bool waits = true;
  runtime::FetchReads reads;
  reads.reserve(all.size());
  for (const Wanted& wanted : all) {
    waits = waits && wanted.refused == ErrorCode::kNone;
    if (!is_readable(wanted)) continue;
    reads.push_back({.topic_id = wanted.topic_id, .partition = wanted.partition, .call = wanted.call});
  }
  const std::chrono::milliseconds most(waits ? std::max(request.max_wait_ms, 0) : 0);
  reads = co_await runtime::read_for_fetch(
      context.node, context.shard, std::move(reads),
      {.max_bytes = max_bytes, .min_bytes = min_bytes, .deadline = context.shard.now() + most});
  auto read = reads.begin();
  for (Wanted& wanted : all) {
    if (is_readable(wanted)) wanted.outcome = std::move((read++)->outcome);
  }
}

/// What the session is to know of each partition. Nothing where there is none.
std::vector<FoundPartition> found_of(const Fetching& fetching, const WantedList& all) {
  std::vector<FoundPartition> found;
  if (fetching.opening.kind == FetchOpening::Kind::kSessionless) return found;
  found.reserve(all.size());
  for (const Wanted& wanted : all) {
    const bool names_ids = fetching.opening.names_ids;
    found.push_back({.topic = names_ids ? std::string_view() : wanted.topic.value(),
                     .topic_id = names_ids ? wanted.topic_id : Uuid(),
                     .partition = wanted.partition,
                     .asked = wanted.asked,
                     .found = {.error = error_of(wanted),
                               .high_watermark = wanted.outcome.high_watermark,
                               .log_start_offset = wanted.outcome.log_start_offset,
                               .has_records = wanted.outcome.records.has_value(),
                               .is_diverging = wanted.outcome.diverging.has_value()}});
  }
  return found;
}

/// The whole request failed. Before topics had ids, partitions tell it, too.
FetchResponse refused(const Fetching& fetching, ErrorCode error) {
  FetchResponse response;
  if (fetching.context.request.version >= kFirstVersionWithSessions) response.error_code = error;
  if (fetching.opening.names_ids) return response;
  for (const auto& topic : fetching.request.topics) {
    auto& answered = response.responses.emplace_back();
    answered.topic = topic.topic;
    for (const auto& partition : topic.partitions) {
      auto& data = answered.partitions.emplace_back();
      data.partition_index = partition.partition;
      data.error_code = error;
      data.high_watermark = -1;
      data.records.emplace();
    }
  }
  return response;
}

/// The whole answer; `slices` are its records.
Task<FetchResponse> fetch(const Fetching& fetching, Slices& slices) {
  FetchResponse response;
  if (fetching.opening.error != ErrorCode::kNone) {
    response.error_code = fetching.opening.error;
    co_return response;
  }
  if (!is_isolation_level(fetching.request.isolation_level)) {
    // Apache Kafka fails inside where the isolation level is none.
    co_return refused(fetching, ErrorCode::kUnknownServerError);
  }
  WantedList all = wanted_of(fetching);
  co_await gather(fetching, all);
  put_unknown_last(all);
  Context& context = fetching.context;
  const FetchClosing closing =
      co_await context.sessions.close(context.shard, fetching.opening, found_of(fetching, all));
  if (closing.error != ErrorCode::kNone) {
    response.error_code = closing.error;
    response.session_id = closing.session_id;
    co_return response;
  }
  co_return response_of(fetching, all, closing, slices);
}

}  // namespace

Task<void> serve_fetch(Exchange& exchange) {
  const auto request = wire::decode_message<FetchRequest>(exchange.frame.bytes().subspan(exchange.body_at),
                                                          exchange.context.request.version, true);
  if (!request) {
    log_malformed(exchange, request.error());
    exchange.responder.refuse();
    co_return;
  }
  Context& context = exchange.context;
  const Fetching fetching{
      .context = context,
      .request = *request,
      .opening = co_await context.sessions.open(context.shard, context.request.version, *request)};
  exchange.is_from_follower = fetching.opening.is_follower;
  Slices slices;
  const FetchResponse response = co_await fetch(fetching, slices);
  send_reply(exchange.responder, context.request, response, std::move(slices));
}

}  // namespace moldau::api
