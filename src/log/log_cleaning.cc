#include "log/log_cleaning.h"

#include <algorithm>
#include <limits>
#include <string>
#include <utility>

#include "base/assert.h"
#include "log/batch_reader.h"
#include "log/cleanable_range.h"
#include "log/file_content.h"
#include "log/file_names.h"

namespace moldau::log {
namespace {

constexpr std::size_t kLargestTransactionIndex = std::size_t{1} << 30;

Result<BatchReader> open_reader(io::Directory& directory, const SourceSegment& segment,
                                std::size_t piece_bytes) {
  auto file = directory.open_file(offset_file_name(segment.base_offset, kLogSuffix), io::OpenMode::kReadOnly);
  if (!file) return fail(std::move(file).error());
  return BatchReader(*std::move(file), segment.base_offset, segment.size_bytes, piece_bytes);
}

/// Puts the keys of one batch's records into a map. True if the map is full.
template <class Iterator>
Result<bool> put_keys(Iterator iterator, const BatchPlace& place, std::int64_t from_offset,
                      std::int64_t most_keys, OffsetMap& map, CleaningStats& stats) {
  records::RecordView record;
  while (true) {
    const auto there = iterator.next(record);
    if (!there) return fail(there.error());
    if (!*there) return false;
    if (record.offset > place.last_offset) {
      return fail(ErrorCode::kInvalidRecord,
                  "a record lies behind its batch at offset " + std::to_string(place.base_offset));
    }
    if (record.key && record.offset >= from_offset) {
      if (map.size() >= most_keys) return true;
      map.put(*record.key, record.offset);
    }
    ++stats.map_records_read;
  }
}

}  // namespace

/// The segment that is being written.
class LogCleaning::Output {
 public:
  static Result<Output> begin(const CleaningPlan& plan, std::int64_t base_offset, TimestampMs modified_ms) {
    auto segment = Segment::create(plan.directory, base_offset, plan.segment, modified_ms, kCleanedSuffix);
    if (!segment) return fail(std::move(segment).error());
    return Output(*std::move(segment), modified_ms);
  }

  const std::shared_ptr<Segment>& segment() const { return segment_; }
  /// Where what stays of the next batch is put; note_end() then tells where that batch ended.
  Buffer& buffer() { return buffer_; }
  void note_end(std::int64_t end_offset) { end_offset_ = end_offset; }
  std::int64_t end_offset() const { return end_offset_; }

  /// Appends what is in the buffer to the segment. Answers how much.
  Result<std::int64_t> write_out(std::size_t buffer_bytes) {
    const auto size = static_cast<std::int64_t>(buffer_.size());
    if (size == 0) return size;
    auto appended = segment_->append(buffer_.bytes(), modified_ms_);
    if (!appended) return fail(std::move(appended).error());
    if (buffer_.capacity() > 2 * buffer_bytes) buffer_ = Buffer();
    buffer_.resize(0);
    return size;
  }

  /// Ends the indexes and makes all durable.
  Result<void> finish(io::Directory& directory) {
    if (auto finished = segment_->finish(); !finished) return finished;
    const auto files = segment_->files_to_sync(true);
    if (!files) return fail(files.error());
    for (const UnsyncedFile& each : *files) {
      if (auto synced = each.file->sync(); !synced) return synced;
    }
    // All names, before one of them is changed: `.cleaned` ones tell the next start that a set is not whole.
    return directory.sync();
  }

 private:
  Output(std::shared_ptr<Segment> segment, TimestampMs modified_ms)
      : segment_(std::move(segment)), modified_ms_(modified_ms), end_offset_(segment_->base_offset()) {}

