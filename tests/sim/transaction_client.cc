#include "tests/sim/transaction_client.h"

#include <set>

#include "log/end_txn_marker.h"
#include "protocol/messages/add_partitions_to_txn_request.h"
#include "protocol/messages/add_partitions_to_txn_response.h"
#include "protocol/messages/end_txn_request.h"
#include "protocol/messages/end_txn_response.h"
#include "protocol/messages/fetch_request.h"
#include "protocol/messages/fetch_response.h"
#include "protocol/messages/find_coordinator_request.h"
#include "protocol/messages/find_coordinator_response.h"
#include "protocol/messages/init_producer_id_request.h"
#include "protocol/messages/init_producer_id_response.h"
#include "protocol/messages/list_offsets_request.h"
#include "protocol/messages/list_offsets_response.h"
#include "protocol/messages/produce_request.h"
#include "protocol/messages/produce_response.h"
#include "protocol/records/builder.h"
#include "protocol/records/record_iterator.h"

namespace moldau::sim {
namespace {

constexpr std::int32_t kTimeoutMs = 30'000;
constexpr std::int32_t kFetchBytes = 1 << 20;
constexpr std::int8_t kReadCommitted = 1;
constexpr std::int8_t kTransactionKey = 1;
constexpr TimestampMs kLatest = -1;
constexpr int kTries = 200;

/// What a client answers by asking once more.
bool is_passing(ErrorCode error) {
  return error == ErrorCode::kConcurrentTransactions || error == ErrorCode::kCoordinatorLoadInProgress ||
         error == ErrorCode::kNotCoordinator || error == ErrorCode::kCoordinatorNotAvailable ||
         error == ErrorCode::kNotEnoughReplicas || error == ErrorCode::kNotLeaderOrFollower ||
         error == ErrorCode::kUnknownTopicId || error == ErrorCode::kUnknownTopicOrPartition;
}

/// A reader that leaves out what was aborted.
class CommittedReader {
 public:
  CommittedReader(std::vector<std::string>& values, std::int64_t& offset)
      : values_(values), offset_(offset) {}

  Result<void> read(const protocol::FetchResponse::PartitionData& data) {
    std::multimap<std::int64_t, std::int64_t> aborted;  // first offset to producer id
    for (const auto& one : *data.aborted_transactions) {
      aborted.emplace(one.first_offset, one.producer_id.value());
    }
    std::set<std::int64_t> dropping;
    records::BatchCursor cursor(data.records->bytes);
    while (const auto entry = cursor.next()) {
      const auto batch = records::BatchView::parse(entry->bytes);
      if (!batch) return fail(batch.error());
      while (!aborted.empty() && aborted.begin()->first <= batch->last_offset()) {
        dropping.insert(aborted.begin()->second);
        aborted.erase(aborted.begin());
      }
      if (batch->is_control()) {
        const auto marker = log::read_end_txn_marker(*batch);
        if (!marker) return fail(marker.error());
        if (*marker && (*marker)->is_abort) dropping.erase(batch->producer_id());
      } else if (!batch->is_transactional() || !dropping.contains(batch->producer_id())) {
        if (auto taken = take(*batch); !taken) return taken;
      }
      offset_ = batch->next_offset();
    }
    return {};
  }

 private:
  Result<void> take(const records::BatchView& batch) {
    return records::for_each_record(batch, decoders_,
                                    [this](const records::RecordView& record) -> Result<void> {
                                      if (record.offset >= offset_)
                                        values_.emplace_back(as_text(record.value.value_or(ByteView())));
                                      return {};
                                    });
  }

