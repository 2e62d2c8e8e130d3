#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include "share/acquired_records.h"
#include "tests/support/chance.h"

namespace moldau::testing {

/// A partition's log, drawn from a seed: batches with or without holes between them, some of transactions.
/// compat-tests/share-partition/src/MadeLog.java makes the same.
class MadeLog {
 public:
  struct Shape {
    int most_records = 1;  ///< of a batch
    bool has_holes = false;
    bool has_transactions = false;
  };

  struct Transaction {
    std::int64_t producer_id = 0;
    std::int64_t first_offset = 0;
    std::int64_t last_offset = 0;
  };

  MadeLog(Chance& chance, const Shape& shape);

  std::int64_t start_offset() const { return start_offset_; }
  /// Behind the last batch that can be read.
  std::int64_t end_offset() const { return batches_[readable_ - 1].last_offset + 1; }

  void grow(Chance& chance);
  void move_start(std::int64_t offset) { start_offset_ = offset; }
  /// A batch is compacted away.
  void lose(Chance& chance);

  /// Up to so many batches, from the one that has the offset or comes behind it.
  std::vector<share::FetchedBatch> read(std::int64_t offset, int count) const;

  /// Aborted transactions that lie between these offsets, in part or all.
  std::vector<share::AbortedTransaction> aborted(std::int64_t first_offset, std::int64_t last_offset) const;

 private:
  share::FetchedBatch draw(Chance& chance, const Shape& shape, std::int64_t base_offset);

  std::int64_t start_offset_ = 0;
  std::size_t readable_ = 0;
  std::vector<share::FetchedBatch> batches_;
  std::vector<bool> is_lost_;
  std::vector<std::optional<std::int64_t>> open_;  ///< by producer, the first offset of its transaction
  std::vector<Transaction> aborted_;
};

}  // namespace moldau::testing
