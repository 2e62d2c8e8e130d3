#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <memory>

#include "../log/memory_directory.h"
#include "log/file_names.h"
#include "log/partition_log.h"
#include "protocol/records/codec.h"

namespace {

using namespace moldau;
using namespace moldau::log;

void must(bool holds) {
  if (!holds) std::abort();
}

}  // namespace

/// Any bytes as a segment are recovered to a log that can be read, appended to and opened again unchanged.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  auto folder = std::make_shared<log::testing::MemoryDirectory>();
  folder->put("00000000000000000000.log", as_text({data, size}));
  OpenOptions options;
  options.config.segment.index_interval_bytes = 64;
  const auto log = PartitionLog::open(folder, options);
  if (!log) return 0;
  PartitionLog& found = **log;
  const std::int64_t end = found.log_end_offset();
  must(found.read_bytes(0, 1 << 20, end, true).has_value());
  moldau::records::DecoderSet decoders;
  (void)found.offset_for_timestamp(0, decoders);
  (void)found.max_timestamp(decoders);
  must(found.truncate_to(end / 2, 0).has_value());
  const std::int64_t kept = found.log_end_offset();
  must(found.close_clean().has_value());
  options.had_clean_shutdown = true;
  const auto again = PartitionLog::open(folder, options);
  must(again.has_value() && (*again)->log_end_offset() <= kept);
  return 0;
}
