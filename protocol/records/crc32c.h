#pragma once

#include <cstdint>

#include "base/bytes.h"

namespace moldau::records {

/// CRC-32C (Castagnoli, RFC 3720 appendix B.4) of `bytes`, as record batches carry it.
std::uint32_t crc32c(ByteView bytes);

/// Continues a checksum: crc32c_extend(crc32c(a), b) equals crc32c of a followed by b.
std::uint32_t crc32c_extend(std::uint32_t crc, ByteView more);

}  // namespace moldau::records
