#pragma once

#include <cstdint>
#include <functional>

#include "base/result.h"
#include "log/partition_log.h"
#include "protocol/records/record_iterator.h"

namespace moldau::sim {

/// Calls visit(batch, record) for all that a log has below `log_end`, in order, until it fails.
Result<void> visit_records(
    log::PartitionLog& log, std::int64_t log_end,
    const std::function<Result<void>(const records::BatchView&, const records::RecordView&)>& visit);

}  // namespace moldau::sim
