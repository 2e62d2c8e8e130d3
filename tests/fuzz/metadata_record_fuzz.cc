#include <cstddef>
#include <cstdint>
#include <cstdlib>

#include "base/bytes.h"
#include "metadata/image_loader.h"
#include "metadata/image_records.h"

/// A log of records, each behind its length in two bytes. Whatever was applied without an error must come out
/// of a snapshot as the same image.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  moldau::metadata::ImageLoader loader;
  moldau::ByteView rest(data, size);
  for (std::int64_t offset = 0; rest.size() >= 2; ++offset) {
    const std::size_t length = std::size_t{rest[0]} << 8 | rest[1];
    rest = rest.subspan(2);
    const auto record = rest.first(length < rest.size() ? length : rest.size());
    rest = rest.subspan(record.size());
    moldau::metadata::ImageLoader next = loader;
    if (next.apply(record, offset)) loader = next;
  }
  const auto& image = loader.published();
  // A snapshot is written in the metadata.version's terms, so what an older one can't say is lost.
  if (!image.metadata_version || image.metadata_version->level() < 30 || !image.is_elr_enabled()) return 0;
  moldau::metadata::ImageLoader reloaded;
  for (const auto& record : moldau::metadata::image_records(image)) {
    if (!reloaded.apply(record, 0)) std::abort();
  }
  if (!reloaded.published().same_content(image)) std::abort();
  return 0;
}
