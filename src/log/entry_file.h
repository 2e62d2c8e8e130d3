#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>

#include "base/bytes.h"
#include "base/result.h"
#include "io/directory.h"
#include "io/file.h"

namespace moldau::log {

/// Some of the entries of an index in one piece. Borrowed until the index is next used.
struct EntryPage {
  std::int64_t first_slot = 0;
  ByteView bytes;
};

/// A file of entries of one size, only ever appended to or cut: what the offset and time index are made of.
/// The last entries are held in memory and new ones are written in batches by write_pending(); the file is
/// not preallocated. Whole zero entries at the end, as Apache Kafka leaves them in a file that was active
/// when the process died, do not count.
class EntryFile {
 public:
  /// Opens or creates the file. Nothing is written until an entry is.
  static Result<EntryFile> open(io::Directory& directory, const std::string& name,
                                std::size_t entry_size_bytes);
  /// Without entries, whatever is in a file of that name. The file is made, or emptied, when an entry is
  /// written or file() is called.
  static EntryFile create(std::shared_ptr<io::Directory> directory, std::string name,
                          std::size_t entry_size_bytes);

  std::int64_t count() const { return first_held_ + held_count(); }

  /// Copies entry `slot` < count() into `into`, which has the size of an entry.
  Result<void> read(std::int64_t slot, MutableBytes into) const;

  /// The newest entries, which are held in memory.
  EntryPage newest() const { return {first_held_, held_}; }

  /// Older entries lie in pages of as many entries each; the last page may have fewer.
  std::int64_t page_entries() const;
  std::int64_t page_count() const { return (first_held_ + page_entries() - 1) / page_entries(); }
  /// Reads a page, which is kept for the next lookups, in the place of the one before.
  Result<EntryPage> read_page(std::int64_t page);
  /// The page that was read last; empty if there is none.
  EntryPage kept_page() const { return {first_kept_, kept_}; }

  /// Adds one entry; it reaches the file at the latest when some 4 KiB are waiting.
  Result<void> append(ByteView entry);

  /// Writes what waits and cuts off what is behind the last entry.
  Result<void> write_pending();

  /// Keeps the first `count` entries.
  Result<void> truncate(std::int64_t count);

  Result<io::FileHandle> file();

 private:
  EntryFile(io::FileHandle file, std::size_t entry_size_bytes)
      : file_(std::move(file)), entry_size_(entry_size_bytes) {}

  Result<void> make();

  std::int64_t held_count() const { return static_cast<std::int64_t>(held_.size() / entry_size_); }
  std::uint64_t position_of(std::int64_t slot) const {
    return static_cast<std::uint64_t>(slot) * entry_size_;
  }
  Result<std::int64_t> count_in_file();
  Result<void> load_tail(std::int64_t count);
  void drop_written();
  void drop_kept_page() { kept_.clear(); }

  io::FileHandle file_;                                 ///< nullptr until it is made
  std::shared_ptr<io::Directory> directory_ = nullptr;  ///< where it is to be made
  std::string name_ = {};
  std::size_t entry_size_;
  std::int64_t first_held_ = 0;  ///< Slot of the first entry in held_.
  Bytes held_;                   ///< All entries from first_held_ on.
  std::int64_t first_kept_ = 0;  ///< Slot of the first entry in kept_.
  Bytes kept_;                   ///< A page of entries before first_held_.
  std::int64_t written_ = 0;     ///< Entries that are in the file.
  std::uint64_t file_size_ = 0;  ///< May be larger than the entries: preallocated, or a torn entry.
};

}  // namespace moldau::log
