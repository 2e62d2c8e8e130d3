#include "coordinator/txn/transaction_records.h"

#include <utility>
#include <vector>

#include "coordinator/record_bytes.h"
#include "protocol/messages/transaction_log_key.h"
#include "protocol/messages/transaction_log_value.h"

namespace moldau::coordinator {
namespace {

using protocol::TransactionLogKey;
using protocol::TransactionLogValue;

constexpr std::int16_t kTransactionLog = 0;
constexpr std::int16_t kVersionOfIds = 1;

Result<Transaction> decode_value(ByteView bytes, std::int16_t version) {
  const auto message = decode_behind_prefix<TransactionLogValue>(bytes, version);
  if (!message) return fail(message.error());
  const auto state = transaction_state_of(message->transaction_status);
  if (!state) {
    return fail(ErrorCode::kCorruptMessage,
                "a transaction's state has the number " + std::to_string(message->transaction_status));
  }
  Transaction transaction{.producer_id = message->producer_id,
                          .previous_producer_id = message->previous_producer_id,
                          .next_producer_id = message->next_producer_id,
                          .producer_epoch = message->producer_epoch,
                          .last_producer_epoch = kNoProducerEpoch,
                          .timeout_ms = message->transaction_timeout_ms,
                          .state = *state,
                          .partitions = {},
                          .start_ms = message->transaction_start_timestamp_ms,
                          .last_update_ms = message->transaction_last_update_timestamp_ms,
                          .client_version = message->client_transaction_version};
  if (*state == TransactionState::kEmpty || !message->transaction_partitions) return transaction;
  for (const auto& topic : *message->transaction_partitions) {
    for (const std::int32_t partition : topic.partition_ids) {
      transaction.partitions.insert({.topic = std::string(topic.topic), .partition = partition});
    }
  }
  return transaction;
}

}  // namespace

Result<std::optional<TransactionRecord>> decode_transaction_record(ByteView key,
                                                                   std::optional<ByteView> value) {
  const auto type = read_prefix(key);
  if (!type) return fail(type.error());
  if (*type != kTransactionLog) return std::nullopt;
  const auto id = decode_behind_prefix<TransactionLogKey>(key, 0);
  if (!id) return fail(id.error());
  TransactionRecord record{std::string(id->transactional_id), std::nullopt};
  if (!value) return record;
  const auto version = read_prefix(*value);
  if (!version) return fail(version.error());
  if (!TransactionLogValue::kVersions.contains(*version)) return std::nullopt;
  auto transaction = decode_value(*value, *version);
  if (!transaction) return fail(std::move(transaction).error());
  record.value = *std::move(transaction);
  return record;
}

Record transaction_record(std::string_view transactional_id, const Transaction& transaction,
                          std::int16_t transaction_version) {
  TransactionLogValue message;
  message.producer_id = transaction.producer_id;
  message.producer_epoch = transaction.producer_epoch;
  message.transaction_timeout_ms = transaction.timeout_ms;
  message.transaction_status = static_cast<std::int8_t>(transaction.state);
  message.transaction_last_update_timestamp_ms = transaction.last_update_ms;
  message.transaction_start_timestamp_ms = transaction.start_ms;
  if (transaction.state == TransactionState::kEmpty) {
    message.transaction_partitions.reset();
  } else {
    std::vector<TransactionLogValue::PartitionsSchema>& topics = message.transaction_partitions.emplace();
    for (const TopicPartition& one : transaction.partitions) {
      if (topics.empty() || topics.back().topic != one.topic) topics.emplace_back().topic = one.topic;
      topics.back().partition_ids.push_back(one.partition);
    }
  }
  const std::int16_t version = transaction_version >= 1 ? kVersionOfIds : 0;
  if (version >= kVersionOfIds) {
    message.previous_producer_id = transaction.previous_producer_id;
    message.next_producer_id = transaction.next_producer_id;
    message.client_transaction_version = transaction.client_version;
  }
  Record record = transaction_tombstone(transactional_id);
  record.value = prefixed(version, message, version);
  return record;
}

Record transaction_tombstone(std::string_view transactional_id) {
  TransactionLogKey key;
  key.transactional_id = transactional_id;
  return {prefixed(kTransactionLog, key, 0), std::nullopt};
}

}  // namespace moldau::coordinator
