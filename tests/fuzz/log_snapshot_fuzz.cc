#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <vector>

#include "base/endian.h"
#include "log/producer_snapshot.h"
#include "protocol/records/crc32c.h"

/// What parses is written to a form that parses to as many entries. The CRC is made right so that the rest is
/// reached.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace moldau;
  using namespace moldau::log;
  constexpr std::size_t kCrcAt = 2;
  constexpr std::size_t kCountAt = 6;
  Bytes bytes(data, data + size);
  if (bytes.size() >= kCountAt) {
    store_big_endian(bytes.data() + kCrcAt, records::crc32c(ByteView(bytes).subspan(kCountAt)));
  }
  const auto entries = parse_producer_snapshot(bytes);
  if (!entries) return 0;
  std::vector<const ProducerEntry*> pointers;
  for (const ProducerEntry& entry : *entries)
    pointers.push_back(&entry);
  const auto again = parse_producer_snapshot(format_producer_snapshot(pointers));
  if (!again || again->size() != entries->size()) std::abort();
  return 0;
}
