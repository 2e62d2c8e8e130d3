#include "protocol/records/crc32c.h"

#include <algorithm>
#include <cstddef>

#include <isa-l/crc.h>

namespace moldau::records {

std::uint32_t crc32c(ByteView bytes) {
  return crc32c_extend(0, bytes);
}

std::uint32_t crc32c_extend(std::uint32_t crc, ByteView more) {
  // The library takes an int length, and leaves the inversions before and after to the caller.
  constexpr std::size_t kLargestStep = std::size_t{1} << 30;
  std::uint32_t state = ~crc;
  while (!more.empty()) {
    const std::size_t step = std::min(more.size(), kLargestStep);
    state = crc32_iscsi(const_cast<unsigned char*>(more.data()), static_cast<int>(step), state);
    more = more.subspan(step);
  }
  return ~state;
}

}  // namespace moldau::records
