#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "base/result.h"
#include "io/directory.h"
#include "log/flush_work.h"
#include "log/leader_epoch_cache.h"
#include "log/log_config.h"
#include "log/producer_snapshots.h"
#include "log/producer_state.h"
#include "log/segment_list.h"

namespace moldau::log {

/// A log as it was found, or recovered.
struct LoadedLog {
  SegmentList segments;
  LeaderEpochCache epochs;
  ProducerState producers;
  ProducerSnapshots snapshots;
  std::int64_t log_start_offset = 0;
  std::int64_t log_end_offset = 0;
  std::int64_t recovery_point = 0;
  std::vector<UnsyncedFile> unsynced_files;
  bool is_directory_dirty = false;   ///< Files were made, renamed or removed.
  bool has_epoch_checkpoint = true;  ///< There is a file leader-epoch-checkpoint.
};

/// Reads a partition's folder and repairs what a crash left (docs/formats/segment.md). An empty folder
/// becomes an empty log. Blocks. KAFKA_STORAGE_ERROR if the folder cannot be read or written.
Result<LoadedLog> load_log(std::shared_ptr<io::Directory> directory, const OpenOptions& options);

/// Ends what compaction or deletion began before a stop: removes `.deleted` and `.cleaned` files, and puts
/// `.swap` files in the place of the segments they replace. True if anything changed.
Result<bool> finish_interrupted_swaps(io::Directory& directory);

}  // namespace moldau::log
