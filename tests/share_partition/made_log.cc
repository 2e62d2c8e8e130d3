#include "tests/share_partition/made_log.h"

#include <algorithm>

namespace moldau::testing {

namespace {
constexpr int kBatches = 80;
constexpr int kProducers = 4;
}  // namespace

MadeLog::MadeLog(Chance& chance, const Shape& shape) : open_(kProducers) {
  std::int64_t next_offset = chance.below(20);
  start_offset_ = next_offset;
  for (int i = 0; i < kBatches; ++i) {
    if (shape.has_holes && chance.one_in(4)) next_offset += 1 + chance.below(6);
    batches_.push_back(draw(chance, shape, next_offset));
    next_offset = batches_.back().last_offset + 1;
  }
  is_lost_.assign(batches_.size(), false);
  readable_ = 5 + static_cast<std::size_t>(chance.below(20));
}

share::FetchedBatch MadeLog::draw(Chance& chance, const Shape& shape, std::int64_t base_offset) {
  share::FetchedBatch batch{.base_offset = base_offset,
                            .last_offset = base_offset + chance.below(shape.most_records)};
  if (!shape.has_transactions) return batch;
  const int producer = chance.below(kProducers);
  if (producer == 0) return batch;
  batch.producer_id = producer;
  std::optional<std::int64_t>& open = open_[static_cast<std::size_t>(producer)];
  if (open && chance.one_in(3)) {
    batch.is_transactional = true;
    batch.last_offset = base_offset;
    batch.is_abort_marker = chance.one_in(2);
    if (batch.is_abort_marker) {
      aborted_.push_back({.producer_id = producer, .first_offset = *open, .last_offset = base_offset});
    }
    open.reset();
    return batch;
  }
  if (chance.one_in(8)) return batch;
  batch.is_transactional = true;
  if (!open) open = base_offset;
  return batch;
}

void MadeLog::grow(Chance& chance) {
  readable_ = std::min(batches_.size(), readable_ + 1 + static_cast<std::size_t>(chance.below(5)));
}

void MadeLog::lose(Chance& chance) {
  is_lost_[static_cast<std::size_t>(chance.below(static_cast<int>(readable_)))] = true;
}

std::vector<share::FetchedBatch> MadeLog::read(std::int64_t offset, int count) const {
  std::vector<share::FetchedBatch> found;
  for (std::size_t i = 0; i < readable_ && static_cast<int>(found.size()) < count; ++i) {
    if (batches_[i].last_offset >= offset && !is_lost_[i]) found.push_back(batches_[i]);
  }
  return found;
}

std::vector<share::AbortedTransaction> MadeLog::aborted(std::int64_t first_offset,
                                                        std::int64_t last_offset) const {
  std::vector<share::AbortedTransaction> found;
  for (const Transaction& transaction : aborted_) {
    if (transaction.last_offset >= first_offset && transaction.first_offset <= last_offset) {
      found.push_back({.producer_id = transaction.producer_id, .first_offset = transaction.first_offset});
    }
  }
  return found;
}

}  // namespace moldau::testing
