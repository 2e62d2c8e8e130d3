#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <memory>

#include "../log/memory_directory.h"
#include "log/batch_reader.h"
#include "log/file_names.h"
#include "log/log_cleaning.h"

namespace {

using namespace moldau;
using namespace moldau::log;
using log::testing::MemoryDirectory;

constexpr std::int64_t kBehind = std::int64_t{1} << 40;

void must(bool holds) {
  if (!holds) std::abort();
}

/// Compacts the segment at 0; nullptr if it cannot be.
std::shared_ptr<Segment> compacted(const std::shared_ptr<MemoryDirectory>& folder, std::int64_t size_bytes,
                                   OffsetMap& map, TimestampMs now_ms) {
  LogCleaning cleaning({.directory = folder,
                        .segment = {.index_interval_bytes = 64},
                        .segment_bytes = 1 << 30,
                        .segments = {{.size_bytes = size_bytes}},
                        .active_base_offset = kBehind,
                        .first_uncleanable_offset = kBehind,
                        .delete_retention_ms = 10,
                        .last_records = {{7, {.data_offset = 5, .epoch = 0}}, {8, {.epoch = 0}}}},
                       {.map = &map, .io_buffer_bytes = 256, .may_continue = {}}, now_ms);
  if (!cleaning.read_keys()) return nullptr;
  const auto cleaned = cleaning.clean_next();
  return cleaned && *cleaned ? (*cleaned)->segment : nullptr;
}

}  // namespace

/// Any bytes as a segment, and as its transaction index, are compacted to a segment of whole batches that can
/// be compacted again, or are refused without a trace.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size < 2) return 0;
  const std::size_t index_size = std::min<std::size_t>(data[0] * std::size_t{34}, size - 1);
  auto folder = std::make_shared<MemoryDirectory>();
  if (index_size > 0) folder->put("00000000000000000000.txnindex", as_text({data + 1, index_size}));
  const ByteView batches(data + 1 + index_size, size - 1 - index_size);
  folder->put("00000000000000000000.log", as_text(batches));
  auto map = OffsetMap::create(24 * 20).value();
  const auto segment = compacted(folder, static_cast<std::int64_t>(batches.size()), map, 1000);
  if (segment == nullptr) {
    for (const auto& [name, file] : folder->files)
      must(!name.ends_with(kCleanedSuffix));
    return 0;
  }
  BatchReader reader(segment->file().value(), 0, segment->size_bytes(), 256);
  while (true) {
    const auto read = reader.next();
    must(read.has_value());
    if (!*read) break;
  }
  const std::int64_t size_after = segment->size_bytes();
  folder->put("00000000000000000000.log", folder->text("00000000000000000000.log.cleaned"));
  must(compacted(folder, size_after, map, 5000) != nullptr);
  return 0;
}
