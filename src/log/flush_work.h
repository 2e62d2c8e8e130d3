#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "base/bytes.h"
#include "base/result.h"
#include "io/directory.h"
#include "io/file.h"

namespace moldau::log {

/// What is durable once a flush has run.
struct FlushTicket {
  std::int64_t end_offset = 0;  ///< All before it.
  std::int64_t generation = 0;  ///< Tells offsets written before a truncation from those after it.
};

/// A file with content that may not be durable.
struct UnsyncedFile {
  io::FileHandle file;
  std::uint64_t from = 0;  ///< Position of the first byte that no earlier sync covers.
};

/// What one log asks to have synced; done outside of the log, in the sync lane of its directory, in the order
/// begun. Owns all it needs.
struct FlushWork {
  /// A small file to be replaced as a whole.
  struct Replacement {
    std::shared_ptr<io::Directory> directory;
    std::string name;
    Bytes content;
  };

  FlushTicket ticket;
  std::vector<UnsyncedFile> files;
  std::vector<Replacement> replacements;
  std::vector<std::shared_ptr<io::Directory>> directories;

  bool is_empty() const { return files.empty() && replacements.empty() && directories.empty(); }

  /// Syncs the files, replaces the small ones, then syncs the folders. Blocks. The first failure ends it:
  /// what it covers is then never durable (a later sync proves nothing).
  Result<void> run() const;

  /// Writes what the files show, and no sync has covered, once more. For a run that failed, when nobody
  /// writes to the files any longer: the kernel takes the pages of a failed sync for written, so that the
  /// next process would read them, sync nothing and believe them durable. Blocks.
  Result<void> write_again() const;
};

}  // namespace moldau::log
