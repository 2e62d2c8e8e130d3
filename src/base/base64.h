#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/bytes.h"

namespace moldau {

/// `bytes` as base64 with padding (RFC 4648).
std::string encode_base64(ByteView bytes);

/// The bytes of base64 with the letters of RFC 4648, as Java's decoder takes it: padding may be missing but
/// not wrong, bits that are left over do not count. nullopt for anything else.
std::optional<Bytes> decode_base64(std::string_view text);

}  // namespace moldau
