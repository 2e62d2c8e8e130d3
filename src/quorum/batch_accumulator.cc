#include "quorum/batch_accumulator.h"

#include <algorithm>
#include <iterator>
#include <string>
#include <utility>

#include "protocol/records/batch.h"
#include "protocol/records/builder.h"

namespace moldau::quorum {
namespace {

std::size_t size_of(std::span<const Bytes> run, std::int64_t first_delta) {
  std::size_t total = 0;
  for (const Bytes& record : run)
    total += records::record_size(static_cast<std::int32_t>(first_delta++), 0, {.value = ByteView(record)});
  return total;
}

}  // namespace

bool BatchAccumulator::fits_alone(std::span<const Bytes> run) const {
  return records::kBatchHeaderSize + size_of(run, 0) <= max_batch_size_bytes_;
}

Result<std::int64_t> BatchAccumulator::append(std::vector<Bytes> records, bool atomic) {
  if (atomic && records.size() > kMaxRecordsPerRun) {
    return fail(ErrorCode::kRecordListTooLarge,
                "Attempted to atomically commit " + std::to_string(records.size()) +
                    " records, but the maximum is " + std::to_string(kMaxRecordsPerRun) + ".");
  }
  const std::span<Bytes> all(records);
  const auto run_at = [&](std::size_t from) {
    return all.subspan(from, std::min(kMaxRecordsPerRun, all.size() - from));
  };
  for (std::size_t from = 0; from < all.size(); from += kMaxRecordsPerRun) {
    if (fits_alone(run_at(from))) continue;
    return fail(ErrorCode::kRecordListTooLarge, "The records exceed the maximum allowed batch size of " +
                                                    std::to_string(max_batch_size_bytes_) + " bytes.");
  }
  const std::int64_t first_offset = next_offset_;
  for (std::size_t from = 0; from < all.size(); from += kMaxRecordsPerRun)
    append_run(run_at(from));
  return first_offset;
}

void BatchAccumulator::append_run(std::span<Bytes> run) {
  std::size_t size_bytes = size_of(run, next_offset_ - open_.base_offset);
  if (!open_.records.empty() && open_size_bytes_ + size_bytes > max_batch_size_bytes_) close_open_batch();
  if (open_.records.empty()) {
    open_ = DataBatch{.base_offset = next_offset_, .epoch = epoch_, .records = {}};
    open_size_bytes_ = records::kBatchHeaderSize;
    size_bytes = size_of(run, 0);
  }
  open_size_bytes_ += size_bytes;
  next_offset_ += static_cast<std::int64_t>(run.size());
  open_.records.insert(open_.records.end(), std::move_iterator(run.begin()), std::move_iterator(run.end()));
}

void BatchAccumulator::close_open_batch() {
  if (open_.records.empty()) return;
  completed_.push_back(std::exchange(open_, DataBatch{}));
}

std::vector<DataBatch> BatchAccumulator::drain() {
  close_open_batch();
  return std::exchange(completed_, {});
}

}  // namespace moldau::quorum
