#include "coordinator/share/state_batches.h"

#include <algorithm>
#include <cstddef>
#include <iterator>
#include <limits>
#include <set>
#include <utility>

namespace moldau::coordinator {
namespace {

/// Lists without overlaps among their own batches take fewer steps than four for each batch.
constexpr std::size_t kStepsPerBatch = 16;

/// What holds where batches overlap: the larger one.
std::pair<std::int16_t, std::int8_t> rank_of(const StateBatch& batch) {
  return {batch.delivery_count, batch.delivery_state};
}

/// The same state for other offsets.
StateBatch with_offsets(StateBatch batch, std::int64_t first_offset, std::int64_t last_offset) {
  batch.first_offset = first_offset;
  batch.last_offset = last_offset;
  return batch;
}

/// Merges batches in order of their offsets. Which neighbours of one state become one batch depends on that
/// order, as in Apache Kafka, whose records have the same batches.
class Combiner {
 public:
  explicit Combiner(std::vector<StateBatch> batches)
      : left_(batches.begin(), batches.end()), steps_left_(kStepsPerBatch * batches.size()) {}

  Result<std::vector<StateBatch>> run() {
    while (left_.size() > 1) {
      const StateBatch front = *left_.begin();
      const StateBatch next = *std::next(left_.begin());
      if (!belong_together(front, next)) {
        done_.push_back(front);
        left_.erase(left_.begin());
        continue;
      }
      if (steps_left_-- == 0) return fail(ErrorCode::kInvalidRequest, "State batches overlap too often.");
      merge(front, next);
    }
    done_.insert(done_.end(), left_.begin(), left_.end());
    return std::move(done_);
  }

 private:
  static bool belong_together(const StateBatch& front, const StateBatch& next) {
    if (next.first_offset <= front.last_offset) return true;
    return front.last_offset + 1 == next.first_offset && rank_of(front) == rank_of(next);
  }

  void merge(const StateBatch& front, const StateBatch& next) {
    left_.erase(front);
    left_.erase(next);
    if (rank_of(next) == rank_of(front)) {
      left_.insert(with_offsets(front, front.first_offset, std::max(front.last_offset, next.last_offset)));
    } else if (rank_of(next) < rank_of(front)) {
      left_.insert(front);
      insert(next, front.last_offset, next.last_offset);
    } else {
      if (front.first_offset < next.first_offset) {
        left_.insert(with_offsets(front, front.first_offset, next.first_offset - 1));
      }
      left_.insert(next);
      insert(front, next.last_offset, front.last_offset);
    }
  }

  /// What of a batch lies behind `before`, if anything does.
  void insert(const StateBatch& batch, std::int64_t before, std::int64_t last_offset) {
    if (last_offset > before) left_.insert(with_offsets(batch, before + 1, last_offset));
  }

  std::set<StateBatch> left_;
  std::vector<StateBatch> done_;
  std::size_t steps_left_;
};

}  // namespace

Result<std::vector<StateBatch>> combine_batches(std::span<const StateBatch> known,
                                                std::span<const StateBatch> added,
                                                std::int64_t start_offset) {
  const std::int64_t start =
      start_offset == kNoStartOffset ? std::numeric_limits<std::int64_t>::min() : start_offset;
  std::vector<StateBatch> batches;
  batches.reserve(known.size() + added.size());
  for (const auto& some : {known, added}) {
    for (const StateBatch& batch : some) {
      if (batch.last_offset < start) continue;
      if (batch.last_offset < batch.first_offset) {
        return fail(ErrorCode::kInvalidRequest, "A state batch ends before it begins.");
      }
      batches.push_back(with_offsets(batch, std::max(batch.first_offset, start), batch.last_offset));
    }
  }
  if (batches.size() < 2) return batches;
  return Combiner(std::move(batches)).run();
}

}  // namespace moldau::coordinator
