#pragma once

#include <cstdint>
#include <functional>
#include <memory>

#include "base/result.h"
#include "io/loop.h"
#include "log/partition_log.h"

namespace moldau::runtime {

/// Makes durable, in the lane, what is in `log` now. `done` is called on `loop`, which is the log's, in a
/// later turn: with the end of what is durable, or why it is not; the log is offline then. One flush of a log
/// at a time, or several in the same lane.
void flush_log(io::Loop& loop, io::LaneId lane, std::shared_ptr<log::PartitionLog> log,
               std::move_only_function<void(Result<std::int64_t> end_offset)> done);

}  // namespace moldau::runtime
