#include <cstddef>
#include <cstdint>

#include "base/assert.h"
#include "protocol/records/recompress.h"
#include "protocol/records/record_iterator.h"
#include "protocol/records/validate.h"

using namespace moldau::records;
using moldau::Bytes;
using moldau::require;

namespace {

/// Records that validation let pass can be read, and are as many as it said.
void read_back(const BatchView& batch, const ValidatedBatch& validated, DecoderSet& decoders) {
  auto iterator = RecordIterator::open(batch, decoders);
  require(iterator.has_value(), "a validated batch can be opened");
  RecordView record;
  std::int32_t count = 0;
  while (true) {
    const auto more = iterator->next(record);
    require(more.has_value(), "a validated batch can be read");
    if (!*more) break;
    require(record.offset == batch.base_offset() + count, "offsets of a validated batch have no gaps");
    ++count;
  }
  require(count == validated.record_count, "validation counts the records");
}

}  // namespace

// Bytes as they come in a produce request. The CRC is mended, or nothing would get past it.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size < 1) return 0;
  const unsigned choice = data[0];
  Bytes bytes(data + 1, data + size);
  if (auto batch = MutableBatch::parse(bytes)) batch->update_crc();
  const auto batch = sole_batch(bytes, 12);
  if (!batch) return 0;

  ProduceRules rules;
  rules.keys_required = (choice & 1U) != 0;
  rules.timestamp_type = (choice & 2U) != 0 ? TimestampType::kLogAppendTime : TimestampType::kCreateTime;
  if ((choice & 4U) != 0) rules.target_codec = Codec::kZstd;
  rules.now_ms = 1700000000000;
  rules.max_uncompressed_bytes = std::uint64_t{4} << 20;
  rules.max_recompressed_bytes = rules.max_uncompressed_bytes;
  rules.topic_partition = "topic-0";
  DecoderSet decoders;
  const auto verdict = validate_produced(*batch, rules, decoders);
  if (!verdict) {
    require(verdict.error().error.code != moldau::ErrorCode::kNone, "a rejection has a code");
    return 0;
  }
  read_back(*batch, *verdict, decoders);
  if (verdict->must_recompress) {
    const auto rebuilt =
        recompress(*batch, *rules.target_codec, std::nullopt, std::int64_t{1} << 30, decoders);
    require(rebuilt.has_value(), "a validated batch can be recompressed");
    const auto view = BatchView::parse(rebuilt->bytes());
    require(view.has_value() && view->is_valid(), "a recompressed batch is sound");
    read_back(*view, *verdict, decoders);
  }
  auto mutable_batch = MutableBatch::parse(bytes).value();
  mutable_batch.set_last_offset(100);
  mutable_batch.set_max_timestamp(rules.timestamp_type, verdict->max_timestamp_ms);
  require(mutable_batch.view().is_valid(), "the leader's fields leave a batch valid");
  return 0;
}
