#include "log/end_txn_marker.h"

#include "base/endian.h"
#include "protocol/records/builder.h"
#include "protocol/records/codec.h"
#include "protocol/records/record_iterator.h"

namespace moldau::log {
namespace {

constexpr std::int16_t kNoTransactionVersion = -1;

}  // namespace

Result<Buffer> build_transaction_marker(const TransactionMarker& marker, TimestampMs now_ms) {
  if (marker.producer_id == records::kNoProducerId || marker.producer_epoch == records::kNoProducerEpoch ||
      marker.transaction_version == kNoTransactionVersion) {
    return fail(ErrorCode::kUnknownServerError, "a marker names a producer, its epoch and a version");
  }
  if (marker.producer_epoch < 0) return fail(ErrorCode::kInvalidProducerEpoch, "an epoch is not negative");
  records::BatchBuilder builder({.producer_id = marker.producer_id,
                                 .producer_epoch = marker.producer_epoch,
                                 .is_transactional = true,
                                 .is_control = true});
  builder.append_end_txn_marker(
      now_ms, marker.is_commit ? records::ControlType::kCommit : records::ControlType::kAbort,
      marker.coordinator_epoch);
  return std::move(builder).build();
}

Result<std::optional<EndTxnMarker>> read_end_txn_marker(const records::BatchView& batch) {
  records::DecoderSet decoders;
  auto iterator = records::RecordIterator::open(batch, decoders);
  if (!iterator) return fail(std::move(iterator).error());
  records::RecordView record;
  const auto there = iterator->next(record);
  if (!there) return fail(there.error());
  if (!*there) return std::nullopt;
  if (!record.key) return fail(ErrorCode::kInvalidRecord, "a control record has no key");
  const auto type = records::parse_control_key(*record.key);
  if (!type) return fail(type.error());
  const bool is_abort = *type == records::ControlType::kAbort;
  if (!is_abort && *type != records::ControlType::kCommit) return std::nullopt;
  constexpr std::size_t kVersionSize = sizeof(std::int16_t);
  if (!record.value || record.value->size() < kVersionSize + sizeof(std::int32_t) ||
      load_big_endian<std::int16_t>(record.value->data()) < 0) {
    return fail(ErrorCode::kInvalidRecord, "an end transaction marker is malformed");
  }
  return EndTxnMarker{.is_abort = is_abort,
                      .coordinator_epoch = load_big_endian<std::int32_t>(record.value->data() + kVersionSize),
                      .timestamp_ms = record.timestamp_ms};
}

}  // namespace moldau::log
