#include "log/entry_file.h"

#include <algorithm>
#include <cstring>
#include <utility>

#include "base/assert.h"
#include "log/file_content.h"

namespace moldau::log {
namespace {

/// Entries at the end of the file that are held in memory, and that may wait to be written.
constexpr std::size_t kHeldBytes = 8192;
constexpr std::size_t kPendingBytes = 4096;
constexpr std::size_t kLargestEntry = 16;
constexpr std::size_t kPageBytes = 4096;

bool is_zero(ByteView bytes) {
  return std::ranges::all_of(bytes, [](std::uint8_t byte) { return byte == 0; });
}

}  // namespace

Result<EntryFile> EntryFile::open(io::Directory& directory, const std::string& name,
                                  std::size_t entry_size_bytes) {
  require(entry_size_bytes <= kLargestEntry, "index entries are small");
  auto file = directory.open_file(name, io::OpenMode::kCreate);
  if (!file) return fail(std::move(file).error());
  EntryFile entries(*std::move(file), entry_size_bytes);
  const auto count = entries.count_in_file();
  if (!count) return fail(count.error());
  auto loaded = entries.load_tail(*count);
  if (!loaded) return fail(std::move(loaded).error());
  return entries;
}

EntryFile EntryFile::create(std::shared_ptr<io::Directory> directory, std::string name,
                            std::size_t entry_size_bytes) {
  require(entry_size_bytes <= kLargestEntry, "index entries are small");
  EntryFile entries(nullptr, entry_size_bytes);
  entries.directory_ = std::move(directory);
  entries.name_ = std::move(name);
  return entries;
}

Result<void> EntryFile::make() {
  if (file_ != nullptr) return {};
  auto file = directory_->open_file(name_, io::OpenMode::kCreate);
  if (!file) return fail(std::move(file).error());
  if (auto cut = (*file)->truncate(0); !cut) return cut;
  file_ = *std::move(file);
  directory_.reset();
  return {};
}

Result<io::FileHandle> EntryFile::file() {
  if (auto made = make(); !made) return fail(std::move(made).error());
  return file_;
}

Result<std::int64_t> EntryFile::count_in_file() {
  auto size = file_->size_bytes();
  if (!size) return fail(std::move(size).error());
  file_size_ = *size;
  const auto whole = static_cast<std::int64_t>(*size / entry_size_);
  std::uint8_t bytes[kLargestEntry];
  const MutableBytes entry(bytes, entry_size_);
  // Zero entries form the end of the file, if there are any. One that stands alone is an entry like others.
  std::int64_t low = whole > 1 ? 0 : whole;
  std::int64_t high = whole;
  for (std::int64_t probe = whole - 1; low < high; probe = low + (high - low) / 2) {
    auto read = read_exactly(*file_, position_of(probe), entry);
    if (!read) return fail(std::move(read).error());
    if (is_zero(entry)) {
      high = probe;
    } else {
      low = probe + 1;
    }
  }
  return low;
}

Result<void> EntryFile::load_tail(std::int64_t count) {
  const auto most = static_cast<std::int64_t>(kHeldBytes / entry_size_);
  first_held_ = std::max<std::int64_t>(0, count - most);
  held_.resize(static_cast<std::size_t>(count - first_held_) * entry_size_);
  written_ = count;
  return read_exactly(*file_, position_of(first_held_), held_);
}

Result<void> EntryFile::read(std::int64_t slot, MutableBytes into) const {
  require(slot >= 0 && slot < count() && into.size() == entry_size_, "an index is asked for its own entries");
  if (slot < first_held_) return read_exactly(*file_, position_of(slot), into);
  std::memcpy(into.data(), held_.data() + position_of(slot - first_held_), entry_size_);
  return {};
}

std::int64_t EntryFile::page_entries() const {
  return static_cast<std::int64_t>(kPageBytes / entry_size_);
}

Result<EntryPage> EntryFile::read_page(std::int64_t page) {
  require(page >= 0 && page < page_count(), "an index is asked for its own pages");
  const std::int64_t first = page * page_entries();
  const std::int64_t size = std::min(page_entries(), first_held_ - first);
  kept_.resize(static_cast<std::size_t>(size) * entry_size_);
  first_kept_ = first;
  if (auto read = read_exactly(*file_, position_of(first), kept_); !read) {
    drop_kept_page();
    return fail(std::move(read).error());
  }
  return kept_page();
}

Result<void> EntryFile::append(ByteView entry) {
  require(entry.size() == entry_size_, "an index's entries have one size");
  held_.insert(held_.end(), entry.begin(), entry.end());
  const std::uint64_t pending = position_of(count() - written_);
  return pending < kPendingBytes ? Result<void>() : write_pending();
}

Result<void> EntryFile::write_pending() {
  const std::uint64_t end = position_of(count());
  if (written_ < count()) {
    if (auto made = make(); !made) return made;
    const ByteView pending = ByteView(held_).subspan(position_of(written_ - first_held_));
    if (auto done = file_->write_at(position_of(written_), pending); !done) return done;
    file_size_ = std::max(file_size_, end);
    written_ = count();
  }
  if (file_size_ > end) {
    if (auto cut = file_->truncate(end); !cut) return cut;
    file_size_ = end;
  }
  drop_written();
  return {};
}

void EntryFile::drop_written() {
  if (held_.size() < 2 * kHeldBytes) return;
  const auto surplus = static_cast<std::int64_t>((held_.size() - kHeldBytes) / entry_size_);
  held_.erase(held_.begin(), held_.begin() + static_cast<std::ptrdiff_t>(position_of(surplus)));
  first_held_ += surplus;
}

Result<void> EntryFile::truncate(std::int64_t count_kept) {
  if (count_kept >= count()) return {};
  drop_kept_page();
  if (count_kept >= first_held_) {
    held_.resize(position_of(count_kept - first_held_));
    written_ = std::min(written_, count_kept);
    return write_pending();
  }
  if (auto cut = file_->truncate(position_of(count_kept)); !cut) return cut;
  file_size_ = position_of(count_kept);
  return load_tail(count_kept);
}

}  // namespace moldau::log
