#include <cstddef>
#include <cstdint>
#include <cstdlib>

#include "base/bytes.h"
#include "quorum/snapshot.h"

/// What reads as a snapshot is built again to one that reads the same; its first batch alone says its time.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  moldau::records::DecoderSet decoders;
  const auto content = moldau::quorum::read_snapshot({data, size}, decoders);
  const auto time = moldau::quorum::read_snapshot_time({data, size}, decoders);
  if (content && !time) std::abort();
  if (!content || content->head.kraft_version <= 0) return 0;
  const auto file = moldau::quorum::build_snapshot(content->head, 0, content->records, 0);
  if (!file) return 0;
  const auto again = moldau::quorum::read_snapshot(*file, decoders);
  if (!again || again->head != content->head || again->records != content->records) std::abort();
  return 0;
}
