#include "tests/sim/groups/coordinator_log_records.h"

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
    const std::int64_t before = offset;
    records::BatchCursor cursor(*piece);
    while (const auto entry = cursor.next()) {
      const auto batch = records::BatchView::parse(entry->bytes);
      if (!batch) return fail(batch.error());
      const auto visited = records::for_each_record(
          *batch, decoders, [&](const records::RecordView& record) { return visit(*batch, record); });
      if (!visited) return fail(visited.error());
      offset = batch->next_offset();
    }
    // Compaction may have taken the last records before that end.
    if (offset == before) break;
  }
  return {};
}

}  // namespace moldau::sim
