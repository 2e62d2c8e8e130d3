#pragma once

#include <cstdint>
#include <map>
#include <string>

#include "io/directory.h"
#include "io/sim/disk.h"
#include "io/sim/world.h"
#include "log/offset_checkpoint.h"

namespace moldau::sim {

/// Holds the index files of a log directory against its batches. Every entry must be true; those of segments
/// that a start had to recover must be the ones that reading the batches from the first one on gives.
class IndexCheck {
 public:
  /// While no process uses the disk, before the start that recovers: notes up to where each log is trusted.
  IndexCheck(io::sim::World& world, io::sim::Disk& disk);

  /// While no process uses the disk, after that broker has stopped in order. Empty where all is well.
  std::string complaint();

 private:
  std::string check_partition(io::Directory& folder, const log::PartitionName& partition);

  io::sim::World& world_;
  io::sim::Disk& disk_;
  log::PartitionOffsets recovery_points_;
  bool is_clean_ = false;  ///< the last stop was in order: nothing is to be recovered
};

}  // namespace moldau::sim
