#include "log/log_loader.h"

#include <algorithm>
#include <limits>
#include <set>
#include <string>
#include <utility>

#include "log/checkpoint_file.h"
#include "log/file_content.h"
#include "log/file_names.h"
#include "log/producer_history.h"
#include "log/producer_rebuild.h"

namespace moldau::log {
namespace {

/// So that no offset of a segment overflows.
constexpr std::int64_t kLargestBaseOffset =
    std::numeric_limits<std::int64_t>::max() - (std::int64_t{1} << 32);

class LogLoader {
 public:
  LogLoader(std::shared_ptr<io::Directory> directory, const OpenOptions& options,
            const std::vector<io::DirectoryEntry>& entries)
      : directory_(std::move(directory)),
        options_(options),
        entries_(entries),
        recovery_point_(options.recovery_point),
        trusts_files_(options.had_clean_shutdown),
        loaded_{.segments = {},
                .epochs = {},
                .producers = ProducerState(options.config.producer_id_expiration_ms),
                .snapshots = ProducerSnapshots(directory_, entries),
                .unsynced_files = {}} {}

  Result<LoadedLog> run() {
    if (auto read = read_epochs(); !read) return fail(std::move(read).error());
    if (auto found = find_segments(); !found) return fail(std::move(found).error());
    if (auto recovered = recover_doubtful(); !recovered) return fail(std::move(recovered).error());
    if (auto ended = find_end(); !ended) return fail(std::move(ended).error());
    loaded_.epochs.truncate_from_end(loaded_.log_end_offset);
    loaded_.log_start_offset = std::max(options_.log_start_offset, loaded_.segments.first().base_offset());
    loaded_.epochs.truncate_from_start(options_.log_start_offset);
    auto stray = loaded_.snapshots.remove_stray(loaded_.segments.base_offsets());
    if (!stray) return fail(std::move(stray).error());
    loaded_.producers.reset(0);
    auto rebuilt = rebuild_producer_state(
        loaded_.producers, loaded_.snapshots, loaded_.segments,
        {loaded_.log_start_offset, loaded_.log_end_offset, options_.now_ms, trusts_files_});
    if (!rebuilt) return fail(std::move(rebuilt).error());
    note_files(*rebuilt);
    auto recalled = recall_last_batches(loaded_.producers, loaded_.segments, trusts_files_);
    if (!recalled) return fail(std::move(recalled).error());
    return std::move(loaded_);
  }

 private:
  /// A checkpoint that cannot be read is made again from all batches.
  Result<void> read_epochs() {
    Result<std::optional<Bytes>> content;
    if (options_.new_in == nullptr)
      content = read_small_file(*directory_, kLeaderEpochCheckpointName, kLargestCheckpointBytes);
    if (!content) return fail(std::move(content).error());
    loaded_.has_epoch_checkpoint = content->has_value();
    if (!*content) return {};
    const auto epochs = parse_leader_epochs(as_text(**content));
    if (epochs) {
      loaded_.epochs.load(*epochs);
    } else {
      loaded_.epochs.mark_dirty();
      trusts_files_ = false;
      recovery_point_ = 0;
    }
    return {};
  }

  bool has_file(const std::string& name) const {
    const auto found = std::ranges::lower_bound(entries_, name, {}, &io::DirectoryEntry::name);
    return found != entries_.end() && found->name == name;
  }

  Result<void> find_segments() {
    for (const io::DirectoryEntry& entry : entries_) {
      if (entry.is_directory) continue;
      const auto base_offset = offset_of_file_name(entry.name);
      if (!base_offset || *base_offset > kLargestBaseOffset) continue;
      auto done = is_index(entry.name) ? drop_orphan(entry.name, *base_offset)
                  : entry.name == offset_file_name(*base_offset, kLogSuffix) ? add(entry, *base_offset)
                                                                             : Result<void>();
      if (!done) return done;
    }
    return {};
  }

  static bool is_index(std::string_view name) {
    return name.ends_with(kOffsetIndexSuffix) || name.ends_with(kTimeIndexSuffix) ||
           name.ends_with(kTransactionIndexSuffix);
  }

