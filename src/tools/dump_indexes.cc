#include "tools/dump_indexes.h"

#include <algorithm>
#include <cstdint>
#include <limits>
#include <optional>
#include <string_view>
#include <utility>

#include "log/file_names.h"
#include "protocol/records/legacy.h"
#include "protocol/records/record_iterator.h"
#include "tools/batch_file.h"
#include "tools/index_file.h"

namespace moldau::tools {
namespace {

/// The segment that an index belongs to.
struct Segment {
  std::string stem;
  std::int64_t base_offset = 0;
};

Result<Segment> segment_of(const std::string& name) {
  const auto base_offset = log::offset_of_file_name(name);
  if (!base_offset) return fail(ErrorCode::kInvalidRequest, "the name does not begin with an offset");
  return Segment{.stem = name.substr(0, name.find('.')), .base_offset = *base_offset};
}

std::string log_name(const Segment& segment) {
  return segment.stem + std::string(log::kLogSuffix);
}

template <class Iterator>
Result<TimestampMs> largest_timestamp(Result<Iterator> iterator) {
  if (!iterator) return fail(std::move(iterator).error());
  TimestampMs largest = records::kNoTimestamp;
  records::RecordView record;
  while (true) {
    const auto more = iterator->next(record);
    if (!more) return fail(more.error());
    if (!*more) return largest;
    largest = std::max(largest, record.timestamp_ms);
  }
}

Result<TimestampMs> largest_timestamp(const records::Entry& entry, records::DecoderSet& decoders) {
  if (entry.magic == records::kMagicV2) {
    const auto batch = records::BatchView::parse(entry.bytes);
    if (!batch) return fail(batch.error());
    return largest_timestamp(records::RecordIterator::open(*batch, decoders));
  }
  const auto batch = records::LegacyEntry::parse(entry.bytes);
  if (!batch) return fail(batch.error());
  return largest_timestamp(records::LegacyIterator::open(*batch, decoders));
}

/// Last offset of the batch at a position; `largest_bytes` is what it may have.
Result<std::int64_t> last_offset_at(BatchFile& log, std::int32_t position, std::int32_t largest_bytes) {
  if (auto moved = log.seek(position, largest_bytes); !moved) return fail(std::move(moved).error());
  const auto batch = log.next();
  if (!batch) return fail(batch.error());
  if (!*batch) {
    return fail(ErrorCode::kCorruptMessage,
                "an entry says position " + std::to_string(position) + ", where the log has no whole batch");
  }
  return last_offset_of(**batch);
}

/// Holds a time index against its segment, entry by entry.
class TimeIndexCheck {
 public:
  TimeIndexCheck(BatchFile log, OffsetIndexFile offsets, DumpWriter& writer)
      : log_(std::move(log)), offsets_(std::move(offsets)), writer_(writer) {}

  Result<void> check(const TimeIndexFile::Entry& entry) {
    const auto start = offsets_.lookup(entry.offset);
    if (!start) return fail(start.error());
    constexpr std::int64_t kNoLimit = std::numeric_limits<std::int32_t>::max();
    if (auto moved = log_.seek(start->position, kNoLimit); !moved) return moved;
    if (auto checked = check_batch(entry); !checked) return checked;
    previous_ms_ = entry.timestamp_ms;
    return {};
  }

 private:
  /// Against the first batch from here on that ends at or behind the entry's offset.
  Result<void> check_batch(const TimeIndexFile::Entry& entry) {
    constexpr std::int64_t kNone = -1;
    while (true) {
      const auto batch = log_.next();
      if (!batch) return fail(batch.error());
      if (!*batch) {
        writer_.offset_not_found(entry.offset, kNone);
        return {};
      }
      const auto last_offset = last_offset_of(**batch);
      if (!last_offset) return fail(last_offset.error());
      if (*last_offset < entry.offset) continue;
      if (*last_offset == entry.offset) return check_timestamp(entry, **batch);
      writer_.offset_not_found(entry.offset, *last_offset);
      return {};
    }
  }

  Result<void> check_timestamp(const TimeIndexFile::Entry& entry, const records::Entry& batch) {
    const auto largest_ms = largest_timestamp(batch, decoders_);
    if (!largest_ms) return fail(largest_ms.error());
    if (*largest_ms != entry.timestamp_ms) writer_.timestamp_mismatch(entry.timestamp_ms, *largest_ms);
    if (previous_ms_ >= entry.timestamp_ms) {
      writer_.timestamps_out_of_order(entry.timestamp_ms, previous_ms_);
    }
    return {};
  }

  BatchFile log_;
  OffsetIndexFile offsets_;
  DumpWriter& writer_;
  records::DecoderSet decoders_;
  TimestampMs previous_ms_ = records::kNoTimestamp;
};

}  // namespace

Result<void> dump_offset_index(io::Directory& folder, const std::string& name, const DumpOptions& options,
                               DumpWriter& writer) {
  const auto segment = segment_of(name);
  if (!segment) return fail(segment.error());
  auto log = BatchFile::open(folder, log_name(*segment));
  if (!log) return fail(std::move(log).error());
  auto index = OffsetIndexFile::open(folder, segment->stem, segment->base_offset);
  if (!index) return fail(std::move(index).error());
  if (index->count() == 0) {
    writer.empty_index();
    return {};
  }
  if (options.index_sanity_check) {
    if (auto sane = index->check_sanity(); !sane) return sane;
    writer.passed_sanity_check();
    return {};
  }
  for (std::int64_t slot = 0; slot < index->count(); ++slot) {
    const auto entry = index->entry(slot);
    if (!entry) return fail(entry.error());
    // Zeros behind the entries: the file was preallocated.
    if (entry->offset == segment->base_offset && slot > 0) return {};
    const auto last_offset = last_offset_at(*log, entry->position, options.max_message_size);
    if (!last_offset) return fail(last_offset.error());
    if (*last_offset != entry->offset) writer.index_mismatch(entry->offset, *last_offset);
    if (!options.verify_index_only) writer.index_entry(entry->offset, entry->position);
  }
  return {};
}

Result<void> dump_time_index(io::Directory& folder, const std::string& name, const DumpOptions& options,
                             DumpWriter& writer) {
  const auto segment = segment_of(name);
  if (!segment) return fail(segment.error());
  auto log = BatchFile::open(folder, log_name(*segment));
  if (!log) return fail(std::move(log).error());
  auto offsets = OffsetIndexFile::open(folder, segment->stem, segment->base_offset);
  if (!offsets) return fail(std::move(offsets).error());
  auto index = TimeIndexFile::open(folder, segment->stem, segment->base_offset);
  if (!index) return fail(std::move(index).error());
  if (options.index_sanity_check) {
    if (auto sane = index->check_sanity(); !sane) return sane;
    writer.passed_sanity_check();
    return {};
  }
  TimeIndexCheck check(std::move(*log), std::move(*offsets), writer);
  for (std::int64_t slot = 0; slot < index->count(); ++slot) {
    const auto entry = index->entry(slot);
    if (!entry) return fail(entry.error());
    if (entry->offset == segment->base_offset && slot > 0) return {};
    if (auto checked = check.check(*entry); !checked) return checked;
    if (!options.verify_index_only) writer.time_index_entry(entry->timestamp_ms, entry->offset);
  }
  return {};
}

}  // namespace moldau::tools
