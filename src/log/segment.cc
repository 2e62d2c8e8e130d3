#include "log/segment.h"

#include <algorithm>
#include <limits>
#include <utility>

#include "log/file_content.h"
#include "protocol/records/batch.h"

namespace moldau::log {

Result<std::shared_ptr<Segment>> Segment::create(std::shared_ptr<io::Directory> directory,
                                                 std::int64_t base_offset, const SegmentSettings& settings,
                                                 TimestampMs now_ms, std::string_view suffix) {
  std::shared_ptr<Segment> segment(new Segment(std::move(directory), base_offset, settings, now_ms, suffix));
  auto file = segment->directory_->open_file(segment->file_name(kLogSuffix), io::OpenMode::kCreateNew);
  if (!file) return fail(std::move(file).error());
  segment->file_ = *std::move(file);
  segment->is_new_ = true;
  segment->is_untouched_ = true;
  segment->offset_index_ =
      OffsetIndex::create(segment->directory_, base_offset, settings.index_size_max_bytes, suffix);
  segment->time_index_ =
      TimeIndex::create(segment->directory_, base_offset, settings.index_size_max_bytes, suffix);
  if (auto cleared = segment->transaction_index_.clear(); !cleared) return fail(std::move(cleared).error());
  return segment;
}

std::shared_ptr<Segment> Segment::existing(std::shared_ptr<io::Directory> directory, std::int64_t base_offset,
                                           const io::DirectoryEntry& log_file,
                                           const SegmentSettings& settings, TimestampMs now_ms) {
  std::shared_ptr<Segment> segment(new Segment(std::move(directory), base_offset, settings, now_ms));
  segment->size_bytes_ = static_cast<std::int64_t>(log_file.size_bytes);
  segment->modified_ms_ = log_file.modified_ms;
  return segment;
}

Result<io::FileHandle> Segment::file() {
  if (file_ == nullptr) {
    auto opened = directory_->open_file(file_name(kLogSuffix), io::OpenMode::kReadWrite);
    if (!opened) return opened;
    file_ = *std::move(opened);
  }
  return file_;
}

Result<OffsetIndex*> Segment::offset_index() {
  if (!offset_index_) {
    auto opened = OffsetIndex::open(*directory_, base_offset_, settings_.index_size_max_bytes, suffix_);
    if (!opened) return fail(std::move(opened).error());
    offset_index_ = *std::move(opened);
  }
  return &*offset_index_;
}

Result<TimeIndex*> Segment::time_index() {
  if (!time_index_) {
    auto opened = TimeIndex::open(*directory_, base_offset_, settings_.index_size_max_bytes, suffix_);
    if (!opened) return fail(std::move(opened).error());
    time_index_ = *std::move(opened);
  }
  return &*time_index_;
}

Result<void> Segment::append(ByteView batches, TimestampMs now_ms) {
  auto log_file = file();
  if (!log_file) return fail(std::move(log_file).error());
  is_untouched_ = false;
  if (auto written = (*log_file)->write_at(static_cast<std::uint64_t>(size_bytes_), batches); !written) {
    return written;
  }
  records::BatchCursor cursor(batches);
  while (const auto entry = cursor.next()) {
    const auto place = describe_batch(entry->bytes, size_bytes_ + static_cast<std::int64_t>(entry->position));
    if (!place) return fail(ErrorCode::kCorruptMessage, "appended bytes are no batch");
    if (auto indexed = index_batch(*place); !indexed) return indexed;
    last_appended_ = *place;
    if (!first_batch_timestamp_ && place->position == 0) first_batch_timestamp_ = place->max_timestamp_ms;
  }
  size_bytes_ += static_cast<std::int64_t>(batches.size());
  modified_ms_ = now_ms;
  return {};
}

Result<void> Segment::index_batch(const BatchPlace& place) {
  const auto known = max_timestamp();
  if (!known) return fail(known.error());
  if (place.max_timestamp_ms > known->timestamp_ms) {
    max_timestamp_ = TimestampOffset{place.max_timestamp_ms, place.last_offset};
  }
  if (bytes_since_index_entry_ > settings_.index_interval_bytes) {
    auto offsets = offset_index();
    if (!offsets) return fail(std::move(offsets).error());
    auto times = time_index();
    if (!times) return fail(std::move(times).error());
    if (auto added = (*offsets)->append(place.last_offset, place.position); !added) return added;
    if (auto added = (*times)->append_if_later(*max_timestamp_); !added) return added;
    bytes_since_index_entry_ = 0;
  }
  bytes_since_index_entry_ += place.size_bytes;
  return {};
}

Result<bool> Segment::should_roll(const RollQuestion& question) {
  if (size_bytes_ > question.segment_bytes - question.size_bytes) return true;
  const std::int64_t relative = question.last_offset - base_offset_;
  if (relative < 0 || relative > std::numeric_limits<std::int32_t>::max()) return true;
  auto offsets = offset_index();
  if (!offsets) return fail(std::move(offsets).error());
  auto times = time_index();
  if (!times) return fail(std::move(times).error());
  if ((*offsets)->is_full() || (*times)->is_full()) return true;
  if (size_bytes_ == 0) return false;
  const auto first = first_batch_timestamp();
  if (!first) return fail(first.error());
  const std::int64_t waited_ms =
      *first >= 0 ? question.max_timestamp_ms - *first : question.now_ms - created_ms_;
  return waited_ms > question.segment_ms;
}

Result<TimestampMs> Segment::first_batch_timestamp() {
  if (!first_batch_timestamp_) {
    auto scanner = scan_from(0);
    if (!scanner) return fail(std::move(scanner).error());
    const auto first = scanner->next();
    if (!first) return fail(first.error());
    first_batch_timestamp_ = *first ? (*first)->max_timestamp_ms : -1;
  }
  return *first_batch_timestamp_;
}

Result<BatchScanner> Segment::scan_from(std::int64_t position) {
  auto log_file = file();
  if (!log_file) return fail(std::move(log_file).error());
  return Result<BatchScanner>(std::in_place, **log_file, position, size_bytes_);
}

Result<BatchScanner> Segment::scan_near(std::int64_t offset) {
  auto offsets = offset_index();
  if (!offsets) return fail(std::move(offsets).error());
  const auto near = (*offsets)->lookup(offset);
  if (!near) return fail(near.error());
  auto scanner = scan_from(0);
  if (!scanner || near->position <= 0 || near->position >= size_bytes_) return scanner;
  scanner->seek(near->position);
  const auto place = scanner->next();
  if (!place) return fail(place.error());
  const bool is_right = *place && (*place)->base_offset <= near->offset;
  scanner->seek(is_right ? near->position : 0);
  return scanner;
}

Result<std::optional<BatchPlace>> Segment::find(std::int64_t offset) {
  if (last_appended_ && last_appended_->base_offset <= offset && offset <= last_appended_->last_offset) {
    return last_appended_;
  }
  auto scanner = scan_near(offset);
  if (!scanner) return fail(std::move(scanner).error());
  while (true) {
    auto place = scanner->next();
    if (place && !*place && scanner->stopped_early()) {
      return fail(ErrorCode::kCorruptMessage, "no batch at position " + std::to_string(scanner->position()) +
                                                  " of segment " + std::to_string(base_offset_));
    }
    if (!place || !*place || (*place)->last_offset >= offset) return place;
  }
}

Result<Bytes> Segment::read_batch(const BatchPlace& place) {
  auto log_file = file();
  if (!log_file) return fail(std::move(log_file).error());
  Bytes bytes(static_cast<std::size_t>(place.size_bytes));
  auto read = read_exactly(**log_file, static_cast<std::uint64_t>(place.position), bytes);
  if (!read) return fail(std::move(read).error());
  return bytes;
}

Result<Segment::End> Segment::end() {
  constexpr std::int64_t kLargestRelative = std::numeric_limits<std::int32_t>::max();
  auto scanner = scan_near(std::numeric_limits<std::int64_t>::max());
  if (!scanner) return fail(std::move(scanner).error());
  auto times = time_index();
  if (!times) return fail(std::move(times).error());
  End end{.next_offset = base_offset_};
  std::int64_t position = scanner->position();
  while (true) {
    const auto place = scanner->next();
    if (!place) return fail(place.error());
    if (!*place || (*place)->last_offset < end.next_offset ||
        (*place)->last_offset - base_offset_ > kLargestRelative) {
      break;
    }
    end.next_offset = (*place)->last_offset + 1;
    position = scanner->position();
  }
  const std::int64_t indexed = std::max(offset_index_->last_offset(), (*times)->last().offset);
  end.is_whole = position == size_bytes_ && (indexed < end.next_offset || indexed == base_offset_);
  return end;
}

Result<TimestampOffset> Segment::max_timestamp() {
  if (!max_timestamp_) {
    auto times = time_index();
    if (!times) return fail(std::move(times).error());
    max_timestamp_ = (*times)->last();
  }
  return *max_timestamp_;
}

Result<TimestampMs> Segment::largest_timestamp_ms() {
  const auto known = max_timestamp();
  if (!known) return fail(known.error());
  return known->timestamp_ms >= 0 ? known->timestamp_ms : modified_ms_;
}

Result<std::int64_t> Segment::truncate_to(std::int64_t offset, TimestampMs now_ms) {
  const auto first_cut = find(offset);
  if (!first_cut) return fail(first_cut.error());
  auto offsets = offset_index();
  if (!offsets) return fail(std::move(offsets).error());
  auto times = time_index();
  if (!times) return fail(std::move(times).error());
  if (auto cut = (*offsets)->truncate_to(offset); !cut) return fail(std::move(cut).error());
  if (auto cut = (*times)->truncate_to(offset); !cut) return fail(std::move(cut).error());
  if (auto cut = transaction_index_.truncate_to(offset); !cut) return fail(std::move(cut).error());
  std::int64_t bytes_cut = 0;
  last_appended_.reset();
  if (*first_cut) {
    auto log_file = file();
    if (!log_file) return fail(std::move(log_file).error());
    auto cut = (*log_file)->truncate(static_cast<std::uint64_t>((*first_cut)->position));
    if (!cut) return fail(std::move(cut).error());
    bytes_cut = size_bytes_ - (*first_cut)->position;
    size_bytes_ = (*first_cut)->position;
    sync_asked_bytes_ = std::min(sync_asked_bytes_, size_bytes_);
  }
  if (size_bytes_ == 0) {
    created_ms_ = now_ms;
    first_batch_timestamp_.reset();
  }
  modified_ms_ = now_ms;
  bytes_since_index_entry_ = 0;
  if (auto read = read_max_timestamp_after_truncation(); !read) return fail(std::move(read).error());
  return bytes_cut;
}

Result<void> Segment::read_max_timestamp_after_truncation() {
  const TimestampOffset last = time_index_->last();
  max_timestamp_ = last;
  auto scanner = scan_near(last.offset);
  if (!scanner) return fail(std::move(scanner).error());
  while (true) {
    const auto place = scanner->next();
    if (!place) return fail(place.error());
    if (!*place) return {};
    if ((*place)->max_timestamp_ms > max_timestamp_->timestamp_ms) {
      max_timestamp_ = TimestampOffset{(*place)->max_timestamp_ms, (*place)->last_offset};
    }
  }
}

Result<void> Segment::finish() {
  const auto known = max_timestamp();
  if (!known) return fail(known.error());
  auto times = time_index();
  if (!times) return fail(std::move(times).error());
  if (auto added = (*times)->append_if_later(*known); !added) return added;
  const auto offsets = offset_index();
  if (!offsets) return fail(offsets.error());
  return write_indexes();
}

Result<void> Segment::write_indexes() {
  const auto write = [](auto& index) -> Result<void> {
    if (!index) return {};
    if (auto written = index->write_pending(); !written) return written;
    auto made = index->file();
    return made ? Result<void>() : fail(std::move(made).error());
  };
  if (auto written = write(time_index_); !written) return written;
  return write(offset_index_);
}

Result<std::vector<UnsyncedFile>> Segment::files_to_sync(bool with_indexes) {
  // Its name is its folder's.
  if (is_untouched_ && !with_indexes) return std::vector<UnsyncedFile>();
  auto log_file = file();
  if (!log_file) return fail(std::move(log_file).error());
  std::vector<UnsyncedFile> files{{*std::move(log_file), static_cast<std::uint64_t>(sync_asked_bytes_)}};
  sync_asked_bytes_ = size_bytes_;
  if (!with_indexes) return files;
  auto offsets = offset_index();
  if (!offsets) return fail(std::move(offsets).error());
  auto times = time_index();
  if (!times) return fail(std::move(times).error());
  for (auto each : {(*offsets)->file(), (*times)->file(), transaction_index_.file()}) {
    if (!each) return fail(std::move(each).error());
    if (*each != nullptr) files.push_back({*std::move(each)});
  }
  return files;
}

Result<void> Segment::remove_files() {
  for (const std::string_view kind : kSegmentSuffixes) {
    auto removed = remove_if_there(*directory_, file_name(kind));
    if (!removed) return removed;
  }
  return {};
}

Result<void> Segment::rename_files(std::string_view suffix) {
  const std::string before = std::exchange(suffix_, std::string(suffix));
  for (const std::string_view kind : kSegmentSuffixes) {
    const std::string from = offset_file_name(base_offset_, kind) + before;
    if (auto renamed = rename_if_there(*directory_, from, file_name(kind)); !renamed) return renamed;
  }
  return {};
}

Result<void> Segment::lost_suffix() {
  suffix_.clear();
  return release_files();
}

Result<void> Segment::release_files() {
  if (!suffix_.empty()) return {};
  if (auto written = write_indexes(); !written) return written;
  offset_index_.reset();
  time_index_.reset();
  transaction_index_ = TransactionIndex(directory_, base_offset_);
  file_.reset();
  return {};
}

}  // namespace moldau::log
