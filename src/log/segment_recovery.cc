#include <algorithm>
#include <limits>
#include <utility>

#include "log/file_window.h"
#include "log/segment.h"
#include "protocol/records/batch.h"

namespace moldau::log {
namespace {

constexpr auto kHeaderBytes = static_cast<std::int64_t>(records::kBatchHeaderSize);

}  // namespace

Result<void> Segment::visit(std::int64_t from_position, std::int64_t to_position,
                            const BatchVisitor& visitor) {
  auto log_file = file();
  if (!log_file) return fail(std::move(log_file).error());
  FileWindow window(**log_file, to_position);
  for (std::int64_t position = from_position; position < to_position;) {
    const auto header = window.at(position, std::min(kHeaderBytes, to_position - position));
    if (!header) return fail(header.error());
    const auto place = describe_batch(*header, position);
    if (!place || place->size_bytes > to_position - position) return {};
    const auto batch = window.at(position, place->size_bytes);
    if (!batch) return fail(batch.error());
    if (auto seen = visitor(*place, *batch); !seen) return seen;
    position += place->size_bytes;
  }
  return {};
}

Result<std::int64_t> Segment::recover(const BatchVisitor& keep) {
  constexpr std::int64_t kLargestRelative = std::numeric_limits<std::int32_t>::max();
  auto log_file = file();
  if (!log_file) return fail(std::move(log_file).error());
  auto offsets = offset_index();
  if (!offsets) return fail(std::move(offsets).error());
  auto times = time_index();
  if (!times) return fail(std::move(times).error());
  if (auto cleared = (*offsets)->clear(); !cleared) return fail(std::move(cleared).error());
  if (auto cleared = (*times)->clear(); !cleared) return fail(std::move(cleared).error());
  if (auto cleared = transaction_index_.clear(); !cleared) return fail(std::move(cleared).error());
  max_timestamp_.reset();
  first_batch_timestamp_.reset();
  last_appended_.reset();
  bytes_since_index_entry_ = 0;

  FileWindow window(**log_file, size_bytes_);
  std::int64_t valid = 0;
  std::int64_t last_offset = base_offset_ - 1;
  while (valid < size_bytes_) {
    const auto header = window.at(valid, std::min(kHeaderBytes, size_bytes_ - valid));
    if (!header) return fail(header.error());
    const auto place = describe_batch(*header, valid);
    if (!place || place->size_bytes > size_bytes_ - valid) break;
    if (place->base_offset < 0 || place->last_offset < place->base_offset) break;
    if (place->last_offset <= last_offset || place->last_offset - base_offset_ > kLargestRelative) break;
    const auto batch = window.at(valid, place->size_bytes);
    if (!batch) return fail(batch.error());
    if (!has_valid_crc(*place, *batch)) break;
    auto kept = keep(*place, *batch);
    if (!kept && kept.error().code == ErrorCode::kInvalidRecord) break;
    if (!kept) return fail(std::move(kept).error());
    if (auto indexed = index_batch(*place); !indexed) return fail(std::move(indexed).error());
    last_offset = place->last_offset;
    valid += place->size_bytes;
  }
  const std::int64_t bytes_cut = size_bytes_ - valid;
  if (bytes_cut > 0) {
    auto cut = file_->truncate(static_cast<std::uint64_t>(valid));
    if (!cut) return fail(std::move(cut).error());
  }
  size_bytes_ = valid;
  sync_asked_bytes_ = std::min(sync_asked_bytes_, size_bytes_);
  bytes_since_index_entry_ = 0;
  if (auto finished = finish(); !finished) return fail(std::move(finished).error());
  return bytes_cut;
}

}  // namespace moldau::log
