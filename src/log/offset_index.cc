#include "log/offset_index.h"

#include <array>
#include <limits>
#include <utility>

#include "base/endian.h"
#include "log/file_names.h"

namespace moldau::log {

Result<OffsetIndex> OffsetIndex::open(io::Directory& directory, std::int64_t base_offset,
                                      std::int32_t largest_bytes, std::string_view suffix) {
  const std::string name = offset_file_name(base_offset, kOffsetIndexSuffix) + std::string(suffix);
  auto entries = EntryFile::open(directory, name, kEntrySize);
  if (!entries) return fail(std::move(entries).error());
  OffsetIndex index(*std::move(entries), base_offset, largest_bytes);
  if (auto loaded = index.load_last(); !loaded) return fail(std::move(loaded).error());
  return index;
}

OffsetIndex OffsetIndex::create(std::shared_ptr<io::Directory> directory, std::int64_t base_offset,
                                std::int32_t largest_bytes, std::string_view suffix) {
  std::string name = offset_file_name(base_offset, kOffsetIndexSuffix) + std::string(suffix);
  return {EntryFile::create(std::move(directory), std::move(name), kEntrySize), base_offset, largest_bytes};
}

Result<void> OffsetIndex::load_last() {
  last_offset_ = base_offset_;
  if (count() == 0) return {};
  const auto last = entry(count() - 1);
  if (!last) return fail(last.error());
  last_offset_ = last->offset;
  return {};
}

OffsetPosition OffsetIndex::decode(ByteView entry) const {
  return {base_offset_ + load_big_endian<std::int32_t>(entry.data()),
          load_big_endian<std::int32_t>(entry.data() + sizeof(std::int32_t))};
}

Result<OffsetPosition> OffsetIndex::entry(std::int64_t slot) const {
  std::array<std::uint8_t, kEntrySize> bytes{};
  if (auto read = entries_.read(slot, bytes); !read) return fail(std::move(read).error());
  return decode(bytes);
}

Result<std::optional<OffsetPosition>> OffsetIndex::first_from(std::int64_t position) const {
  std::int64_t low = 0;
  std::int64_t high = count();
  std::optional<OffsetPosition> found;
  while (low < high) {
    const std::int64_t middle = low + (high - low) / 2;
    const auto at = entry(middle);
    if (!at) return fail(at.error());
    if (at->position < position) {
      low = middle + 1;
    } else {
      high = middle;
      found = *at;
    }
  }
  return found;
}

bool OffsetIndex::starts_at_or_below(const EntryPage& page, std::int64_t offset) const {
  return !page.bytes.empty() && decode(page.bytes.first(kEntrySize)).offset <= offset;
}

bool OffsetIndex::ends_above(const EntryPage& page, std::int64_t offset) const {
  return !page.bytes.empty() && decode(page.bytes.last(kEntrySize)).offset > offset;
}

OffsetIndex::Found OffsetIndex::find_in(const EntryPage& page, std::int64_t offset) const {
  const auto at = [&](std::size_t index) {
    return decode(page.bytes.subspan(index * kEntrySize, kEntrySize));
  };
  std::size_t low = 0;
  std::size_t high = page.bytes.size() / kEntrySize - 1;
  while (low < high) {
    const std::size_t middle = low + (high - low + 1) / 2;
    if (at(middle).offset > offset) {
      high = middle - 1;
    } else {
      low = middle;
    }
  }
  return {page.first_slot + static_cast<std::int64_t>(low), at(low)};
}

Result<OffsetIndex::Found> OffsetIndex::find(std::int64_t offset) {
  const EntryPage newest = entries_.newest();
  if (starts_at_or_below(newest, offset)) return find_in(newest, offset);
  // Readers go on near where they were.
  const EntryPage kept = entries_.kept_page();
  if (starts_at_or_below(kept, offset) && ends_above(kept, offset)) return find_in(kept, offset);
  return find_in_file(offset);
}

Result<OffsetIndex::Found> OffsetIndex::find_in_file(std::int64_t offset) {
  std::int64_t low = -1;
  std::int64_t high = entries_.page_count() - 1;
  while (low < high) {
    const std::int64_t middle = low + (high - low + 1) / 2;
    const auto first = entry(middle * entries_.page_entries());
    if (!first) return fail(first.error());
    if (first->offset > offset) {
      high = middle - 1;
    } else {
      low = middle;
    }
  }
  if (low < 0) return Found{-1, {base_offset_, 0}};
  const auto page = entries_.read_page(low);
  if (!page) return fail(page.error());
  return find_in(*page, offset);
}

Result<OffsetPosition> OffsetIndex::lookup(std::int64_t offset) {
  const auto found = find(offset);
  if (!found) return fail(found.error());
  return found->entry;
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
  const auto last_kept = find(offset - 1);
  if (!last_kept) return fail(last_kept.error());
  if (auto cut = entries_.truncate(last_kept->slot + 1); !cut) return cut;
  return load_last();
}

Result<void> OffsetIndex::clear() {
  last_offset_ = base_offset_;
  if (auto cut = entries_.truncate(0); !cut) return cut;
  return entries_.write_pending();
}

}  // namespace moldau::log
