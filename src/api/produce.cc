#include "api/produce.h"

#include <chrono>
#include <utility>
#include <vector>

#include "api/current_leader.h"
#include "api/produce_plan.h"
#include "api/produce_transaction.h"
#include "api/reply.h"
#include "metadata/topic.h"
#include "protocol/messages/produce_request.h"
#include "protocol/messages/produce_response.h"
#include "runtime/partition_table.h"
#include "runtime/together.h"

namespace moldau::api {
namespace {

using protocol::ProduceRequest;
using protocol::ProduceResponse;
using runtime::ProduceCall;
using runtime::ProduceOutcome;
using runtime::Task;
using PartitionResponse = ProduceResponse::PartitionProduceResponse;

constexpr std::int16_t kFirstVersionWithLeaders = 10;
constexpr std::int16_t kAcksOfAllInSync = -1;
/// Clients from this version on begin a new epoch with each transaction, and leave it to the leaders of their
/// partitions to add these (KIP-890).
constexpr std::int16_t kFirstVersionWithEpochBump = 12;
/// The client id by which Apache Kafka's admin tools may write into internal topics.
constexpr std::string_view kAdminClientId = "__admin_client";

/// The writable bytes of a view into the frame.
MutableBytes writable(net::Frame& frame, ByteView view) {
  const auto begin = static_cast<std::size_t>(view.data() - frame.bytes().data());
  return frame.bytes().subspan(begin, view.size());
}

/// The topic's id, or what to answer for its partitions.
std::expected<Uuid, ErrorCode> topic_id_of(const Context& context,
                                           const ProduceRequest::TopicProduceData& topic) {
  const metadata::Image& image = context.cluster->image;
  if (context.request.version >= 13) {
    if (image.topic(topic.topic_id) == nullptr) return std::unexpected(ErrorCode::kUnknownTopicId);
    return topic.topic_id;
  }
  const metadata::Topic* found = image.topic(topic.name.value());
  if (found == nullptr) return std::unexpected(ErrorCode::kUnknownTopicOrPartition);
  return found->id();
}

/// Runs on the shard that owns the partition.
Task<ProduceOutcome> append(runtime::PartitionTable& table, Uuid topic_id, std::int32_t partition_id,
                            MutableBytes records, ProduceCall call) {
  const auto partition = table.find(topic_id, partition_id);
  if (!partition) {
    ProduceOutcome outcome;
    outcome.error = partition.error().code;
    co_return outcome;
  }
  co_return co_await (*partition)->produce(records, call);
}

Task<ProduceOutcome> produce_one(Exchange& exchange, const Uuid& topic_id, std::int32_t index, ByteView batch,
                                 ProduceCall call) {
  Context& context = exchange.context;
  const MutableBytes records = writable(exchange.frame, batch);
  const runtime::ShardId owner = context.node.shards().owner_of(topic_id, index);
  runtime::PartitionTable& table = context.node.partitions(owner);
  co_return co_await runtime::on_shard<ProduceOutcome>(
      context.shard, context.node.shards()[owner],
      [&table, topic_id, index, records, call] { return append(table, topic_id, index, records, call); });
}

PartitionResponse response_of(Context& context, std::int32_t index, ProduceOutcome outcome) {
  PartitionResponse response;
  response.index = index;
  response.error_code = outcome.error;
  response.base_offset = outcome.error == ErrorCode::kNone ? outcome.base_offset : -1;
  response.log_append_time_ms = outcome.log_append_time_ms;
  if (context.request.version >= 5) response.log_start_offset = outcome.log_start_offset;
  if (context.request.version < 8) return response;
  for (records::RecordError& error : outcome.record_errors) {
    response.record_errors.push_back({.batch_index = error.batch_index,
                                      .batch_index_error_message = context.keep(std::move(error.message)),
                                      .unknown_tags = {}});
  }
  if (outcome.message) response.error_message = context.keep(std::move(*outcome.message));
  return response;
}

/// A partition of the request and its answer.
struct Entry {
  std::size_t topic;  ///< index into the response's topics
  const ProduceRequest::PartitionProduceData* data;
  ProduceOutcome outcome;
  ByteView batch = {};  ///< of a partition that has no error yet
  runtime::Verification verification = {};
};

/// What keeps the batch from its partition, as far as it is known here. `topic_id` is the topic's or why it
/// has none. Takes note of where the batch lies.
ErrorCode obstacle(const Context& context, const ProduceRequest& request,
                   const std::expected<Uuid, ErrorCode>& topic_id, Entry& entry) {
  if (!topic_id) return topic_id.error();
  const metadata::Topic& topic = *context.cluster->image.topic(*topic_id);
  const ProduceRequest::PartitionProduceData& data = *entry.data;
  if (topic.find(data.index) == nullptr) return ErrorCode::kUnknownTopicOrPartition;
  const ByteView records = data.records ? data.records->bytes : ByteView();
  const auto batch = records::sole_batch(records, context.request.version);
  if (!batch) return batch.error().error.code;
  entry.batch = records.first(batch->size_bytes());
  if (request.acks < kAcksOfAllInSync || request.acks > 1) return ErrorCode::kInvalidRequiredAcks;
  const bool may_write_internal = context.request.client_id == kAdminClientId;
  if (metadata::is_internal_topic(topic.name()) && !may_write_internal)
    return ErrorCode::kInvalidTopicException;
  return ErrorCode::kNone;
}

using TopicIds = ProducePlan::List<std::expected<Uuid, ErrorCode>>;

/// Has the batches of a transaction verified; those that may not be produced get their answer.
Task<void> verify_entries(Context& context, const ProduceRequest& request, const TopicIds& topic_ids,
                          ProducePlan::List<Entry>& entries) {
  const bool supports_epoch_bump = context.request.version >= kFirstVersionWithEpochBump;
  std::vector<TransactionalPart> parts;
  std::vector<Entry*> asking;
  for (Entry& entry : entries) {
    if (entry.outcome.error != ErrorCode::kNone) continue;
    const auto batch = transactional_batch_of(entry.batch, supports_epoch_bump);
    if (!batch) continue;
    const Uuid& topic_id = *topic_ids[entry.topic];
    parts.push_back({.topic_id = topic_id,
                     .topic = context.cluster->image.topic(topic_id)->name(),
                     .partition = entry.data->index,
                     .batch = *batch});
    asking.push_back(&entry);
  }
  if (has_several_producers(parts)) {
    // Nothing of the request is appended then.
    for (Entry& entry : entries) {
      if (entry.outcome.error != ErrorCode::kNone) continue;
      entry.outcome.error = ErrorCode::kInvalidProducerIdMapping;
      entry.outcome.message = "Transactional records contained more than one producer ID";
    }
    co_return;
  }
  co_await verify_transaction(context, request.transactional_id->value(), parts);
  for (std::size_t i = 0; i < parts.size(); ++i) {
    asking[i]->outcome.error = parts[i].error;
    asking[i]->outcome.message = std::move(parts[i].message);
    asking[i]->verification = parts[i].verification;
  }
}

Task<void> append_entry(Exchange& exchange, const Uuid& topic_id, Entry& entry, ProduceCall call) {
  call.verification = entry.verification;
  entry.outcome = co_await produce_one(exchange, topic_id, entry.data->index, entry.batch, call);
}

ProduceResponse response_of(Context& context, const ProducePlan& plan, const TopicIds& topic_ids,
                            ProducePlan::List<Entry>& entries) {
  ProduceResponse response;
  response.responses.resize(plan.topics.size());
  for (std::size_t i = 0; i < plan.topics.size(); ++i) {
    response.responses[i].name = plan.topics[i]->name;
    response.responses[i].topic_id = plan.topics[i]->topic_id;
  }
  for (Entry& entry : entries) {
    auto& answer = response.responses[entry.topic].partition_responses.emplace_back(
        response_of(context, entry.data->index, std::move(entry.outcome)));
    const bool tells = context.request.version >= kFirstVersionWithLeaders &&
                       answer.error_code == ErrorCode::kNotLeaderOrFollower;
    if (!tells || !topic_ids[entry.topic]) continue;
    tell_leader(context, *topic_ids[entry.topic], answer.index, answer.current_leader);
    add_endpoint(context, answer.current_leader.leader_id, response);
  }
  return response;
}

Task<ProduceResponse> produce(Exchange& exchange, const ProduceRequest& request) {
  Context& context = exchange.context;
  const ProduceCall call{.wants_all_in_sync = request.acks == kAcksOfAllInSync,
                         .deadline = context.shard.now() + std::chrono::milliseconds(request.timeout_ms)};
  const ProducePlan plan = plan_produce(request);
  const auto is_transactional = has_transactional_batch(request, context.request.version);
  TopicIds topic_ids;
  topic_ids.reserve(plan.topics.size());
  for (const auto* topic : plan.topics) {
    topic_ids.push_back(topic_id_of(context, *topic));
  }
  ProducePlan::List<Entry> entries;
  entries.reserve(plan.partitions.size());
  const bool lacks_id = is_transactional && *is_transactional && !request.transactional_id;
  for (const ProducePlan::Partition& partition : plan.partitions) {
    Entry& entry =
        entries.emplace_back(Entry{.topic = partition.topic, .data = partition.data, .outcome = {}});
    if (!is_transactional) {
      entry.outcome.error = is_transactional.error().code;
      entry.outcome.message = is_transactional.error().message;
    } else {
      entry.outcome.error = lacks_id ? ErrorCode::kTransactionalIdAuthorizationFailed
                                     : obstacle(context, request, topic_ids[partition.topic], entry);
    }
  }
  if (!is_transactional) co_return response_of(context, plan, topic_ids, entries);
  if (*is_transactional && !lacks_id) {
    co_await verify_entries(context, request, topic_ids, entries);
  } else if (request.acks != 0) {
    // The owners of the partitions append in the order in which they are asked, which is before anybody
    // waits. Behind a failure that has no answer, a producer without acks would not want the rest to be
    // appended.
    exchange.responder.let_follow();
  }
  runtime::TaskList appends;
  for (Entry& entry : entries) {
    if (entry.outcome.error != ErrorCode::kNone) continue;
    appends.push_back(append_entry(exchange, *topic_ids[entry.topic], entry, call));
  }
  if (appends.size() == 1) {
    co_await std::move(appends.front());
  } else {
    // Each is appended in its turn; what they wait for, they wait for at the same time.
    co_await runtime::together(context.shard, std::move(appends));
  }
  co_return response_of(context, plan, topic_ids, entries);
}

bool has_error(const ProduceResponse& response) {
  for (const auto& topic : response.responses) {
    for (const auto& partition : topic.partition_responses) {
      if (partition.error_code != ErrorCode::kNone) return true;
    }
  }
  return false;
}

}  // namespace

Task<void> serve_produce(Exchange& exchange) {
  const auto request = wire::decode_message<ProduceRequest>(exchange.frame.bytes().subspan(exchange.body_at),
                                                            exchange.context.request.version, true);
  if (!request) {
    log_malformed(exchange, request.error());
    exchange.responder.refuse();
    co_return;
  }
  const ProduceResponse response = co_await produce(exchange, *request);
  if (request->acks != 0) {
    send_reply(exchange.responder, exchange.context.request, response);
  } else if (has_error(response)) {
    // A producer that wants no answers learns of trouble by having to connect, and ask for metadata, again.
    exchange.responder.refuse();
  } else {
    exchange.responder.answer_nothing();
  }
}

}  // namespace moldau::api
