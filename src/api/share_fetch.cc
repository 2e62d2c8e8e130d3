#include "api/share_fetch.h"

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "api/current_leader.h"
#include "api/reply.h"
#include "api/share_acknowledgement.h"
#include "api/share_group.h"
#include "api/share_sessions.h"
#include "protocol/messages/share_fetch_request.h"
#include "protocol/messages/share_fetch_response.h"
#include "runtime/share_partition_table.h"
#include "runtime/share_wait.h"
#include "runtime/together.h"
#include "share/fetch_turns.h"

namespace moldau::api {
namespace {

using protocol::ShareFetchRequest;
using protocol::ShareFetchResponse;
using runtime::ShareReadCall;
using runtime::ShareReadOutcome;
using runtime::Task;

/// One partition of the session, and what was found in it.
struct Wanted {
  share::SharePartitionId id;
  ErrorCode refused = ErrorCode::kNone;  ///< the cluster has no such partition
  std::size_t max_bytes = 0;
  ShareReadOutcome outcome = {};
};

ErrorCode error_of(const Wanted& wanted) {
  return wanted.refused != ErrorCode::kNone ? wanted.refused : wanted.outcome.error;
}

/// A request under way.
struct Fetching {
  Context& context;
  const ShareFetchRequest& request;
  share::ShareSessionKey key;
  share::ShareFetchContext opened;
  std::vector<Wanted> all;
  AcknowledgeOutcomes acknowledged;
};

ShareFetchResponse failed(ErrorCode error) {
  ShareFetchResponse response;
  response.error_code = error;
  return response;
}

bool says_more_than_renewal(const ShareFetchRequest& request) {
  return request.max_bytes != 0 || request.min_bytes != 0 || request.max_records != 0 ||
         request.max_wait_ms != 0;
}

bool renews(const Fetching& fetching) {
  return fetching.context.request.version >= kFirstVersionWithRenewals && fetching.request.is_renew_ack;
}

bool has_acknowledgements(const ShareFetchRequest& request) {
  return std::ranges::any_of(request.topics, [](const auto& topic) {
    return std::ranges::any_of(
        topic.partitions, [](const auto& partition) { return !partition.acknowledgement_batches.empty(); });
  });
}

std::string name_of(const Context& context, const Uuid& topic_id) {
  const metadata::Topic* topic = context.cluster->image.topic(topic_id);
  return topic == nullptr ? std::string() : std::string(topic->name());
}

/// The partitions that the request names, in its order.
std::vector<share::ShareSessionPartition> named(const Context& context, const ShareFetchRequest& request) {
  std::vector<share::ShareSessionPartition> all;
  for (const auto& topic : request.topics) {
    const std::string name = name_of(context, topic.topic_id);
    for (const auto& partition : topic.partitions)
      all.push_back({.topic_id = topic.topic_id, .topic = name, .partition = partition.partition_index});
  }
  return all;
}

std::vector<share::ShareSessionPartition> forgotten(const Context& context,
                                                    const ShareFetchRequest& request) {
  std::vector<share::ShareSessionPartition> all;
  for (const auto& topic : request.forgotten_topics_data) {
    const std::string name = name_of(context, topic.topic_id);
    for (const std::int32_t partition : topic.partitions)
      all.push_back({.topic_id = topic.topic_id, .topic = name, .partition = partition});
  }
  return all;
}

/// The session's partitions, the next one's turn first; the cluster's word on those that are not there.
std::vector<Wanted> wanted_of(const Fetching& fetching) {
  std::vector<Wanted> all;
  for (const auto& partition :
       share::in_turn(fetching.opened.partitions, fetching.request.share_session_epoch)) {
    Wanted& wanted = all.emplace_back();
    wanted.id = {.group = fetching.key.group,
                 .topic_id = partition.topic_id,
                 .topic = partition.topic,
                 .partition = partition.partition};
    const metadata::Topic* topic = fetching.context.cluster->image.topic(partition.topic_id);
    if (partition.topic.empty()) {
      wanted.refused = ErrorCode::kUnknownTopicId;
    } else if (topic == nullptr || topic->find(partition.partition) == nullptr) {
      wanted.refused = ErrorCode::kUnknownTopicOrPartition;
    }
  }
  return all;
}

/// Runs `ask(LedSharePartition&)` on the partition's shard; what it gives where the partition is not led here
/// has the error.
template <class Outcome, class Ask>
Task<Outcome> ask_share(Context& context, const share::SharePartitionId& id, Ask ask) {
  const runtime::ShardId owner = context.node.shards().owner_of(id.topic_id, id.partition);
  co_return co_await runtime::on_shard<Outcome>(
      context.shard, context.node.shards()[owner], [&context, owner, &id, &ask]() -> Task<Outcome> {
        const auto found = context.node.share_partitions(owner).find_or_make(id);
        if (found) co_return ask(**found);
        if constexpr (requires(Outcome outcome) { outcome.error; }) {
          co_return Outcome{.error = found.error().code};
        } else {
          co_return Outcome{};
        }
      });
}

/// Reads every partition, the first with records even beyond its share. Gives how many records were acquired.
Task<std::int32_t> read_all(Fetching& fetching) {
  std::int32_t acquired = 0;
  for (Wanted& wanted : fetching.all) {
    if (wanted.refused != ErrorCode::kNone) continue;
    const ShareReadCall call{.member = fetching.key.member,
                             .mode = static_cast<share::AcquireMode>(fetching.request.share_acquire_mode),
                             .batch_size = fetching.request.batch_size,
                             .max_records = fetching.request.max_records - acquired,
                             .max_bytes = wanted.max_bytes,
                             .at_least_one_batch = acquired == 0};
    if (call.max_records <= 0) break;
    wanted.outcome = co_await ask_share<ShareReadOutcome>(
        fetching.context, wanted.id, [&call](runtime::LedSharePartition& share) { return share.read(call); });
    acquired += wanted.outcome.acquired.count;
  }
  co_return acquired;
}

/// Whether there are so many bytes to acquire, or an error is to be told. Else it notes what to wait for.
Task<bool> is_worth_reading(Fetching& fetching, std::size_t min_bytes) {
  std::size_t found_bytes = 0;
  for (Wanted& wanted : fetching.all) {
    if (wanted.refused != ErrorCode::kNone) continue;
    const auto available = co_await ask_share<runtime::ShareAvailable>(
        fetching.context, wanted.id, [](runtime::LedSharePartition& share) { return share.available(); });
    found_bytes += std::min(available.bytes, wanted.max_bytes);
    if (found_bytes >= min_bytes || available.error != ErrorCode::kNone) co_return true;
    wanted.outcome = {.seen_high_watermark = available.seen_high_watermark,
                      .seen_changes = available.seen_changes};
  }
  co_return false;
}

/// Whether something is to be told at once, or there is nothing to wait for.
bool must_answer_now(const std::vector<Wanted>& all) {
  const auto is_news = [](const Wanted& wanted) {
    return wanted.outcome.error != ErrorCode::kNone || wanted.outcome.has_more;
  };
  return std::ranges::any_of(all, is_news) ||
         std::ranges::all_of(all, [](const Wanted& wanted) { return wanted.refused != ErrorCode::kNone; });
}

/// Even shares of what the request wants.
void divide_bytes(Fetching& fetching, std::int32_t max_bytes) {
  const auto count =
      static_cast<std::size_t>(std::ranges::count(fetching.all, ErrorCode::kNone, &Wanted::refused));
  if (count == 0) return;
  const std::size_t chance = fetching.context.shard.loop().random().next() % count;
  const auto shares = share::share_max_bytes(max_bytes, count, count, chance);
  std::size_t next = 0;
  for (Wanted& wanted : fetching.all) {
    if (wanted.refused == ErrorCode::kNone) wanted.max_bytes = static_cast<std::size_t>(shares[next++]);
  }
}

Task<void> gather(Fetching& fetching) {
  Context& context = fetching.context;
  const ShareFetchRequest& request = fetching.request;
  const Instant deadline = context.shard.now() + std::chrono::milliseconds(std::max(request.max_wait_ms, 0));
  const std::int32_t max_bytes = std::min(request.max_bytes, context.node.config().network.fetch_max_bytes);
  if (fetching.all.empty() || request.max_records <= 0 || max_bytes <= 0) co_return;
  const auto min_bytes = static_cast<std::size_t>(std::max(std::min(request.min_bytes, max_bytes), 0));
  divide_bytes(fetching, max_bytes);
  while (true) {
    const bool is_late = context.shard.now() >= deadline;
    const bool reads = is_late || min_bytes <= 1 || co_await is_worth_reading(fetching, min_bytes);
    if (reads && co_await read_all(fetching) > 0) co_return;
    if (is_late || must_answer_now(fetching.all)) co_return;
    std::vector<runtime::ShareWatched> watched;
    for (const Wanted& wanted : fetching.all) {
      if (wanted.refused != ErrorCode::kNone) continue;
      watched.push_back({.id = wanted.id,
                         .seen_high_watermark = wanted.outcome.seen_high_watermark,
                         .seen_changes = wanted.outcome.seen_changes});
    }
    co_await runtime::wait_for_shares(context.node, context.shard, std::move(watched), deadline);
  }
}

ShareFetchResponse::PartitionData data_of(Wanted& wanted, Slices& slices) {
  ShareFetchResponse::PartitionData data;
  data.partition_index = wanted.id.partition;
  data.error_code = error_of(wanted);
  data.acquired_records = std::move(wanted.outcome.acquired.ranges);
  if (wanted.outcome.records) {
    data.records.external_bytes = static_cast<std::size_t>(wanted.outcome.records->size_bytes);
    slices.push_back(std::move(*wanted.outcome.records));
  }
  return data;
}

ShareFetchResponse::PartitionData without_records(std::int32_t partition) {
  ShareFetchResponse::PartitionData data;
  data.partition_index = partition;
  return data;
}

void tell_acknowledged(Context& context, AcknowledgeOutcome outcome,
                       ShareFetchResponse::PartitionData& data) {
  data.acknowledge_error_code = static_cast<std::int16_t>(outcome.error);
  if (!outcome.message.empty()) data.acknowledge_error_message = context.keep(std::move(outcome.message));
}

auto& topic_of(ShareFetchResponse& response, const Uuid& topic_id) {
  using Topic = ShareFetchResponse::ShareFetchableTopicResponse;
  const auto found = std::ranges::find(response.responses, topic_id, &Topic::topic_id);
  if (found != response.responses.end()) return *found;
  auto& added = response.responses.emplace_back();
  added.topic_id = topic_id;
  return added;
}

/// By topic, as they stand in the answer: slices have to follow one another as their partitions do.
std::vector<std::vector<Wanted*>> by_topic(const std::vector<Wanted*>& told) {
  std::vector<std::vector<Wanted*>> topics;
  std::map<Uuid, std::size_t> places;
  for (Wanted* wanted : told) {
    const auto [place, is_new] = places.try_emplace(wanted->id.topic_id, topics.size());
    if (is_new) topics.emplace_back();
    topics[place->second].push_back(wanted);
  }
  return topics;
}

ShareFetchResponse::PartitionData told_data(Fetching& fetching, Wanted& wanted, ShareFetchResponse& response,
                                            Slices& slices) {
  auto data = data_of(wanted, slices);
  if (auto said = fetching.acknowledged.extract({wanted.id.topic_id, wanted.id.partition}); said) {
    tell_acknowledged(fetching.context, std::move(said.mapped()), data);
  }
  if (has_other_leader(data.error_code)) {
    tell_leader(fetching.context, wanted.id.topic_id, wanted.id.partition, data.current_leader);
    add_endpoint(fetching.context, BrokerId(data.current_leader.leader_id), response);
  }
  return data;
}

/// The whole answer: what was fetched and is told, then what was acknowledged besides.
ShareFetchResponse response_of(Fetching& fetching, const std::vector<Wanted*>& told, Slices& slices) {
  Context& context = fetching.context;
  ShareFetchResponse response;
  for (const std::vector<Wanted*>& partitions : by_topic(told)) {
    auto& topic = response.responses.emplace_back();
    topic.topic_id = partitions.front()->id.topic_id;
    for (Wanted* wanted : partitions)
      topic.partitions.push_back(told_data(fetching, *wanted, response, slices));
  }
  for (auto& [partition, outcome] : fetching.acknowledged) {
    auto& data =
        topic_of(response, partition.first).partitions.emplace_back(without_records(partition.second));
    tell_acknowledged(context, std::move(outcome), data);
  }
  response.acquisition_lock_timeout_ms = lock_timeout_ms(context, fetching.key.group);
  return response;
}

Task<void> acknowledge(Fetching& fetching) {
  if (!has_acknowledgements(fetching.request)) co_return;
  fetching.acknowledged = co_await acknowledge_records(
      fetching.context, fetching.key, acknowledgements_of(fetching.request),
      {.knows_renew = fetching.context.request.version >= kFirstVersionWithRenewals,
       .is_renewal = fetching.request.is_renew_ack});
}

/// What the session tells the client of; the error where it went on meanwhile.
Task<Result<std::vector<Wanted*>>> close_session(Fetching& fetching) {
  std::vector<Wanted*> found;
  std::vector<share::ShareFound> described;
  for (Wanted& wanted : fetching.all) {
    if (error_of(wanted) == ErrorCode::kNone && !wanted.outcome.was_read) continue;
    found.push_back(&wanted);
    described.push_back({.topic_id = wanted.id.topic_id,
                         .partition = wanted.id.partition,
                         .has_records = wanted.outcome.records.has_value(),
                         .has_error = error_of(wanted) != ErrorCode::kNone});
  }
  const auto is_told =
      co_await fetching.context.share_sessions.close(fetching.context.shard, fetching.opened, described);
  if (!is_told) co_return fail(is_told.error());
  std::vector<Wanted*> told;
  for (std::size_t i = 0; i < found.size(); ++i) {
    if ((*is_told)[i]) told.push_back(found[i]);
  }
  co_return told;
}

Task<ShareFetchResponse> fetch(Context& context, const ShareFetchRequest& request, Slices& slices) {
  if (!has_share_groups(context)) co_return failed(ErrorCode::kUnsupportedVersion);
  if (!request.group_id || !is_member_id(request.member_id)) co_return failed(ErrorCode::kInvalidRequest);
  Fetching fetching{
      .context = context,
      .request = request,
      .key = {.group = std::string(request.group_id->value()), .member = std::string(*request.member_id)},
      .opened = {},
      .all = {},
      .acknowledged = {}};
  if (renews(fetching) && says_more_than_renewal(request)) co_return failed(ErrorCode::kInvalidRequest);
  const auto wanted = named(context, request);
  const auto dropped = forgotten(context, request);
  const std::string connection = share_connection(context.shard, context.request.connection_id);
  auto opened = co_await context.share_sessions.open(context.shard,
                                                     {.key = fetching.key,
                                                      .epoch = request.share_session_epoch,
                                                      .connection = connection,
                                                      .wanted = wanted,
                                                      .forgotten = dropped,
                                                      .has_acknowledgements = has_acknowledgements(request)});
  if (!opened) {
    if (opened.error().code == ErrorCode::kShareSessionLimitReached) {
      runtime::Waiter pause(
          context.shard, context.shard.now() + std::chrono::milliseconds(std::max(request.max_wait_ms, 0)));
      co_await pause;
    }
    co_return failed(opened.error().code);
  }
  fetching.opened = *std::move(opened);
  fetching.all = wanted_of(fetching);
  runtime::TaskList tasks;
  tasks.push_back(acknowledge(fetching));
  if (!renews(fetching)) tasks.push_back(gather(fetching));
  co_await runtime::together(context.shard, std::move(tasks));
  const auto told = co_await close_session(fetching);
  if (fetching.opened.is_final) co_await context.share_sessions.end(context.shard, fetching.key);
  if (!told) co_return failed(told.error().code);
  co_return response_of(fetching, *told, slices);
}

}  // namespace

Task<void> serve_share_fetch(Exchange& exchange) {
  const auto request = wire::decode_message<ShareFetchRequest>(
      exchange.frame.bytes().subspan(exchange.body_at), exchange.context.request.version, true);
  if (!request) {
    log_malformed(exchange, request.error());
    exchange.responder.refuse();
    co_return;
  }
  Slices slices;
  const ShareFetchResponse response = co_await fetch(exchange.context, *request, slices);
  send_reply(exchange.responder, exchange.context.request, response, std::move(slices));
}

}  // namespace moldau::api
