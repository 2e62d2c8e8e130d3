#pragma once

#include <cstdint>
#include <optional>

#include "log/offset_checkpoint.h"

namespace moldau::log {

// What changes in the offsets of cleaner-offset-checkpoint (kCleanerCheckpointName): up to where each log of
// a log directory is compacted. Their owner writes the file after each change that is told; a file that is
// behind costs a pass over what is compacted already, and one that is ahead of a truncated log leaves records
// uncompacted.

/// The offset of a log; nullopt if it was never compacted here.
std::optional<std::int64_t> compacted_up_to(const PartitionOffsets& offsets, const PartitionName& name);

/// A log was truncated to `offset`: what lies behind is to be compacted again. True if something changed; the
/// file is then to be written before the log grows.
bool lower_cleaner_offset(PartitionOffsets& offsets, const PartitionName& name, std::int64_t offset);

}  // namespace moldau::log
