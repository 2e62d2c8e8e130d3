#include "runtime/coordinator_log.h"

#include <functional>
#include <optional>

#include "protocol/records/batch_records.h"
#include "runtime/waiter.h"

namespace moldau::runtime {
namespace {

/// Little enough that others wait for milliseconds at most, that a piece stays in the processor's cache, and
/// that the heap does not grow by more than that for it.
constexpr std::int64_t kReadBytes = std::int64_t{1} << 17;

/// Visits the records of a piece that begins at `offset` and gives the offset behind it.
Result<std::int64_t> visit_piece(
    log::PartitionLog& log, std::int64_t offset, records::DecoderSet& decoders,
    const std::function<Result<void>(const records::BatchView&, const records::RecordView&)>& visit) {
  const auto piece = log.read_bytes(offset, kReadBytes, log.log_end_offset(), true);
  if (!piece) return fail(piece.error());
  // Compaction of others may have removed the last batches.
  if (piece->empty()) return log.log_end_offset();
  return records::for_each_record_of(*piece, decoders, std::cref(visit));
}

}  // namespace

records::RecordData as_written(const coordinator::Record& record, TimestampMs now_ms) {
  return {.timestamp_ms = now_ms,
          .key = ByteView(record.key),
          .value = record.value ? std::optional(ByteView(*record.value)) : std::nullopt};
}

Task<Result<void>> replay_log(
    Shard& shard, std::shared_ptr<Partition> partition, std::function<bool()> is_ended,
    std::function<Result<void>(const records::BatchView&, const records::RecordView&)> visit) {
  records::DecoderSet decoders;
  std::int64_t offset = partition->log().log_start_offset();
  while (!is_ended() && offset < partition->log().log_end_offset()) {
    // The piece is gone before others have their turn.
    const auto end = visit_piece(partition->log(), offset, decoders, visit);
    if (!end) {
      partition->tell_if_disk(end.error());
      co_return fail(end.error());
    }
    if (*end <= offset) {
      co_return fail(ErrorCode::kCorruptMessage, "the log has nothing at " + std::to_string(offset));
    }
    offset = *end;
    Waiter pause(shard, shard.now());
    co_await pause;
  }
  co_return Result<void>{};
}

}  // namespace moldau::runtime
