#include "log/time_index.h"

#include <array>
#include <limits>
#include <utility>

#include "base/endian.h"
#include "log/file_names.h"

namespace moldau::log {

Result<TimeIndex> TimeIndex::open(io::Directory& directory, std::int64_t base_offset,
                                  std::int32_t largest_bytes, std::string_view suffix) {
  const std::string name = offset_file_name(base_offset, kTimeIndexSuffix) + std::string(suffix);
  auto entries = EntryFile::open(directory, name, kEntrySize);
  if (!entries) return fail(std::move(entries).error());
  TimeIndex index(*std::move(entries), base_offset, largest_bytes);
  if (auto loaded = index.load_last(); !loaded) return fail(std::move(loaded).error());
  return index;
}

TimeIndex TimeIndex::create(std::shared_ptr<io::Directory> directory, std::int64_t base_offset,
                            std::int32_t largest_bytes, std::string_view suffix) {
  std::string name = offset_file_name(base_offset, kTimeIndexSuffix) + std::string(suffix);
  return {EntryFile::create(std::move(directory), std::move(name), kEntrySize), base_offset, largest_bytes};
}

Result<void> TimeIndex::load_last() {
  last_ = {-1, base_offset_};
  if (count() == 0) return {};
  const auto last = entry(count() - 1);
  if (!last) return fail(last.error());
  last_ = *last;
  return {};
}

Result<TimestampOffset> TimeIndex::entry(std::int64_t slot) const {
  std::array<std::uint8_t, kEntrySize> bytes{};
  if (auto read = entries_.read(slot, bytes); !read) return fail(std::move(read).error());
  return TimestampOffset{load_big_endian<std::int64_t>(bytes.data()),
                         base_offset_ + load_big_endian<std::int32_t>(bytes.data() + sizeof(std::int64_t))};
}

Result<std::int64_t> TimeIndex::count_up_to(std::int64_t TimestampOffset::* member,
                                            std::int64_t value) const {
  std::int64_t low = 0;
  std::int64_t high = count();
  while (low < high) {
    const std::int64_t middle = low + (high - low) / 2;
    const auto found = entry(middle);
    if (!found) return fail(found.error());
    if ((*found).*member > value) {
      high = middle;
    } else {
      low = middle + 1;
    }
  }
  return low;
}

Result<TimestampOffset> TimeIndex::lookup(TimestampMs timestamp_ms) const {
  const auto below = count_up_to(&TimestampOffset::timestamp_ms, timestamp_ms);
  if (!below) return fail(below.error());
  if (*below == 0) return TimestampOffset{-1, base_offset_};
  return entry(*below - 1);
}

Result<void> TimeIndex::append_if_later(const TimestampOffset& entry) {
  constexpr std::int64_t kLargest = std::numeric_limits<std::int32_t>::max();
  const std::int64_t relative = entry.offset - base_offset_;
  if ((count() > 0 && entry.offset < last_.offset) || relative < 0 || relative > kLargest) {
    return fail(ErrorCode::kKafkaStorageError, "offset " + std::to_string(entry.offset) +
                                                   " cannot follow in the time index of segment " +
                                                   std::to_string(base_offset_));
  }
  if (entry.timestamp_ms <= last_.timestamp_ms) return {};
  std::array<std::uint8_t, kEntrySize> bytes{};
  store_big_endian(bytes.data(), entry.timestamp_ms);
  store_big_endian(bytes.data() + sizeof(std::int64_t), static_cast<std::int32_t>(relative));
  last_ = entry;
  return entries_.append(bytes);
}

Result<void> TimeIndex::truncate_to(std::int64_t offset) {
  const auto kept = count_up_to(&TimestampOffset::offset, offset - 1);
  if (!kept) return fail(kept.error());
  if (auto cut = entries_.truncate(*kept); !cut) return cut;
  return load_last();
}

Result<void> TimeIndex::clear() {
  last_ = {-1, base_offset_};
  if (auto cut = entries_.truncate(0); !cut) return cut;
  return entries_.write_pending();
}

}  // namespace moldau::log
