#include "log/batch_filter.h"

#include <algorithm>
#include <array>
#include <limits>
#include <string>
#include <utility>

#include "base/assert.h"
#include "base/endian.h"

namespace moldau::log {
namespace {

std::unexpected<Error> unfit(std::int64_t offset, std::string_view why) {
  return fail(ErrorCode::kInvalidRecord,
              "the batch at offset " + std::to_string(offset) + " cannot be built anew: " + std::string(why));
}

/// The header of a batch of which nothing is left but who wrote it and where.
void append_empty(const records::BatchView& batch, Buffer& out) {
  std::array<std::uint8_t, records::kBatchHeaderSize> header{};
  std::ranges::copy(batch.bytes().first(header.size()), header.begin());
  constexpr int kKept = records::kLogAppendTimeBit | records::kTransactionalBit | records::kControlBit;
  std::uint8_t* const at = header.data();
  store_big_endian(at + records::kLengthAt, static_cast<std::int32_t>(header.size() - records::kLogOverhead));
  store_big_endian(at + records::kAttributesAt, static_cast<std::int16_t>(batch.attributes() & kKept));
  store_big_endian(at + records::kBaseTimestampAt, records::kNoTimestamp);
  store_big_endian(at + records::kRecordCountAt, std::int32_t{0});
  auto empty = records::MutableBatch::parse(header);
  require(empty.has_value(), "a header without records is a batch");
  empty->update_crc();
  out.append(header);
}

/// Why the builder would not take such a header; what wrote it was not Apache Kafka.
std::optional<std::string_view> header_fault(const records::BatchView& batch) {
  if (!batch.has_producer_id() && batch.producer_id() != records::kNoProducerId) return "its producer id";
  if (batch.is_transactional() && !batch.has_producer_id()) return "a transaction without a producer";
  if (batch.has_producer_id() && batch.producer_epoch() < 0) return "its producer epoch";
  if (batch.has_producer_id() && batch.base_sequence() < 0 && !batch.is_control()) return "its sequence";
  if (batch.last_offset_delta() < 0) return "its last offset";
  // Deltas to a delete horizon may make it twice as large.
  if (batch.bytes().size() > std::size_t{1} << 30) return "its size";
  return std::nullopt;
}

/// Hands the records that stay on to a builder.
template <class Iterator>
Result<void> append_chosen(Iterator& iterator, const std::vector<bool>& stays, std::int64_t base_offset,
                           std::int64_t last_offset, records::BatchBuilder& builder) {
  records::RecordView record;
  std::vector<records::RecordHeader> headers;
  std::int64_t next_offset = base_offset;
  for (const bool stay : stays) {
    const auto there = iterator.next(record);
    if (!there) return fail(there.error());
    if (!*there) return unfit(base_offset, "it has fewer records than before");
    if (!stay) continue;
    if (record.offset < next_offset || record.offset > last_offset ||
        record.offset - base_offset > std::numeric_limits<std::int32_t>::max()) {
      return unfit(base_offset, "its offsets");
    }
    if (record.timestamp_ms < records::kNoTimestamp) return unfit(base_offset, "a timestamp");
    headers.clear();
    while (const auto header = record.headers.next())
      headers.push_back(*header);
    builder.append_at(
        record.offset,
        {.timestamp_ms = record.timestamp_ms, .key = record.key, .value = record.value, .headers = headers});
    next_offset = record.offset + 1;
  }
  return {};
}

}  // namespace

Result<BatchFilter::Outcome> BatchFilter::filter(const BatchPlace& place, ByteView bytes,
                                                 bool keeps_legacy_tombstones, Buffer& out) {
  if (place.magic == records::kMagicV2) {
    const auto batch = records::BatchView::parse(bytes);
    if (!batch) return fail(batch.error());
    return filter_batch(*batch, out);
  }
  const auto entry = records::LegacyEntry::parse(bytes);
  if (!entry) return fail(entry.error());
  return filter_legacy(*entry, keeps_legacy_tombstones, out);
}

template <class Iterator>
Result<BatchFilter::Choice> BatchFilter::choose(Iterator& iterator, bool keeps_all, bool keeps_tombstones,
                                                Outcome& outcome) const {
  Choice choice;
  records::RecordView record;
  while (true) {
    const auto there = iterator.next(record);
    if (!there) return fail(there.error());
    if (!*there) break;
    ++outcome.records_read;
    const JudgedRecord judged{record.offset, record.key, record.value.has_value()};
    const bool stays = keeps_all || keeps_record(judged, *map_, keeps_tombstones);
    if (!stays && !record.key) ++outcome.records_without_key;
    choice.stays.push_back(stays);
    if (!stays) continue;
    if (choice.kept++ == 0) choice.first_kept_offset = record.offset;
    if (!record.value) choice.has_tombstone = true;
  }
  outcome.records_kept = choice.kept;
  return choice;
}

Result<BatchFilter::Outcome> BatchFilter::filter_batch(const records::BatchView& batch, Buffer& out) {
  Outcome outcome;
  bool is_removable = false;
  if (batch.is_control()) {
    const auto marker = transactions_->read_control(batch);
    if (!marker) return fail(marker.error());
    is_removable = marker->is_removable;
    outcome.still_aborted = marker->still_aborted;
  } else {
    is_removable = transactions_->read_data(batch);
  }
  const BatchVerdict verdict = judge_batch(batch, is_removable, *last_records_, rules_);
  Choice choice;
  if (!verdict.drops_records) {
    auto iterator = records::RecordIterator::open(batch, decoders_);
    if (!iterator) return fail(std::move(iterator).error());
    auto chosen = choose(*iterator, batch.is_control(), keeps_tombstones(batch, rules_.now_ms), outcome);
    if (!chosen) return fail(std::move(chosen).error());
    choice = *std::move(chosen);
  }
  if (choice.kept == 0) {
    if (verdict.stays_empty) append_empty(batch, out);
    return outcome;
  }
  const bool sets_horizon = (choice.has_tombstone || verdict.marks_nothing) && !batch.has_delete_horizon();
  if (choice.kept == batch.record_count() && !sets_horizon) {
    out.append(batch.bytes());
    return outcome;
  }
  auto rebuilt = rebuild(batch, choice, sets_horizon, out);
  if (!rebuilt) return fail(std::move(rebuilt).error());
  return outcome;
}

Result<void> BatchFilter::rebuild(const records::BatchView& batch, const Choice& choice, bool sets_horizon,
                                  Buffer& out) {
  if (const auto fault = header_fault(batch)) return unfit(batch.base_offset(), *fault);
  auto horizon = sets_horizon ? new_delete_horizon(rules_) : batch.delete_horizon_ms();
  if (horizon && *horizon < 0) horizon.reset();
  records::BatchBuilder builder({.base_offset = batch.base_offset(),
                                 .partition_leader_epoch = batch.partition_leader_epoch(),
                                 .timestamp_type = batch.timestamp_type(),
                                 .log_append_time_ms = batch.max_timestamp(),
                                 .producer_id = batch.producer_id(),
                                 .producer_epoch = batch.producer_epoch(),
                                 .base_sequence = batch.base_sequence(),
                                 .is_transactional = batch.is_transactional(),
                                 .is_control = batch.is_control(),
                                 .codec = *batch.codec(),  // Its records have been read.
                                 .delete_horizon_ms = horizon,
                                 .last_offset = batch.last_offset()});
  // Read a second time: to hold the records meanwhile would cost as much memory again.
  auto iterator = records::RecordIterator::open(batch, decoders_);
  if (!iterator) return fail(std::move(iterator).error());
  auto appended = append_chosen(*iterator, choice.stays, batch.base_offset(), batch.last_offset(), builder);
  if (!appended) return appended;
  out.append(std::move(builder).build().bytes());
  return {};
}

Result<BatchFilter::Outcome> BatchFilter::filter_legacy(const records::LegacyEntry& entry,
                                                        bool keeps_tombstones, Buffer& out) {
  Outcome outcome;
  auto iterator = records::LegacyIterator::open(entry, decoders_);
  if (!iterator) return fail(std::move(iterator).error());
  const auto choice = choose(*iterator, false, keeps_tombstones, outcome);
  if (!choice) return fail(choice.error());
  if (choice->kept == 0) return outcome;
  records::BatchBuilder builder(
      // Old formats do not say where a batch of theirs began.
      {.base_offset = choice->first_kept_offset,
       .timestamp_type = entry.timestamp_type(),
       .log_append_time_ms = entry.timestamp_ms(),
       .codec = *entry.codec(),
       .delete_horizon_ms = choice->has_tombstone ? new_delete_horizon(rules_) : std::nullopt});
  auto again = records::LegacyIterator::open(entry, decoders_);
  if (!again) return fail(std::move(again).error());
  auto appended = append_chosen(*again, choice->stays, choice->first_kept_offset, entry.offset(), builder);
  if (!appended) return fail(std::move(appended).error());
  out.append(std::move(builder).build().bytes());
  return outcome;
}

}  // namespace moldau::log
