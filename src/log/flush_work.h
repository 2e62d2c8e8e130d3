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
  /// Below it no transaction was open: not only its data is durable, but also how each ended.
  std::int64_t stable_offset = 0;
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

  /// A segment that the log has dropped.
  struct Removal {
    std::shared_ptr<io::Directory> directory;
    std::int64_t base_offset = 0;
  };

  FlushTicket ticket;
  std::vector<UnsyncedFile> files;
  std::vector<Replacement> replacements;
  std::vector<std::shared_ptr<io::Directory>> directories;
  std::vector<Removal> removals;

  bool is_empty() const {
    return files.empty() && replacements.empty() && directories.empty() && removals.empty();
  }

  /// Syncs the files, replaces the small ones, syncs the folders, then unlinks what was dropped: by then all
  /// that stays is durable. Blocks. The first failure ends it: what it covers is then never durable (a later
  /// sync proves nothing).
  Result<void> run() const;

  /// Writes what the files show, and no sync has covered, once more. For a run that failed, when nobody
  /// writes to the files any longer: the kernel takes the pages of a failed sync for written, so that the
  /// next process would read them, sync nothing and believe them durable. Blocks.
  Result<void> write_again() const;

  /// run(), and write_again() where that fails: for callers that write nothing meanwhile. Blocks.
  Result<void> run_alone() const;
};

/// Removes what there is of a segment, its producer snapshot too: the log first, for without it the others
/// are orphans, which a start removes. Blocks.
Result<void> remove_segment_files(io::Directory& directory, std::int64_t base_offset);

}  // namespace moldau::log
