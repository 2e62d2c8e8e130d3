#pragma once

#include <cstdint>
#include <functional>
#include <memory>

#include "base/result.h"
#include "base/time.h"
#include "coordinator/effects.h"
#include "protocol/records/batch.h"
#include "protocol/records/builder.h"
#include "protocol/records/record_iterator.h"
#include "runtime/partition.h"
#include "runtime/shard.h"
#include "runtime/task.h"

namespace moldau::runtime {

/// A coordinator's record as it is written then. Borrowed from `record`.
records::RecordData as_written(const coordinator::Record& record, TimestampMs now_ms);

/// Calls visit(batch, record) for all that stands in a coordinator's log, in order, until it fails; the
/// outcome is its failure or the log's. Long logs are read a piece at a time, with others' turns in between;
/// it ends early when `is_ended` answers true. Both are called on `shard` only, while the task lives.
Task<Result<void>> replay_log(
    Shard& shard, std::shared_ptr<Partition> partition, std::function<bool()> is_ended,
    std::function<Result<void>(const records::BatchView&, const records::RecordView&)> visit);

}  // namespace moldau::runtime
