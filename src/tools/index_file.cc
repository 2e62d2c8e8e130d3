#include "tools/index_file.h"

#include <algorithm>
#include <utility>

#include "base/endian.h"
#include "log/file_content.h"
#include "log/file_names.h"

namespace moldau::tools {
namespace {

constexpr std::size_t kOffsetEntrySize = 8;
constexpr std::size_t kTimeEntrySize = 12;

std::int64_t absolute_offset(std::int64_t base_offset, const std::uint8_t* relative) {
  const std::int64_t distance = load_big_endian<std::int32_t>(relative);
  return static_cast<std::int64_t>(static_cast<std::uint64_t>(base_offset) +
                                   static_cast<std::uint64_t>(distance));
}

Result<void> check_size(const IndexFile& file, std::size_t entry_size) {
  if (file.size_bytes() % static_cast<std::int64_t>(entry_size) == 0) return {};
  return fail(ErrorCode::kCorruptMessage, "corrupt index: " + std::to_string(file.size_bytes()) +
                                              " bytes are not a multiple of " + std::to_string(entry_size));
}

Result<void> check_last_offset(std::int64_t last_offset, std::int64_t base_offset) {
  if (last_offset >= base_offset) return {};
  return fail(ErrorCode::kCorruptMessage, "corrupt index: its last offset " + std::to_string(last_offset) +
                                              " is less than the base offset " + std::to_string(base_offset));
}

}  // namespace

Result<IndexFile> IndexFile::open(io::Directory& folder, const std::string& name,
                                  std::size_t entry_size_bytes) {
  auto file = folder.open_file(name, io::OpenMode::kReadOnly);
  if (!file) return fail(std::move(file).error());
  const auto size_bytes = (*file)->size_bytes();
  if (!size_bytes) return fail(size_bytes.error());
  return IndexFile(std::move(*file), entry_size_bytes, static_cast<std::int64_t>(*size_bytes));
}

Result<ByteView> IndexFile::entry(std::int64_t slot) {
  constexpr std::int64_t kChunkEntries = 512;
  const auto held = static_cast<std::int64_t>(chunk_.size() / entry_size_);
  if (slot < chunk_slot_ || slot >= chunk_slot_ + held) {
    const std::int64_t wanted = std::min(kChunkEntries, count() - slot);
    chunk_.resize(static_cast<std::size_t>(wanted) * entry_size_);
    chunk_slot_ = slot;
    const auto position = static_cast<std::uint64_t>(slot) * entry_size_;
    if (auto read = log::read_exactly(*file_, position, chunk_); !read) {
      chunk_.clear();
      return fail(std::move(read).error());
    }
  }
  return ByteView(chunk_).subspan(static_cast<std::size_t>(slot - chunk_slot_) * entry_size_, entry_size_);
}

Result<OffsetIndexFile> OffsetIndexFile::open(io::Directory& folder, std::string_view stem,
                                              std::int64_t base_offset) {
  auto file =
      IndexFile::open(folder, std::string(stem) + std::string(log::kOffsetIndexSuffix), kOffsetEntrySize);
  if (!file) return fail(std::move(file).error());
  return OffsetIndexFile(std::move(*file), base_offset);
}

Result<OffsetIndexFile::Entry> OffsetIndexFile::entry(std::int64_t slot) {
  const auto bytes = file_.entry(slot);
  if (!bytes) return fail(bytes.error());
  return Entry{.offset = absolute_offset(base_offset_, bytes->data()),
               .position = load_big_endian<std::int32_t>(bytes->data() + sizeof(std::int32_t))};
}

Result<OffsetIndexFile::Entry> OffsetIndexFile::lookup(std::int64_t offset) {
  // Apache Kafka looks into the last 8 KiB first, which are in the page cache.
  constexpr std::int64_t kWarmEntries = 8192 / std::int64_t{kOffsetEntrySize};
  const Entry base{.offset = base_offset_, .position = 0};
  if (count() == 0) return base;
  const std::int64_t first_warm = std::max<std::int64_t>(0, count() - 1 - kWarmEntries);
  std::int64_t low = first_warm;
  std::int64_t high = count() - 1;
  auto found = entry(first_warm);
  if (!found) return found;
  if (found->offset >= offset) {
    found = entry(0);
    if (!found) return found;
    if (found->offset > offset) return base;
    low = 0;
    high = first_warm;
  }
  while (low < high) {
    const std::int64_t middle = (low + high + 1) / 2;
    found = entry(middle);
    if (!found || found->offset == offset) return found;
    if (found->offset > offset) {
      high = middle - 1;
    } else {
      low = middle;
    }
  }
  return entry(low);
}

Result<void> OffsetIndexFile::check_sanity() {
  if (count() > 0) {
    const auto last = entry(count() - 1);
    if (!last) return fail(last.error());
    if (auto sane = check_last_offset(last->offset, base_offset_); !sane) return sane;
  }
  return check_size(file_, kOffsetEntrySize);
}

Result<TimeIndexFile> TimeIndexFile::open(io::Directory& folder, std::string_view stem,
                                          std::int64_t base_offset) {
  auto file = IndexFile::open(folder, std::string(stem) + std::string(log::kTimeIndexSuffix), kTimeEntrySize);
  if (!file) return fail(std::move(file).error());
  return TimeIndexFile(std::move(*file), base_offset);
}

Result<TimeIndexFile::Entry> TimeIndexFile::entry(std::int64_t slot) {
  const auto bytes = file_.entry(slot);
  if (!bytes) return fail(bytes.error());
  return Entry{.timestamp_ms = load_big_endian<std::int64_t>(bytes->data()),
               .offset = absolute_offset(base_offset_, bytes->data() + sizeof(std::int64_t))};
}

Result<void> TimeIndexFile::check_sanity() {
  if (count() > 0) {
    const auto first = entry(0);
    if (!first) return fail(first.error());
    const auto last = entry(count() - 1);
    if (!last) return fail(last.error());
    if (last->timestamp_ms < first->timestamp_ms) {
      return fail(ErrorCode::kCorruptMessage,
                  "corrupt index: its last timestamp " + std::to_string(last->timestamp_ms) +
                      " is less than the first timestamp " + std::to_string(first->timestamp_ms));
    }
    if (auto sane = check_last_offset(last->offset, base_offset_); !sane) return sane;
  }
  return check_size(file_, kTimeEntrySize);
}

}  // namespace moldau::tools
