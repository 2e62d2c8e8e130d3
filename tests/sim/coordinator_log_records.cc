#include "tests/sim/coordinator_log_records.h"

#include "protocol/records/batch_records.h"

namespace moldau::sim {
namespace {

constexpr std::int64_t kReadBytes = 16 << 20;

}  // namespace

Result<void> visit_records(
    log::PartitionLog& log, std::int64_t log_end,
    const std::function<Result<void>(const records::BatchView&, const records::RecordView&)>& visit) {
  records::DecoderSet decoders;
  std::int64_t offset = log.log_start_offset();
  while (offset < log_end) {
    const auto piece = log.read_bytes(offset, kReadBytes, log_end, true);
    if (!piece) return fail(piece.error());
    const auto end = records::for_each_record_of(*piece, decoders, std::cref(visit));
    if (!end) return fail(end.error());
    // Compaction may have taken the last records before that end.
    if (*end < 0) break;
    offset = *end;
  }
  return {};
}

}  // namespace moldau::sim
