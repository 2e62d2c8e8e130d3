#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "base/time.h"
#include "io/file.h"

namespace moldau::io {

enum class OpenMode {
  kReadOnly,   ///< must exist
  kReadWrite,  ///< must exist
  kCreate,     ///< read-write, created empty when missing
  kCreateNew,  ///< read-write, must not exist
};

struct DirectoryEntry {
  std::string name;
  bool is_directory = false;
  bool is_read_only = false;  ///< A file that nobody may write.
  std::uint64_t size_bytes = 0;
  TimestampMs modified_ms = 0;
};

/// Whether `name` can name an entry of a folder: one path component, neither "." nor "..".
inline bool is_entry_name(std::string_view name) {
  return !name.empty() && name != "." && name != ".." && name.find('/') == std::string_view::npos &&
         name.find('\0') == std::string_view::npos;
}

/// The disk that a folder lies on.
struct DiskSpace {
  std::int64_t total_bytes = 0;
  std::int64_t usable_bytes = 0;  ///< By this process: what is kept for root does not count.
};

/// Held as long as the object lives; another process cannot take it meanwhile.
class DirectoryLock {
 public:
  virtual ~DirectoryLock() = default;
};

/// One folder. Names satisfy is_entry_name(); others fail. Creations, renames and removals are visible at
/// once and durable after sync() of this folder. Failures are kKafkaStorageError with the system's reason.
class Directory {
 public:
  virtual ~Directory() = default;

  virtual Result<FileHandle> open_file(std::string_view name, OpenMode mode,
                                       CallSite site = CallSite::current()) = 0;
  virtual Result<std::shared_ptr<Directory>> open_directory(std::string_view name) = 0;

  /// Creates the folder. False when it is there already.
  virtual Result<bool> create_directory(std::string_view name, CallSite site = CallSite::current()) = 0;

  virtual Result<bool> contains(std::string_view name) = 0;

  /// All entries, sorted by name.
  virtual Result<std::vector<DirectoryEntry>> list() = 0;

  /// Renames a file or folder within this folder; an existing file of the new name is replaced atomically.
  virtual Result<void> rename(std::string_view from, std::string_view to,
                              CallSite site = CallSite::current()) = 0;

  virtual Result<void> remove_file(std::string_view name, CallSite site = CallSite::current()) = 0;

  /// Removes an empty folder.
  virtual Result<void> remove_directory(std::string_view name, CallSite site = CallSite::current()) = 0;

  /// Makes creations, renames and removals in this folder durable (fsync of the folder). Blocks.
  virtual Result<void> sync(CallSite site = CallSite::current()) = 0;

  /// Takes an exclusive lock on the file `name`, created when missing. INVALID_CONFIG at once when another
  /// process holds it.
  virtual Result<std::unique_ptr<DirectoryLock>> lock(std::string_view name,
                                                      CallSite site = CallSite::current()) = 0;

  /// Blocks.
  virtual Result<DiskSpace> space() = 0;

  /// Absolute. To be told to people, not to be opened.
  virtual const std::string& path() const = 0;
};

}  // namespace moldau::io
