#include "metadata/record_frame.h"

#include <limits>
#include <string>
#include <string_view>

namespace moldau::metadata {
namespace {

constexpr std::uint32_t kFrameVersion = 1;

void append_uvarint(Bytes& out, std::uint32_t value) {
  for (; value >= 0x80; value >>= 7)
    out.push_back(static_cast<std::uint8_t>(value | 0x80));
  out.push_back(static_cast<std::uint8_t>(value));
}

std::unexpected<Error> malformed(std::string reason) {
  return fail(ErrorCode::kInvalidRecord, "metadata record: " + std::move(reason));
}

}  // namespace

Result<RecordFrame> parse_record_frame(ByteView value) {
  wire::Reader reader(value);
  const std::uint32_t frame_version = reader.varint();
  const std::uint32_t type = reader.varint();
  const std::uint32_t version = reader.varint();
  if (!reader.ok()) return malformed(reader.error().message);
  if (frame_version != kFrameVersion) {
    return malformed("unknown frame version " + std::to_string(frame_version) + "; only 1 is supported");
  }
  constexpr auto kLargest = static_cast<std::uint32_t>(std::numeric_limits<std::int16_t>::max());
  if (type > kLargest || version > kLargest) return malformed("type or version is too large");
  return RecordFrame{.type = static_cast<std::int16_t>(type),
                     .version = static_cast<std::int16_t>(version),
                     .message = value.subspan(reader.position())};
}

Bytes make_record_prefix(std::int16_t type, std::int16_t version) {
  Bytes prefix;
  append_uvarint(prefix, kFrameVersion);
  append_uvarint(prefix, static_cast<std::uint32_t>(type));
  append_uvarint(prefix, static_cast<std::uint32_t>(version));
  return prefix;
}

}  // namespace moldau::metadata
