#pragma once

#include <cstdint>
#include <vector>

#include "base/result.h"
#include "base/time.h"
#include "log/flush_work.h"
#include "log/producer_snapshots.h"
#include "log/producer_state.h"
#include "log/segment_list.h"

namespace moldau::log {

/// Up to where producer state is to be rebuilt.
struct ProducerRebuild {
  std::int64_t log_start_offset = 0;
  std::int64_t end_offset = 0;
  TimestampMs now_ms = 0;
  /// Without any snapshot the log is from before they existed: it is not scanned then.
  bool had_clean_shutdown = false;
};

/// Makes `state` that of the log at `end_offset`, from the newest usable snapshot and the batches behind it,
/// and takes snapshots at the last two segments and the end. Answers the files written, not yet synced.
Result<std::vector<UnsyncedFile>> rebuild_producer_state(ProducerState& state, ProducerSnapshots& snapshots,
                                                         const SegmentList& segments,
                                                         const ProducerRebuild& rebuild);

}  // namespace moldau::log
