#include "log/producer_history.h"

#include <algorithm>
#include <iterator>
#include <optional>
#include <ranges>
#include <unordered_map>
#include <unordered_set>
#include <utility>
#include <vector>

#include "protocol/records/batch.h"

namespace moldau::log {
namespace {

constexpr std::int64_t kFirstPieceBytes = std::int64_t{64} << 10;
constexpr std::int64_t kWidening = 8;
constexpr std::int64_t kUncleanBytes = std::int64_t{4} << 20;
constexpr std::int64_t kLargestBytes = std::int64_t{8} << 20;

class Recall {
 public:
  Recall(ProducerState& state, std::int64_t smallest_bytes)
      : state_(state), smallest_bytes_(smallest_bytes) {}

  Result<void> run(const SegmentList& segments) {
    for (const auto& [base_offset, segment] : std::views::reverse(segments)) {
      for (std::int64_t to = segment->size_bytes(); to > 0;) {
        if (!wants_more()) return {};
        const auto from = start_of_piece(*segment, to);
        if (!from) return fail(from.error());
        if (!*from) return {};
        if (auto read = read_piece(*segment, **from, to); !read) return read;
        bytes_ += to - **from;
        to = **from;
        piece_bytes_ = std::min(piece_bytes_ * kWidening, kLargestBytes);
      }
    }
    return {};
  }

 private:
  bool wants_more() const {
    return bytes_ == 0 || bytes_ < smallest_bytes_ || (!incomplete_.empty() && bytes_ < kLargestBytes);
  }

  /// Where a batch starts, about a piece before `to`; nullopt if none is known at a bearable distance.
  Result<std::optional<std::int64_t>> start_of_piece(Segment& segment, std::int64_t to) {
    for (std::int64_t distance = piece_bytes_; distance < to; distance *= kWidening) {
      if (distance > kLargestBytes) return std::nullopt;
      auto offsets = segment.offset_index();
      if (!offsets) return fail(std::move(offsets).error());
      const auto entry = (*offsets)->first_from(to - distance);
      if (!entry) return fail(entry.error());
      if (*entry && (*entry)->position < to) return (*entry)->position;
    }
    return 0;
  }

  /// Batches are seen oldest first, but those next to the known ones are to be added first.
  Result<void> read_piece(Segment& segment, std::int64_t from, std::int64_t to) {
    std::unordered_map<std::int64_t, std::vector<ProducedBatch>> seen;
    auto scanner = segment.scan_from(from);
    if (!scanner) return fail(std::move(scanner).error());
    while (scanner->position() < to) {
      const auto place = scanner->next();
      if (!place) return fail(place.error());
      if (!*place) break;
      if ((*place)->magic == records::kMagicV2) note(scanner->header(), seen);
    }
    for (const auto& [producer_id, batches] : seen)
      add(producer_id, batches);
    return {};
  }

  void note(ByteView header, std::unordered_map<std::int64_t, std::vector<ProducedBatch>>& seen) const {
    const auto batch = records::BatchHeader::parse(header);
    if (!batch || batch->is_control() || batch->base_sequence() < 0) return;
    const ProducerEntry* known = state_.find(batch->producer_id());
    if (known == nullptr || known->epoch != batch->producer_epoch()) return;
    seen[batch->producer_id()].push_back({.last_sequence = batch->last_sequence(),
                                          .last_offset = batch->last_offset(),
                                          .offset_delta = batch->last_offset_delta(),
                                          .timestamp_ms = batch->max_timestamp()});
  }

  void add(std::int64_t producer_id, const std::vector<ProducedBatch>& batches) {
    if (complete_.contains(producer_id)) return;
    bool is_complete = false;
    for (const ProducedBatch& batch : std::views::reverse(batches)) {
      is_complete = !state_.recall(producer_id, batch);
      if (is_complete) break;
    }
    if (is_complete) {
      complete_.insert(producer_id);
      incomplete_.erase(producer_id);
    } else {
      incomplete_.insert(producer_id);
    }
  }

  ProducerState& state_;
  std::int64_t smallest_bytes_;
  std::int64_t bytes_ = 0;
  std::int64_t piece_bytes_ = kFirstPieceBytes;
  std::unordered_set<std::int64_t> complete_;
  std::unordered_set<std::int64_t> incomplete_;  ///< Seen, and an older batch may be of use.
};

}  // namespace

Result<void> recall_last_batches(ProducerState& state, const SegmentList& segments, bool had_clean_shutdown) {
  if (state.size() == 0) return {};
  return Recall(state, had_clean_shutdown ? 0 : kUncleanBytes).run(segments);
}

}  // namespace moldau::log