  Result<void> drop_orphan(const std::string& name, std::int64_t base_offset) {
    if (has_file(offset_file_name(base_offset, kLogSuffix))) return {};
    loaded_.is_directory_dirty = true;
    return directory_->remove_file(name);
  }

  Result<void> add(const io::DirectoryEntry& entry, std::int64_t base_offset) {
    auto segment =
        Segment::existing(directory_, base_offset, entry, options_.config.segment, options_.now_ms);
    bool is_whole = has_file(offset_file_name(base_offset, kOffsetIndexSuffix));
    if (is_whole && has_file(offset_file_name(base_offset, kTransactionIndexSuffix))) {
      const auto sane = segment->transaction_index().is_sane();
      if (!sane) return fail(sane.error());
      is_whole = *sane;
    }
    if (!is_whole) damaged_.insert(base_offset);
    loaded_.segments.add(std::move(segment));
    return {};
  }

  /// Answers the bytes cut off.
  Result<std::int64_t> recover(Segment& segment) {
    loaded_.is_directory_dirty = true;
    ProducerState state(options_.config.producer_id_expiration_ms);
    auto rebuilt =
        rebuild_producer_state(state, loaded_.snapshots, segments_below(segment.base_offset()),
                               {options_.log_start_offset, segment.base_offset(), options_.now_ms, false});
    if (!rebuilt) return fail(std::move(rebuilt).error());
    note_files(*rebuilt);
    auto cut = segment.recover([&](const BatchPlace& place, ByteView bytes) -> Result<void> {
      if (place.magic != records::kMagicV2) {
        state.set_end_offset(place.last_offset + 1);
        return {};
      }
      const auto batch = records::BatchView::parse(bytes);
      if (!batch) return fail(ErrorCode::kInvalidRecord, batch.error().message);
      if (place.leader_epoch >= 0 && place.leader_epoch < recovered_epoch_) {
        return fail(ErrorCode::kInvalidRecord, "a batch of an earlier epoch, from before a truncation");
      }
      recovered_epoch_ = std::max(recovered_epoch_, place.leader_epoch);
      auto completed = state.apply(*batch);
      if (!completed) return fail(ErrorCode::kInvalidRecord, std::move(completed).error().message);
      const auto latest = loaded_.epochs.latest_epoch();
      if (place.leader_epoch >= 0 && (!latest || place.leader_epoch > *latest)) {
        loaded_.epochs.assign(place.leader_epoch, place.base_offset);
      }
      if (!*completed) return {};
      const std::int64_t last_stable_offset = state.last_stable_offset_after(**completed);
      state.complete(**completed);
      if (!(*completed)->is_abort) return {};
      const auto noted =
          segment.transaction_index().append({(*completed)->producer_id, (*completed)->first_offset,
                                              (*completed)->last_offset, last_stable_offset});
      return noted ? Result<void>() : fail(noted.error());
    });
    if (!cut) return cut;
    auto taken = loaded_.snapshots.take(state);
    if (!taken) return fail(std::move(taken).error());
    if (*taken != nullptr) loaded_.unsynced_files.push_back({*std::move(taken)});
    auto files = segment.files_to_sync(true);
    if (!files) return fail(std::move(files).error());
    note_files(*files);
    return cut;
  }

  SegmentList segments_below(std::int64_t base_offset) const {
    SegmentList below;
    for (const auto& [offset, segment] : loaded_.segments) {
      if (offset < base_offset) below.add(segment);
    }
    return below;
  }

