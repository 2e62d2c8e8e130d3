#include <algorithm>
#include <limits>
#include <utility>

#include "log/file_content.h"
#include "log/partition_log.h"
#include "protocol/records/batch.h"
#include "protocol/records/codec.h"
#include "protocol/records/legacy.h"
#include "protocol/records/record_iterator.h"

namespace moldau::log {
namespace {

/// The first record of `iterator` that `wanted` accepts.
template <class Iterator, class Wanted>
Result<std::optional<OffsetAtTime>> first_record(Iterator iterator, std::int32_t leader_epoch,
                                                 Wanted wanted) {
  records::RecordView record;
  while (true) {
    const auto there = iterator.next(record);
    if (!there) return fail(there.error());
    if (!*there) return std::nullopt;
    if (wanted(record)) return OffsetAtTime{record.timestamp_ms, record.offset, leader_epoch};
  }
}

}  // namespace

Result<ReadInfo> PartitionLog::read(std::int64_t offset, std::int64_t max_bytes,
                                    std::int64_t upper_bound_offset, bool at_least_one) {
  if (auto usable = check_usable(); !usable) return fail(std::move(usable).error());
  if (offset < log_.log_start_offset || offset > log_.log_end_offset) {
    return fail(ErrorCode::kOffsetOutOfRange,
                "offset " + std::to_string(offset) + " is outside of the log, which is from " +
                    std::to_string(log_.log_start_offset) + " to " + std::to_string(log_.log_end_offset));
  }
  return guard(read_range(offset, max_bytes, upper_bound_offset, at_least_one));
}

Result<ReadInfo> PartitionLog::read_range(std::int64_t offset, std::int64_t max_bytes,
                                          std::int64_t upper_bound_offset, bool at_least_one) {
  ReadInfo nothing{.slice = {}, .base_offset = offset};
  if (offset >= std::min(upper_bound_offset, log_.log_end_offset)) return nothing;
  for (auto at = log_.segments.floor(offset); at != log_.segments.end(); ++at) {
    Segment& segment = *at->second;
    if (auto used = use_files(segment); !used) return fail(std::move(used).error());
    const auto found = segment.find(offset);
    if (!found) return fail(found.error());
    if (!*found) continue;  // Compaction may have removed all records up to the segment's end.
    const BatchPlace& first = **found;
    const auto next = std::next(at);
    const std::int64_t next_base = next == log_.segments.end() ? log_.log_end_offset : next->first;
    const auto limit = read_limit(segment, next_base, upper_bound_offset);
    if (!limit) return fail(limit.error());
    const std::int64_t most = at_least_one ? std::max(max_bytes, first.size_bytes) : max_bytes;
    const std::int64_t size = std::min(most, *limit - first.position);
    if (size <= 0) return nothing;
    auto file = segment.file();
    if (!file) return fail(std::move(file).error());
    return ReadInfo{.slice = {*std::move(file), static_cast<std::uint64_t>(first.position),
                              static_cast<std::uint64_t>(size)},
                    .base_offset = first.base_offset,
                    .is_first_batch_cut = size < first.size_bytes};
  }
  return nothing;
}

Result<std::int64_t> PartitionLog::read_limit(Segment& segment, std::int64_t next_base_offset,
                                              std::int64_t upper_bound_offset) {
  if (upper_bound_offset >= next_base_offset) return segment.size_bytes();
  if (bound_.offset != upper_bound_offset || bound_.segment_base != segment.base_offset()) {
    const auto bound = segment.find(upper_bound_offset);
    if (!bound) return fail(bound.error());
    bound_ = {upper_bound_offset, segment.base_offset(), *bound ? (*bound)->position : segment.size_bytes()};
  }
  return bound_.position;
}

Result<std::vector<AbortedTransaction>> PartitionLog::aborted_transactions(std::int64_t from,
                                                                           std::int64_t to) {
  if (auto usable = check_usable(); !usable) return fail(std::move(usable).error());
  std::vector<AbortedTransaction> found;
  for (auto at = log_.segments.floor(from); at != log_.segments.end(); ++at) {
    if (auto used = guard(use_files(*at->second)); !used) return fail(std::move(used).error());
    const auto entries = guard(at->second->transaction_index().all());
    if (!entries) return fail(entries.error());
    for (const AbortedTransaction& entry : *entries) {
      if (entry.last_offset >= from && entry.first_offset < to) found.push_back(entry);
      if (entry.last_stable_offset >= to) return found;
    }
  }
  return found;
}

Result<std::vector<AbortedTransaction>> PartitionLog::aborted_in(const ReadInfo& found, std::int64_t offset) {
  if (found.slice.size_bytes == 0) return std::vector<AbortedTransaction>();
  auto at = log_.segments.floor(found.base_offset);
  if (at == log_.segments.end()) return std::vector<AbortedTransaction>();
  const auto next = std::next(at);
  const std::int64_t next_base = next == log_.segments.end() ? log_.log_end_offset : next->first;
  // Most logs have no transactions at all.
  auto aborted = aborted_transactions(offset, next_base);
  if (!aborted || aborted->empty()) return aborted;
  if (auto used = guard(use_files(*at->second)); !used) return fail(std::move(used).error());
  auto index = guard(at->second->offset_index());
  if (!index) return fail(std::move(index).error());
  const auto behind =
      guard((*index)->first_from(static_cast<std::int64_t>(found.slice.position + found.slice.size_bytes)));
  if (!behind) return fail(behind.error());
  if (*behind)
    std::erase_if(*aborted, [&](const auto& each) { return each.first_offset >= (*behind)->offset; });
  return aborted;
}

Result<Bytes> PartitionLog::read_bytes(std::int64_t offset, std::int64_t max_bytes,
                                       std::int64_t upper_bound_offset, bool at_least_one) {
  const auto found = read(offset, max_bytes, upper_bound_offset, at_least_one);
  if (!found) return fail(found.error());
  Bytes bytes(static_cast<std::size_t>(found->slice.size_bytes));
  if (bytes.empty()) return bytes;
  auto read = guard(read_exactly(*found->slice.file, found->slice.position, bytes));
  if (!read) return fail(std::move(read).error());
  return bytes;
}

Result<std::optional<OffsetAtTime>> PartitionLog::find_in_batch(Segment& segment, const BatchPlace& place,
                                                                const Sought& sought,
                                                                records::DecoderSet& decoders) {
  const auto bytes = segment.read_batch(place);
  if (!bytes) return fail(bytes.error());
  const auto wanted = [&](const records::RecordView& record) {
    return record.timestamp_ms >= sought.timestamp_ms && record.offset >= sought.from_offset;
  };
  if (place.magic == records::kMagicV2) {
    const auto batch = records::BatchView::parse(*bytes);
    if (!batch) return fail(batch.error());
    auto iterator = records::RecordIterator::open(*batch, decoders);
    if (!iterator) return fail(std::move(iterator).error());
    return first_record(*std::move(iterator), place.leader_epoch, wanted);
  }
  const auto entry = records::LegacyEntry::parse(*bytes);
  if (!entry) return fail(entry.error());
  auto iterator = records::LegacyIterator::open(*entry, decoders);
  if (!iterator) return fail(std::move(iterator).error());
  return first_record(*std::move(iterator), place.leader_epoch, wanted);
}

Result<std::optional<OffsetAtTime>> PartitionLog::find_in_segment(Segment& segment, const Sought& sought,
                                                                  records::DecoderSet& decoders) {
  if (auto used = use_files(segment); !used) return fail(std::move(used).error());
  auto times = segment.time_index();
  if (!times) return fail(std::move(times).error());
  const auto before = (*times)->lookup(sought.timestamp_ms);
  if (!before) return fail(before.error());
  auto scanner = segment.scan_near(std::max(before->offset, sought.from_offset));
  if (!scanner) return fail(std::move(scanner).error());
  while (true) {
    const auto place = scanner->next();
    if (!place) return fail(place.error());
    if (!*place) return std::nullopt;
    if ((*place)->max_timestamp_ms < sought.timestamp_ms || (*place)->last_offset < sought.from_offset)
      continue;
    auto found = find_in_batch(segment, **place, sought, decoders);
    if (!found || *found) return found;
  }
}

Result<std::optional<OffsetAtTime>> PartitionLog::offset_for_timestamp(TimestampMs timestamp_ms,
                                                                       records::DecoderSet& decoders) {
  if (auto usable = check_usable(); !usable) return fail(std::move(usable).error());
  for (const auto& [base_offset, segment] : log_.segments) {
    const auto largest = largest_timestamp_of(*segment);
    if (!largest) return fail(largest.error());
    if (*largest < timestamp_ms) continue;
    // A segment may be as young only by what lies below the log start.
    auto found = guard(find_in_segment(*segment, {timestamp_ms, log_.log_start_offset}, decoders));
    if (!found || *found) return found;
  }
  return std::nullopt;
}

Result<std::optional<OffsetAtTime>> PartitionLog::max_timestamp(records::DecoderSet& decoders) {
  if (auto usable = check_usable(); !usable) return fail(std::move(usable).error());
  TimestampMs largest_ms = -1;
  Segment* latest = nullptr;
  for (const auto& [base_offset, segment] : log_.segments) {
    const auto largest = max_timestamp_of(*segment);
    if (!largest) return fail(largest.error());
    if (largest->timestamp_ms <= largest_ms) continue;
    largest_ms = largest->timestamp_ms;
    latest = segment.get();
  }
  if (latest == nullptr) return std::nullopt;
  // Apache Kafka names it also where the log starts behind it.
  return guard(find_in_segment(*latest, {.timestamp_ms = largest_ms}, decoders));
}

}  // namespace moldau::log
