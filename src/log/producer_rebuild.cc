#include "log/producer_rebuild.h"

#include <algorithm>
#include <iterator>
#include <utility>

namespace moldau::log {
namespace {

class Rebuilder {
 public:
  Rebuilder(ProducerState& state, ProducerSnapshots& snapshots, const SegmentList& segments,
            const ProducerRebuild& rebuild)
      : state_(state), snapshots_(snapshots), segments_(segments), rebuild_(rebuild) {
    if (segments.empty()) return;
    auto last = std::prev(segments.end());
    if (last != segments.begin()) snapshot_offsets_.push_back(std::prev(last)->first);
    snapshot_offsets_.push_back(last->first);
  }

  Result<std::vector<UnsyncedFile>> run() {
    if (snapshots_.offsets().empty() && rebuild_.had_clean_shutdown) {
      for (const std::int64_t offset : snapshot_offsets_) {
        if (auto taken = take_at(offset); !taken) return fail(std::move(taken).error());
      }
    } else if (auto scanned = reload(); !scanned) {
      return fail(std::move(scanned).error());
    }
    if (auto taken = take_at(rebuild_.end_offset); !taken) return fail(std::move(taken).error());
    return std::move(files_);
  }

 private:
  Result<void> reload() {
    const bool was_empty = state_.size() == 0 && state_.end_offset() >= rebuild_.end_offset;
    auto removed = snapshots_.remove_outside(rebuild_.log_start_offset, rebuild_.end_offset);
    if (!removed) return removed;
    if (state_.end_offset() == rebuild_.end_offset) {
      state_.forget_completed_below(rebuild_.log_start_offset);
      snapshots_.log_starts_at(rebuild_.log_start_offset);
      return {};
    }
    auto loaded =
        snapshots_.load_latest(state_, rebuild_.end_offset, rebuild_.log_start_offset, rebuild_.now_ms);
    if (!loaded || was_empty) return loaded;
    return scan();
  }

  Result<void> scan() {
    for (auto at = segments_.floor(state_.end_offset()); at != segments_.end(); ++at) {
      if (at->first >= rebuild_.end_offset || state_.end_offset() >= rebuild_.end_offset) break;
      Segment& segment = *at->second;
      state_.set_end_offset(std::max({at->first, state_.end_offset(), rebuild_.log_start_offset}));
      if (std::ranges::find(snapshot_offsets_, at->first) != snapshot_offsets_.end()) {
        if (auto taken = take(); !taken) return taken;
      }
      const auto from = segment.find(state_.end_offset());
      if (!from) return fail(from.error());
      if (!*from) continue;
      const auto to = segment.find(rebuild_.end_offset);
      if (!to) return fail(to.error());
      const std::int64_t end_position = *to ? (*to)->position : segment.size_bytes();
      auto seen =
          segment.visit((*from)->position, end_position,
                        [this](const BatchPlace& place, ByteView batch) { return note(place, batch); });
      if (!seen) return seen;
    }
    return {};
  }

  Result<void> note(const BatchPlace& place, ByteView bytes) {
    if (place.magic != records::kMagicV2) return {};
    const auto batch = records::BatchView::parse(bytes);
    if (!batch) return fail(ErrorCode::kKafkaStorageError, batch.error().message);
    auto completed = state_.apply(*batch);
    if (!completed) return fail(ErrorCode::kKafkaStorageError, std::move(completed).error().message);
    if (*completed) state_.complete(**completed);
    return {};
  }

  Result<void> take_at(std::int64_t offset) {
    state_.set_end_offset(offset);
    return take();
  }

  Result<void> take() {
    auto file = snapshots_.take(state_);
    if (!file) return fail(std::move(file).error());
    if (*file != nullptr) files_.push_back({*std::move(file)});
    return {};
  }

  ProducerState& state_;
  ProducerSnapshots& snapshots_;
  const SegmentList& segments_;
  const ProducerRebuild& rebuild_;
  std::vector<std::int64_t> snapshot_offsets_;
  std::vector<UnsyncedFile> files_;
};

}  // namespace

Result<std::vector<UnsyncedFile>> rebuild_producer_state(ProducerState& state, ProducerSnapshots& snapshots,
                                                         const SegmentList& segments,
                                                         const ProducerRebuild& rebuild) {
  return Rebuilder(state, snapshots, segments, rebuild).run();
}

}  // namespace moldau::log