  /// Segments that were not synced as a whole, and those with an index that is missing or wrong, from the
  /// first on: each rests on the ones before it.
  Result<void> recover_doubtful() {
    // A segment that ended right at the recovery point may have indexes that were not synced any more.
    const auto first_unflushed = loaded_.segments.floor(recovery_point_ - 1);
    const std::int64_t unflushed_from = trusts_files_ || first_unflushed == loaded_.segments.end()
                                            ? kLargestBaseOffset + 1
                                            : first_unflushed->first;
    for (const std::int64_t base_offset : loaded_.segments.base_offsets()) {
      const bool is_unflushed = base_offset >= unflushed_from;
      if (!is_unflushed && !damaged_.contains(base_offset)) continue;
      // A segment that was truncated away and is back after a power cut.
      if (is_unflushed && base_offset < recovered_end_) return remove_behind(base_offset - 1);
      Segment& segment = *loaded_.segments.floor(base_offset)->second;
      const auto cut = recover(segment);
      if (!cut) return fail(cut.error());
      // What stood behind the first bad byte cannot be trusted to follow what stands before it.
      if (*cut > 0 && is_unflushed) return remove_behind(base_offset);
      const auto end = segment.end();
      if (!end) return fail(end.error());
      recovered_end_ = end->next_offset;
    }
    return {};
  }

  Result<void> remove_behind(std::int64_t base_offset) {
    for (const std::int64_t later : loaded_.segments.base_offsets()) {
      if (later <= base_offset) continue;
      if (auto removed = remove(*loaded_.segments.floor(later)->second); !removed) return removed;
    }
    return {};
  }

  Result<void> remove(Segment& segment) {
    loaded_.is_directory_dirty = true;
    if (auto removed = segment.remove_files(); !removed) return removed;
    if (auto removed = loaded_.snapshots.remove(segment.base_offset()); !removed) return removed;
    loaded_.segments.remove(segment.base_offset());
    return {};
  }

  Result<void> find_end() {
    std::optional<std::int64_t> end;
    if (!loaded_.segments.empty()) {
      Segment& last = loaded_.segments.last();
      auto found = last.end();
      if (found && !found->is_whole) {
        const auto cut = recover(last);
        if (!cut) return fail(cut.error());
        found = last.end();
      }
      if (!found) return fail(std::move(found).error());
      end = found->next_offset;
    }
    if (end && *end < options_.log_start_offset) {
      const auto all = std::vector(loaded_.segments.begin(), loaded_.segments.end());
      for (const auto& [offset, segment] : all) {
        if (auto removed = remove(*segment); !removed) return removed;
      }
      loaded_.epochs.clear();
      if (auto removed = loaded_.snapshots.remove_all(); !removed) return removed;
      end.reset();
    }
    const bool was_found = end.has_value();
    if (!end) {
      auto segment =
          Segment::create(directory_, options_.log_start_offset, options_.config.segment, options_.now_ms);
      if (!segment) return fail(std::move(segment).error());
      loaded_.segments.add(*std::move(segment));
      loaded_.is_directory_dirty = true;
      end = options_.log_start_offset;
    }
    loaded_.log_end_offset = *end;
    loaded_.recovery_point = trusts_files_ && was_found ? *end : std::min(recovery_point_, *end);
    return {};
  }

  void note_files(const std::vector<UnsyncedFile>& files) {
    if (!files.empty()) loaded_.is_directory_dirty = true;
    loaded_.unsynced_files.insert(loaded_.unsynced_files.end(), files.begin(), files.end());
  }

  std::shared_ptr<io::Directory> directory_;
  const OpenOptions& options_;
  const std::vector<io::DirectoryEntry>& entries_;
  std::int64_t recovery_point_;
  bool trusts_files_;
  std::set<std::int64_t> damaged_;  ///< base offsets of segments whose indexes are missing or wrong
  // Behind the last batch of the segments recovered so far.
  std::int64_t recovered_end_ = -1;
  std::int32_t recovered_epoch_ = -1;
  LoadedLog loaded_;
};

}  // namespace

Result<LoadedLog> load_log(std::shared_ptr<io::Directory> directory, const OpenOptions& options) {
  if (options.new_in != nullptr) return LogLoader(std::move(directory), options, {}).run();
  auto changed = finish_interrupted_swaps(*directory);
  if (!changed) return fail(std::move(changed).error());
  const auto entries = directory->list();
  if (!entries) return fail(entries.error());
  auto loaded = LogLoader(std::move(directory), options, *entries).run();
  if (loaded && *changed) loaded->is_directory_dirty = true;
  return loaded;
}

}  // namespace moldau::log