  std::shared_ptr<Segment> segment_;
  TimestampMs modified_ms_;
  std::int64_t end_offset_;
  Buffer buffer_;
};

LogCleaning::LogCleaning(CleaningPlan plan, CleanerTools tools, TimestampMs now_ms)
    : plan_(std::move(plan)),
      tools_(std::move(tools)),
      rules_{.now_ms = now_ms,
             .delete_retention_ms = plan_.delete_retention_ms,
             .end_of_round = plan_.first_uncleanable_offset} {
  require(!plan_.segments.empty() && plan_.first_dirty_offset < plan_.first_uncleanable_offset,
          "a pass has something to compact");
  tools_.map->clear();
}

Result<void> LogCleaning::go_on(std::int64_t bytes) {
  if (!tools_.may_continue || tools_.may_continue(bytes)) return {};
  return fail(ErrorCode::kOperationNotAttempted, "the compaction was told to end");
}

/// Which transaction indexes there are, and how large the other indexes. Removes what a pass that failed has
/// left: a `.cleaned` file makes the next start forget `.swap` files from its offset on.
Result<void> LogCleaning::look_around() {
  const auto entries = plan_.directory->list();
  if (!entries) return fail(entries.error());
  for (const io::DirectoryEntry& entry : *entries) {
    if (!entry.is_directory && entry.name.ends_with(kCleanedSuffix)) {
      if (auto removed = plan_.directory->remove_file(entry.name); !removed) return removed;
      continue;
    }
    const auto base_offset = offset_of_file_name(entry.name);
    if (!base_offset) continue;
    const auto is = [&](std::string_view kind) { return entry.name == offset_file_name(*base_offset, kind); };
    if (is(kTransactionIndexSuffix)) transaction_indexes_.insert(*base_offset);
    const auto segment =
        std::ranges::lower_bound(plan_.segments, *base_offset, {}, &SourceSegment::base_offset);
    if (segment == plan_.segments.end() || segment->base_offset != *base_offset) continue;
    if (is(kOffsetIndexSuffix)) segment->offset_index_bytes = static_cast<std::int64_t>(entry.size_bytes);
    if (is(kTimeIndexSuffix)) segment->time_index_bytes = static_cast<std::int64_t>(entry.size_bytes);
  }
  for (const SourceSegment& segment : plan_.segments) {
    if (segment.base_offset >= plan_.first_dirty_offset) break;
    legacy_horizon_ms_ = segment.modified_ms - plan_.delete_retention_ms;
  }
  return {};
}

Result<std::vector<AbortedTransaction>> LogCleaning::aborted_between(std::int64_t from, std::int64_t to) {
  std::vector<AbortedTransaction> found;
  const std::int64_t first_base = plan_.segments[floor_index(plan_.segments, from)].base_offset;
  for (auto at = transaction_indexes_.lower_bound(first_base); at != transaction_indexes_.end(); ++at) {
    const std::string name = offset_file_name(*at, kTransactionIndexSuffix);
    const auto content = read_small_file(*plan_.directory, name, kLargestTransactionIndex);
    if (!content) return fail(content.error());
    if (!*content) return fail(ErrorCode::kKafkaStorageError, name + " is gone");
    const auto entries = parse_transaction_index(**content);
    if (!entries) return fail(entries.error());
    for (const AbortedTransaction& entry : *entries) {
      const bool is_within = entry.last_offset >= std::max(from, plan_.log_start_offset);
      if (is_within && entry.first_offset < to) found.push_back(entry);
      // All that ended later began later.
      if (entry.last_stable_offset >= to) return found;
    }
  }
  return found;
}

Result<void> LogCleaning::read_keys() {
  if (auto looked = look_around(); !looked) return looked;
  CleanedTransactions transactions;
  const auto aborted = aborted_between(plan_.first_dirty_offset, plan_.first_uncleanable_offset);
  if (!aborted) return fail(aborted.error());
  transactions.add(*aborted);
  const std::span<const SourceSegment> all(plan_.segments);
  for (std::size_t i = floor_index(all, plan_.first_dirty_offset);
       i < all.size() && all[i].base_offset < plan_.first_uncleanable_offset; ++i) {
    const bool is_last = i + 1 == all.size() || all[i + 1].base_offset >= plan_.first_uncleanable_offset;
    const auto is_full =
        read_keys_of(all[i], is_last ? plan_.first_uncleanable_offset : all[i + 1].base_offset, transactions);
    if (!is_full) return fail(is_full.error());
    if (*is_full) break;
  }
  stats_.map_utilization = static_cast<double>(tools_.map->size()) / static_cast<double>(tools_.map->slots());
  const auto behind =
      std::ranges::lower_bound(all, end_offset(), {}, &SourceSegment::base_offset) - all.begin();
  groups_ = group_segments(all.first(static_cast<std::size_t>(behind)),
                           {.segment_bytes = plan_.segment_bytes,
                            .index_bytes = plan_.segment.index_size_max_bytes,
                            .first_uncleanable_offset = plan_.first_uncleanable_offset});
  return {};
}

Result<bool> LogCleaning::read_keys_of(const SourceSegment& segment, std::int64_t next_base_offset,
                                       CleanedTransactions& transactions) {
  auto reader = open_reader(*plan_.directory, segment, tools_.io_buffer_bytes);
  if (!reader) return fail(std::move(reader).error());
  std::int64_t told_bytes = 0;
  while (true) {
    const auto read = reader->next();
    if (!read) return fail(read.error());
    if (const std::int64_t more = reader->bytes_read() - std::exchange(told_bytes, reader->bytes_read())) {
      stats_.map_bytes_read += more;
      if (auto told = go_on(more); !told) return fail(std::move(told).error());
    }
    if (!*read) break;
    const BatchPlace& place = (*read)->place;
    if (place.last_offset < plan_.first_dirty_offset) continue;
    const auto is_full = note_keys(place, (*read)->bytes, transactions);
    if (!is_full || *is_full) return is_full;
    tools_.map->set_latest_offset(place.last_offset);
  }
  // Offsets may be missing at a segment's end.
  tools_.map->set_latest_offset(next_base_offset - 1);
  return false;
}

Result<bool> LogCleaning::note_keys(const BatchPlace& place, ByteView bytes,
                                    CleanedTransactions& transactions) {
  const auto most_keys = std::max<std::int64_t>(
      1, static_cast<std::int64_t>(static_cast<double>(tools_.map->slots()) * tools_.load_factor));
  if (place.magic != records::kMagicV2) {
    const auto entry = records::LegacyEntry::parse(bytes);
    if (!entry) return fail(entry.error());
    auto iterator = records::LegacyIterator::open(*entry, decoders_);
    if (!iterator) return fail(std::move(iterator).error());
    return put_keys(*std::move(iterator), place, plan_.first_dirty_offset, most_keys, *tools_.map, stats_);
  }
  const auto batch = records::BatchView::parse(bytes);
  if (!batch) return fail(batch.error());
  if (batch->is_control()) {
    const auto marker = transactions.read_control(*batch);
    if (!marker) return fail(marker.error());
    ++stats_.map_records_read;
    return false;
  }
  if (transactions.read_data(*batch)) {
    stats_.map_records_read += batch->record_count();
    return false;
  }
  auto iterator = records::RecordIterator::open(*batch, decoders_);
  if (!iterator) return fail(std::move(iterator).error());
  return put_keys(*std::move(iterator), place, plan_.first_dirty_offset, most_keys, *tools_.map, stats_);
}

Result<std::optional<CleanedSegment>> LogCleaning::clean_next() {
  if (next_group_ == groups_.size()) return std::nullopt;
  const auto group = groups_[next_group_++];
  auto output = Output::begin(plan_, group.front().base_offset, group.back().modified_ms);
  if (!output) return fail(std::move(output).error());
  if (auto written = write_group(group, *output); !written) {
    // Whatever it was: what cannot be removed now, the next pass or start removes.
    (void)output->segment()->remove_files();
    return fail(std::move(written).error());
  }
  return CleanedSegment{.segment = output->segment(),
                        .end_offset = output->end_offset(),
                        .replaced = {group.begin(), group.end()},
                        .generation = plan_.generation};
}

Result<void> LogCleaning::write_group(std::span<const SourceSegment> group, Output& output) {
  BatchFilter filter(*tools_.map, transactions_, plan_.last_records, rules_);
  const SourceSegment* const end = plan_.segments.data() + plan_.segments.size();
  for (const SourceSegment& source : group) {
    const SourceSegment* const next = &source + 1;
    // All that overlap the segment, for the index of the new one is made from them.
    const auto aborted =
        aborted_between(source.base_offset, next == end ? plan_.active_base_offset : next->base_offset);
    if (!aborted) return fail(aborted.error());
    transactions_.add(*aborted);
    if (auto written = write_segment(source, filter, output); !written) return written;
  }
  return output.finish(*plan_.directory);
}

Result<void> LogCleaning::write_segment(const SourceSegment& source, BatchFilter& filter, Output& output) {
  auto reader = open_reader(*plan_.directory, source, tools_.io_buffer_bytes);
  if (!reader) return fail(std::move(reader).error());
  const bool keeps_legacy_tombstones = source.modified_ms > legacy_horizon_ms_;
  const std::int64_t base_offset = output.segment()->base_offset();
  const auto write_out = [&]() -> Result<void> {
    const auto written = output.write_out(tools_.io_buffer_bytes);
    if (!written) return fail(written.error());
    stats_.bytes_written += *written;
    return *written == 0 ? Result<void>() : go_on(*written);
  };
  std::int64_t told_bytes = 0;
  while (true) {
    const auto read = reader->next();
    if (!read) return fail(read.error());
    if (const std::int64_t more = reader->bytes_read() - std::exchange(told_bytes, reader->bytes_read())) {
      stats_.bytes_read += more;
      if (auto told = go_on(more); !told) return told;
    }
    if (!*read) return write_out();
    const BatchPlace& place = (*read)->place;
    // The group may begin with another segment.
    if (place.last_offset - base_offset > std::numeric_limits<std::int32_t>::max()) {
      return fail(ErrorCode::kCorruptMessage, "offsets too far apart for one segment");
    }
    const std::size_t size_before = output.buffer().size();
    const auto outcome = filter.filter(place, (*read)->bytes, keeps_legacy_tombstones, output.buffer());
    if (!outcome) return fail(outcome.error());
    if (output.buffer().size() > size_before) output.note_end(place.last_offset + 1);
    stats_.records_read += outcome->records_read;
    stats_.records_written += outcome->records_kept;
    stats_.records_without_key += outcome->records_without_key;
    if (outcome->still_aborted) {
      auto noted = output.segment()->transaction_index().append(*outcome->still_aborted);
      if (!noted) return fail(noted.error());
    }
    if (output.buffer().size() >= tools_.io_buffer_bytes) {
      if (auto written = write_out(); !written) return written;
    }
  }
}

}  // namespace moldau::log
