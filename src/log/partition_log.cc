#include "log/partition_log.h"

#include <algorithm>
#include <utility>

#include "base/assert.h"
#include "log/file_content.h"
#include "log/file_names.h"
#include "log/partition_metadata_file.h"
#include "protocol/records/batch.h"

namespace moldau::log {

Result<std::unique_ptr<PartitionLog>> PartitionLog::open(std::shared_ptr<io::Directory> directory,
                                                         const OpenOptions& options) {
  auto loaded = load_log(directory, options);
  if (!loaded) return fail(std::move(loaded).error());
  std::unique_ptr<PartitionLog> log(new PartitionLog(std::move(directory), options, *std::move(loaded)));
  if (auto kept = log->keep_topic_id(options); !kept) return fail(std::move(kept).error());
  if (auto settled = log->settle_loaded(); !settled) return fail(std::move(settled).error());
  return log;
}

namespace {

/// Files that wait for a flush are open.
constexpr std::size_t kMostUnsyncedFiles = 64;

/// What a crash may leave of a file whose content was not durable: a part of it, or zeros in its place.
bool is_unfinished(ByteView content, std::string_view whole) {
  const std::string_view text = as_text(content);
  return text != whole && (whole.starts_with(text) || text.find_first_not_of('\0') == std::string_view::npos);
}

}  // namespace

Result<void> PartitionLog::settle_loaded() {
  for (auto at = log_.segments.begin(); std::next(at) != log_.segments.end(); ++at) {
    if (auto released = at->second->release_files(); !released) return released;
  }
  // With `flush.messages`, only what is on disk is to be seen, and what was acknowledged is to be seen at
  // once.
  if (is_flush_due() || log_.unsynced_files.size() > kMostUnsyncedFiles) return flush_alone();
  return {};
}

Result<void> PartitionLog::keep_topic_id(const OpenOptions& options) {
  const std::optional<Uuid>& expected = options.topic_id;
  constexpr std::size_t kLargest = 4096;
  Result<std::optional<Bytes>> content;
  if (options.new_in == nullptr) content = read_small_file(*directory_, kPartitionMetadataName, kLargest);
  if (!content) return fail(std::move(content).error());
  const std::string whole = expected ? format_partition_metadata(*expected) : std::string();
  if (*content && !is_unfinished(**content, whole)) {
    const auto known = parse_partition_metadata(as_text(**content));
    if (!known) return fail(known.error());
    topic_id_ = *known;
    if (expected && *expected != *known) {
      return fail(ErrorCode::kInconsistentTopicId, directory_->path() + " belongs to topic id " +
                                                       known->to_string() + ", not " + expected->to_string());
    }
    return {};
  }
  if (!expected) return {};
  topic_id_ = expected;
  auto file = directory_->open_file(kPartitionMetadataName, io::OpenMode::kCreate);
  if (!file) return fail(std::move(file).error());
  if (auto done = (*file)->write_at(0, as_bytes(whole)); !done) return done;
  log_.unsynced_files.push_back({*std::move(file)});
  log_.is_directory_dirty = true;
  return {};
}

Result<void> PartitionLog::check_usable() const {
  if (failure_) return fail(*failure_);
  return {};
}

void PartitionLog::go_offline(Error error) {
  if (failure_) return;
  error.code = ErrorCode::kKafkaStorageError;
  failure_ = std::move(error);
}

Result<AppendInfo> PartitionLog::append_as_leader(MutableBytes bytes, std::int32_t leader_epoch,
                                                  TimestampMs now_ms, const ProducerRules& rules) {
  if (auto usable = check_usable(); !usable) return fail(std::move(usable).error());
  auto batch = records::MutableBatch::parse(bytes);
  if (!batch) return fail(std::move(batch).error());
  const std::int32_t last_delta = batch->view().last_offset_delta();
  if (batch->view().size_bytes() != bytes.size() || last_delta < 0) {
    return fail(ErrorCode::kInvalidRecord, "an append takes exactly one batch with records");
  }
  if (bytes.size() > static_cast<std::size_t>(config_.segment_bytes)) {
    return fail(ErrorCode::kRecordListTooLarge, "the batch is larger than a segment");
  }
  if (leader_epoch < latest_epoch().value_or(0)) {
    return fail(ErrorCode::kFencedLeaderEpoch, "the log has seen a later leader epoch");
  }
  const auto duplicate = log_.producers.check(batch->view(), rules);
  if (!duplicate) return fail(duplicate.error());
  if (*duplicate) {
    return AppendInfo{.base_offset = (*duplicate)->base_offset(),
                      .last_offset = (*duplicate)->last_offset,
                      .log_append_time_ms = (*duplicate)->timestamp_ms,
                      .is_duplicate = true};
  }
  const std::int64_t base_offset = log_.log_end_offset;
  batch->set_base_offset(base_offset);
  batch->set_partition_leader_epoch(leader_epoch);
  const records::BatchView view = batch->view();
  auto rolled =
      guard(roll_if_due(view.bytes(), base_offset, view.last_offset(), view.max_timestamp(), now_ms));
  if (!rolled) return fail(std::move(rolled).error());
  log_.epochs.assign(leader_epoch, base_offset);
  auto written = guard(write_batches(view.bytes(), view.last_offset(), now_ms));
  if (!written) return fail(std::move(written).error());
  if (auto noted = guard(note_producer(view.bytes())); !noted) return fail(std::move(noted).error());
  const bool has_append_time = view.timestamp_type() == records::TimestampType::kLogAppendTime;
  return AppendInfo{.base_offset = base_offset,
                    .last_offset = view.last_offset(),
                    .log_append_time_ms = has_append_time ? view.max_timestamp() : -1,
                    .rolled = *rolled};
}

Result<void> PartitionLog::write_batches(ByteView batches, std::int64_t last_offset, TimestampMs now_ms) {
  if (auto appended = log_.segments.last().append(batches, now_ms); !appended) {
    return fail(ErrorCode::kKafkaStorageError, std::move(appended).error().message);
  }
  log_.log_end_offset = last_offset + 1;
  return {};
}

Result<void> PartitionLog::note_producer(ByteView bytes) {
  const auto batch = records::BatchView::parse(bytes);
  if (!batch) {
    log_.producers.set_end_offset(log_.log_end_offset);
    return {};
  }
  auto completed = log_.producers.apply(*batch);
  if (!completed) return fail(std::move(completed).error());
  if (!*completed) return {};
  const std::int64_t last_stable_offset = log_.producers.last_stable_offset_after(**completed);
  log_.producers.complete(**completed);
  if (!(*completed)->is_abort) return {};
  const auto made = log_.segments.last().transaction_index().append(
      {(*completed)->producer_id, (*completed)->first_offset, (*completed)->last_offset, last_stable_offset});
  if (!made) return fail(made.error());
  if (*made) log_.is_directory_dirty = true;
  return {};
}

Result<bool> PartitionLog::roll_if_due(ByteView batches, std::int64_t base_offset, std::int64_t last_offset,
                                       TimestampMs max_timestamp_ms, TimestampMs now_ms) {
  const auto due =
      log_.segments.last().should_roll({.now_ms = now_ms,
                                        .max_timestamp_ms = max_timestamp_ms,
                                        .last_offset = last_offset,
                                        .size_bytes = static_cast<std::int64_t>(batches.size()),
                                        .segment_bytes = config_.segment_bytes,
                                        .segment_ms = config_.segment_ms - config_.segment_jitter_ms});
  if (!due || !*due) return due;
  if (auto rolled = roll_at(base_offset, now_ms); !rolled) return fail(std::move(rolled).error());
  return true;
}

Result<void> PartitionLog::roll_at(std::int64_t base_offset, TimestampMs now_ms) {
  const std::int64_t new_base = std::max(base_offset, log_.log_end_offset);
  Segment& ended = log_.segments.last();
  if (ended.base_offset() == new_base && ended.size_bytes() == 0) return {};
  require(new_base > ended.base_offset(), "segments rise");
  if (auto finished = ended.finish(); !finished) return finished;
  // Even if its batches were synced before: its indexes are believed from now on.
  auto files = ended.files_to_sync(true);
  if (!files) return fail(std::move(files).error());
  log_.unsynced_files.insert(log_.unsynced_files.end(), files->begin(), files->end());
  const std::string name = offset_file_name(new_base, kLogSuffix);
  if (auto removed = remove_if_there(*directory_, name); !removed) return removed;
  auto segment = Segment::create(directory_, new_base, config_.segment, now_ms);
  if (!segment) return fail(std::move(segment).error());
  log_.segments.add(*std::move(segment));
  if (auto used = use_files(ended); !used) return used;
  log_.is_directory_dirty = true;
  segment_ended_ = true;
  log_.producers.set_end_offset(new_base);
  auto snapshot = log_.snapshots.take(log_.producers);
  if (!snapshot) return fail(std::move(snapshot).error());
  if (*snapshot != nullptr) log_.unsynced_files.push_back({*std::move(snapshot)});
  return {};
}

Result<void> PartitionLog::roll(TimestampMs now_ms) {
  if (auto usable = check_usable(); !usable) return usable;
  return guard(roll_at(log_.log_end_offset, now_ms));
}

Result<void> PartitionLog::use_files(const Segment& segment) {
  if (&segment == &log_.segments.last()) return {};
  const auto known = std::ranges::find(used_segments_, segment.base_offset());
  if (known != used_segments_.end()) used_segments_.erase(known);
  used_segments_.push_back(segment.base_offset());
  if (used_segments_.size() <= kEndedSegmentsOpen) return {};
  Segment* longest_unused = log_.segments.find(used_segments_.front());
  used_segments_.erase(used_segments_.begin());
  // A truncation may have made it the one that is appended to.
  if (longest_unused == nullptr || longest_unused == &log_.segments.last()) return {};
  return longest_unused->release_files();
}

Result<TimestampOffset> PartitionLog::max_timestamp_of(Segment& segment) {
  if (!segment.knows_max_timestamp()) {
    if (auto used = guard(use_files(segment)); !used) return fail(std::move(used).error());
  }
  return guard(segment.max_timestamp());
}

Result<TimestampMs> PartitionLog::largest_timestamp_of(Segment& segment) {
  if (auto read = max_timestamp_of(segment); !read) return fail(std::move(read).error());
  return segment.largest_timestamp_ms();
}

Result<void> PartitionLog::assign_epoch(std::int32_t epoch, std::int64_t start_offset) {
  if (auto usable = check_usable(); !usable) return usable;
  log_.epochs.assign(epoch, start_offset);
  return {};
}

}  // namespace moldau::log
