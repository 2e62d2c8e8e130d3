#include "log/offset_index.h"

#include <array>
#include <limits>
#include <utility>

#include "base/endian.h"
#include "log/file_names.h"

namespace moldau::log {

Result<OffsetIndex> OffsetIndex::open(io::Directory& directory, std::int64_t base_offset,
                                      std::int32_t largest_bytes) {
  auto entries = EntryFile::open(directory, offset_file_name(base_offset, kOffsetIndexSuffix), kEntrySize);
  if (!entries) return fail(std::move(entries).error());
  OffsetIndex index(*std::move(entries), base_offset, largest_bytes);
  if (auto loaded = index.load_last(); !loaded) return fail(std::move(loaded).error());
  return index;
}

Result<void> OffsetIndex::load_last() {
  last_offset_ = base_offset_;
  if (count() == 0) return {};
  const auto last = entry(count() - 1);
  if (!last) return fail(last.error());
  last_offset_ = last->offset;
  return {};
}

Result<OffsetPosition> OffsetIndex::entry(std::int64_t slot) const {
  std::array<std::uint8_t, kEntrySize> bytes{};
  if (auto read = entries_.read(slot, bytes); !read) return fail(std::move(read).error());
  return OffsetPosition{base_offset_ + load_big_endian<std::int32_t>(bytes.data()),
                        load_big_endian<std::int32_t>(bytes.data() + sizeof(std::int32_t))};
}

Result<std::int64_t> OffsetIndex::slot_of(std::int64_t offset) const {
  if (count() > 0 && offset >= last_offset_) return count() - 1;
  std::int64_t low = -1;
  std::int64_t high = count() - 1;
  while (low < high) {
    const std::int64_t middle = low + (high - low + 1) / 2;
    const auto found = entry(middle);
    if (!found) return fail(found.error());
    if (found->offset > offset) {
      high = middle - 1;
    } else {
      low = middle;
    }
  }
  return low;
}

Result<OffsetPosition> OffsetIndex::lookup(std::int64_t offset) const {
  const auto slot = slot_of(offset);
  if (!slot) return fail(slot.error());
  if (*slot < 0) return OffsetPosition{base_offset_, 0};
  return entry(*slot);
}

Result<void> OffsetIndex::append(std::int64_t offset, std::int64_t position) {
  constexpr std::int64_t kLargest = std::numeric_limits<std::int32_t>::max();
  const std::int64_t relative = offset - base_offset_;
  const bool rises = count() == 0 ? relative >= 0 : offset > last_offset_;
  if (!rises || relative > kLargest || position < 0 || position > kLargest) {
    return fail(ErrorCode::kKafkaStorageError, "offset " + std::to_string(offset) +
                                                   " cannot follow in the offset index of segment " +
                                                   std::to_string(base_offset_));
  }
  std::array<std::uint8_t, kEntrySize> bytes{};
  store_big_endian(bytes.data(), static_cast<std::int32_t>(relative));
  store_big_endian(bytes.data() + sizeof(std::int32_t), static_cast<std::int32_t>(position));
  last_offset_ = offset;
  return entries_.append(bytes);
}

Result<void> OffsetIndex::truncate_to(std::int64_t offset) {
  const auto slot = slot_of(offset - 1);
  if (!slot) return fail(slot.error());
  if (auto cut = entries_.truncate(*slot + 1); !cut) return cut;
  return load_last();
}

Result<void> OffsetIndex::clear() {
  last_offset_ = base_offset_;
  if (auto cut = entries_.truncate(0); !cut) return cut;
  return entries_.write_pending();
}

}  // namespace moldau::log
