#include "protocol/wire/records.h"

#include <algorithm>

namespace moldau::wire {

bool Records::operator==(const Records& other) const {
  return external_bytes == other.external_bytes && std::ranges::equal(bytes, other.bytes);
}

}  // namespace moldau::wire
