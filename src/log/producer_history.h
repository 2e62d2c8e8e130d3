#pragma once

#include "base/result.h"
#include "log/producer_state.h"
#include "log/segment_list.h"

namespace moldau::log {

/// Lets a `state` that was read from a snapshot at the log's end know the last five batches of producers
/// again. A snapshot keeps only the last one, as in Apache Kafka (docs/formats/producer-snapshot.md), so that
/// of several requests in flight when the broker ended, the retry of any but the last would be refused for
/// good. Reads the headers of batches backwards from the end: those of some 64 KiB, or of 4 MiB when the log
/// was not closed in order, and as far as 8 MiB for producers found on the way. KAFKA_STORAGE_ERROR if a file
/// cannot be read.
Result<void> recall_last_batches(ProducerState& state, const SegmentList& segments, bool had_clean_shutdown);

}  // namespace moldau::log
