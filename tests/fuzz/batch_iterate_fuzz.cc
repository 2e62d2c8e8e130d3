#include <cstddef>
#include <cstdint>

#include "base/assert.h"
#include "protocol/records/legacy.h"
#include "protocol/records/record_iterator.h"

using namespace moldau::records;
using moldau::Bytes;
using moldau::require;

namespace {

constexpr DecodeLimits kLimits{.output_bytes = std::uint64_t{4} << 20};

/// Touches every byte that a record shows, so that the sanitizers see where it lies.
std::uint64_t touch(RecordView& record) {
  std::uint64_t sum = 0;
  const auto add = [&sum](const std::optional<moldau::ByteView>& bytes) {
    if (!bytes) return;
    for (const std::uint8_t byte : *bytes)
      sum += byte;
  };
  add(record.key);
  add(record.value);
  while (const auto header = record.headers.next()) {
    add(header->key);
    add(header->value);
  }
  return sum;
}

template <class Iterator>
void run(Iterator& iterator) {
  RecordView record;
  volatile std::uint64_t sum = 0;
  while (true) {
    const auto more = iterator.next(record);
    if (!more || !*more) return;
    sum = sum + touch(record);
  }
}

}  // namespace

// Bytes as they may stand in a log: entries of any magic behind each other.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const Bytes bytes(data, data + size);
  DecoderSet decoders;
  BatchCursor cursor(bytes);
  std::size_t covered = 0;
  while (const auto entry = cursor.next()) {
    require(entry->position == covered, "entries follow each other");
    covered += entry->bytes.size();
    if (entry->magic == kMagicV2) {
      const auto batch = BatchView::parse(entry->bytes);
      require(batch.has_value(), "a cursor yields whole batches");
      if (auto iterator = RecordIterator::open(*batch, decoders, kLimits)) run(*iterator);
    } else if (const auto legacy = LegacyEntry::parse(entry->bytes)) {
      if (auto iterator = LegacyIterator::open(*legacy, decoders, kLimits)) run(*iterator);
    }
  }
  require(cursor.position() == covered && cursor.stop() != CursorStop::kNone, "a cursor says why it stopped");
  return 0;
}
