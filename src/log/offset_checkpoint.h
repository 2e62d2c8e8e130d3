#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>

#include "base/result.h"
#include "io/directory.h"
#include "log/partition_name.h"

namespace moldau::log {

/// One offset per partition, as in recovery-point-offset-checkpoint, log-start-offset-checkpoint,
/// cleaner-offset-checkpoint and replication-offset-checkpoint of a log directory.
using PartitionOffsets = std::map<PartitionName, std::int64_t>;

/// The file's content (docs/formats/checkpoints.md), sorted by topic and partition.
std::string format_offset_checkpoint(const PartitionOffsets& offsets);

/// KAFKA_STORAGE_ERROR if the text is no checkpoint or a line is not topic, partition and offset. Of several
/// lines for one partition the last counts.
Result<PartitionOffsets> parse_offset_checkpoint(std::string_view text);

/// Reads the checkpoint `name` of a log directory; no file means no offsets.
Result<PartitionOffsets> read_offset_checkpoint(io::Directory& log_dir, std::string_view name);

/// Replaces the checkpoint `name` of a log directory. Blocks.
Result<void> write_offset_checkpoint(io::Directory& log_dir, std::string_view name,
                                     const PartitionOffsets& offsets);

}  // namespace moldau::log