  std::vector<std::string>& values_;
  std::int64_t& offset_;
  records::DecoderSet decoders_;
};

}  // namespace

bool TransactionClient::find_coordinator(const std::string& transactional_id) {
  protocol::FindCoordinatorRequest request;
  request.key_type = kTransactionKey;
  request.coordinator_keys.emplace_back(transactional_id);
  for (int i = 0; i < kTries; ++i) {
    const auto answer = call<protocol::FindCoordinatorResponse>(request, 4);
    if (!answer) return false;
    if ((*answer)->coordinators.front().error_code == ErrorCode::kNone) return true;
  }
  return false;
}

std::optional<ErrorCode> TransactionClient::begin(TransactionalProducer& producer, std::int32_t timeout_ms) {
  protocol::InitProducerIdRequest request;
  request.transactional_id = TransactionalId(producer.transactional_id);
  request.transaction_timeout_ms = timeout_ms;
  std::optional<ErrorCode> error;
  for (int i = 0; i < kTries; ++i) {
    const auto answer = call<protocol::InitProducerIdResponse>(request, 4);
    if (!answer) return std::nullopt;
    error = (*answer)->error_code;
    if (is_passing(*error)) continue;
    producer.producer_id = (*answer)->producer_id.value();
    producer.producer_epoch = (*answer)->producer_epoch;
    producer.next_sequences.clear();
    break;
  }
  return error;
}

std::optional<ErrorCode> TransactionClient::add_partition(const TransactionalProducer& producer,
                                                          const TransactionTopic& topic,
                                                          std::int32_t partition) {
  protocol::AddPartitionsToTxnRequest request;
  request.v3_and_below_transactional_id = TransactionalId(producer.transactional_id);
  request.v3_and_below_producer_id = ProducerId(producer.producer_id);
  request.v3_and_below_producer_epoch = producer.producer_epoch;
  request.v3_and_below_topics.push_back(
      {.name = TopicName(topic.name), .partitions = {partition}, .unknown_tags = {}});
  std::optional<ErrorCode> error;
  for (int i = 0; i < kTries; ++i) {
    const auto answer = call<protocol::AddPartitionsToTxnResponse>(request, 3);
    if (!answer) return std::nullopt;
    const auto& result = (*answer)->results_by_topic_v3_and_below.front().results_by_partition.front();
    error = static_cast<ErrorCode>(result.partition_error_code);
    if (!is_passing(*error)) break;
  }
  return error;
}

std::optional<ErrorCode> TransactionClient::send(TransactionalProducer& producer,
                                                 const TransactionTopic& topic, std::int32_t partition,
                                                 const std::vector<std::string>& values, TimestampMs now_ms) {
  const bool adds = producer.protocol == TransactionProtocol::kOneEpoch;
  if (adds) {
    const auto added = add_partition(producer, topic, partition);
    if (added != ErrorCode::kNone) return added;
  }
  std::int32_t& sequence = producer.next_sequences[partition];
  records::BatchBuilder builder({.producer_id = producer.producer_id,
                                 .producer_epoch = producer.producer_epoch,
                                 .base_sequence = sequence,
                                 .is_transactional = true});
  for (const std::string& value : values) {
    builder.append({.timestamp_ms = now_ms, .value = as_bytes(value)});
  }
  const Buffer batch = std::move(builder).build();
  protocol::ProduceRequest request;
  request.transactional_id = TransactionalId(producer.transactional_id);
  request.acks = -1;
  request.timeout_ms = kTimeoutMs;
  auto& data = request.topic_data.emplace_back();
  if (adds) data.name = TopicName(topic.name);
  if (!adds) data.topic_id = topic.id;
  auto& one = data.partition_data.emplace_back();
  one.index = partition;
  one.records.emplace().bytes = batch.bytes();
  std::optional<ErrorCode> error;
  for (int i = 0; i < kTries; ++i) {
    const auto answer = call<protocol::ProduceResponse>(request, adds ? std::int16_t{11} : std::int16_t{13});
    if (!answer) return std::nullopt;
    error = (*answer)->responses.front().partition_responses.front().error_code;
    if (!is_passing(*error)) break;
  }
  if (error == ErrorCode::kNone) sequence += static_cast<std::int32_t>(values.size());
  return error;
}

std::optional<ErrorCode> TransactionClient::end(TransactionalProducer& producer, bool commit) {
  protocol::EndTxnRequest request;
  request.transactional_id = TransactionalId(producer.transactional_id);
  request.producer_id = ProducerId(producer.producer_id);
  request.producer_epoch = producer.producer_epoch;
  request.committed = commit;
  const bool has_epochs = producer.protocol == TransactionProtocol::kEpochPerTransaction;
  std::optional<ErrorCode> error;
  for (int i = 0; i < kTries; ++i) {
    const auto answer =
        call<protocol::EndTxnResponse>(request, has_epochs ? std::int16_t{5} : std::int16_t{3});
    if (!answer) return std::nullopt;
    error = (*answer)->error_code;
    if (is_passing(*error)) continue;
    if (*error == ErrorCode::kNone && has_epochs) {
      producer.producer_id = (*answer)->producer_id.value();
      producer.producer_epoch = (*answer)->producer_epoch;
      producer.next_sequences.clear();
    }
    break;
  }
  return error;
}

Result<std::vector<std::string>> TransactionClient::read_committed(const TransactionTopic& topic,
                                                                   std::int32_t partition) {
  std::vector<std::string> values;
  std::int64_t offset = 0;
  CommittedReader reader(values, offset);
  while (true) {
    protocol::FetchRequest request;
    request.max_bytes = kFetchBytes;
    request.isolation_level = kReadCommitted;
    auto& asked = request.topics.emplace_back();
    asked.topic_id = topic.id;
    auto& one = asked.partitions.emplace_back();
    one.partition = partition;
    one.fetch_offset = offset;
    one.partition_max_bytes = kFetchBytes;
    const auto answer = call<protocol::FetchResponse>(request, 13);
    if (!answer) return fail(ErrorCode::kNetworkException, "no answer");
    const auto& data = (*answer)->responses.front().partitions.front();
    if (data.error_code != ErrorCode::kNone) return fail(data.error_code, "fetching");
    const std::int64_t before = offset;
    if (auto read = reader.read(data); !read) return fail(std::move(read).error());
    if (offset == before) return values;
  }
}

std::optional<std::int64_t> TransactionClient::end_for(const std::string& topic, std::int32_t partition,
                                                       std::int8_t isolation_level) {
  protocol::ListOffsetsRequest request;
  request.isolation_level = isolation_level;
  auto& asked = request.topics.emplace_back();
  asked.name = TopicName(topic);
  auto& one = asked.partitions.emplace_back();
  one.partition_index = partition;
  one.timestamp = kLatest;
  const auto answer = call<protocol::ListOffsetsResponse>(request, 7);
  if (!answer) return std::nullopt;
  return (*answer)->topics.front().partitions.front().offset;
}

std::optional<std::pair<std::int64_t, std::int64_t>> TransactionClient::ends(const std::string& topic,
                                                                             std::int32_t partition) {
  const auto stable = end_for(topic, partition, kReadCommitted);
  const auto all = end_for(topic, partition, 0);
  if (!stable || !all) return std::nullopt;
  return std::pair(*stable, *all);
}

}  // namespace moldau::sim
