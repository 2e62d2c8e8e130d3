#include "log/end_txn_marker.h"

#include "base/endian.h"
#include "protocol/records/builder.h"
#include "protocol/records/codec.h"
#include "protocol/records/record_iterator.h"

namespace moldau::log {

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
