#include <algorithm>
#include <utility>
#include <vector>

#include "log/batch_scanner.h"
#include "log/end_txn_marker.h"
#include "log/partition_log.h"
#include "protocol/records/batch.h"
#include "protocol/records/legacy.h"

namespace moldau::log {
namespace {

/// The batches at the front of `bytes` that may be appended, as they will stand in the log.
struct Acceptable {
  std::vector<BatchPlace> batches;
  ByteView bytes;
  TimestampMs max_timestamp_ms = -1;
};

bool is_intact(const records::Entry& entry) {
  if (entry.magic == records::kMagicV2) {
    const auto batch = records::BatchView::parse(entry.bytes);
    return batch && batch->last_offset_delta() >= 0 && batch->is_valid();
  }
  const auto legacy = records::LegacyEntry::parse(entry.bytes);
  return legacy && legacy->is_valid();
}

Result<Acceptable> accept(ByteView bytes, std::int64_t log_end_offset,
                          std::optional<std::int32_t> largest_epoch) {
  Acceptable accepted;
  records::BatchCursor cursor(bytes);
  std::size_t accepted_bytes = 0;
  std::int64_t next_offset = log_end_offset;
  while (const auto entry = cursor.next()) {
    const auto place = describe_batch(entry->bytes, static_cast<std::int64_t>(entry->position));
    if (!place || !is_intact(*entry)) {
      return fail(ErrorCode::kCorruptMessage, "a batch to append is corrupt");
    }
    if (largest_epoch && place->leader_epoch > *largest_epoch) break;
    if (place->base_offset < next_offset) {
      return fail(ErrorCode::kOffsetOutOfRange, "a batch to append begins at offset " +
                                                    std::to_string(place->base_offset) + ", expected is " +
                                                    std::to_string(next_offset) + " or later");
    }
    next_offset = place->last_offset + 1;
    accepted_bytes = entry->position + entry->bytes.size();
    accepted.max_timestamp_ms = std::max(accepted.max_timestamp_ms, place->max_timestamp_ms);
    accepted.batches.push_back(*place);
  }
  if (cursor.stop() == records::CursorStop::kCorruptSize ||
      cursor.stop() == records::CursorStop::kUnknownMagic) {
    return fail(ErrorCode::kCorruptMessage, "bytes to append are no batch");
  }
  accepted.bytes = bytes.first(accepted_bytes);
  return accepted;
}

}  // namespace

Result<AppendInfo> PartitionLog::append_as_is(ByteView bytes, TimestampMs now_ms, AppendOrigin origin,
                                              std::optional<std::int32_t> largest_epoch) {
  if (auto usable = check_usable(); !usable) return fail(std::move(usable).error());
  const auto accepted = accept(bytes, log_.log_end_offset, largest_epoch);
  if (!accepted) return fail(accepted.error());
  if (accepted->batches.empty()) {
    return AppendInfo{.base_offset = log_.log_end_offset, .last_offset = log_.log_end_offset - 1};
  }
  if (accepted->bytes.size() > static_cast<std::size_t>(config_.segment_bytes)) {
    return fail(ErrorCode::kRecordListTooLarge, "the batches are larger than a segment");
  }
  const std::int64_t base_offset = accepted->batches.front().base_offset;
  const std::int64_t last_offset = accepted->batches.back().last_offset;
  for (const BatchPlace& place : accepted->batches) {
    const ByteView batch = accepted->bytes.subspan(static_cast<std::size_t>(place.position),
                                                   static_cast<std::size_t>(place.size_bytes));
    if (place.magic != records::kMagicV2) continue;
    const auto view = records::BatchView::parse(batch);
    if (!view) return fail(view.error());
    if (view->is_control() && view->has_producer_id()) {
      if (const auto marker = read_end_txn_marker(*view); !marker) return fail(marker.error());
    }
    if (origin == AppendOrigin::kReplication) continue;
    if (const auto checked = log_.producers.check(*view, {.origin = origin}); !checked) {
      return fail(checked.error());
    }
  }
  auto rolled =
      guard(roll_if_due(accepted->bytes, base_offset, last_offset, accepted->max_timestamp_ms, now_ms));
  if (!rolled) return fail(std::move(rolled).error());
  for (const BatchPlace& place : accepted->batches) {
    if (place.magic != records::kMagicV2) {
      log_.epochs.clear();  // Batches without an epoch: what is known of epochs no longer holds.
    } else if (place.leader_epoch >= 0) {
      log_.epochs.assign(place.leader_epoch, place.base_offset);
    }
  }
  auto written = guard(write_batches(accepted->bytes, last_offset, now_ms));
  if (!written) return fail(std::move(written).error());
  for (const BatchPlace& place : accepted->batches) {
    auto noted = guard(note_producer(accepted->bytes.subspan(static_cast<std::size_t>(place.position),
                                                             static_cast<std::size_t>(place.size_bytes))));
    if (!noted) return fail(std::move(noted).error());
  }
  return AppendInfo{.base_offset = base_offset, .last_offset = last_offset, .rolled = *rolled};
}

}  // namespace moldau::log
