#include <algorithm>
#include <cstddef>
#include <cstdint>

#include <snappy-c.h>

#include "base/assert.h"
#include "protocol/records/codec.h"
#include "protocol/records/snappy_block.h"

using namespace moldau::records;
using moldau::Buffer;
using moldau::Bytes;
using moldau::ByteView;
using moldau::require;

namespace {

constexpr std::uint64_t kLargestOutput = std::uint64_t{4} << 20;

/// Decodes arbitrary bytes; output beyond the limit must not come.
void decode(Decoder& decoder) {
  std::uint64_t total = 0;
  while (true) {
    const auto chunk = decoder.next();
    if (!chunk || chunk->empty()) return;
    total += chunk->size();
    require(total <= kLargestOutput, "output stays within its limit");
  }
}

/// What we compress comes back as it was, in whatever pieces it was written.
void round_trip(Codec codec, ByteView plain, DecoderSet& decoders) {
  Buffer compressed;
  const auto encoder = make_encoder(codec, std::nullopt);
  const std::size_t piece = plain.empty() ? 1 : std::size_t{1} + plain[0] * std::size_t{16};
  for (ByteView rest = plain; !rest.empty(); rest = rest.subspan(std::min(piece, rest.size()))) {
    encoder->write(rest.first(std::min(piece, rest.size())), compressed);
  }
  encoder->finish(compressed);
  Decoder& decoder = decoders.open(codec, compressed.bytes(), {});
  std::size_t at = 0;
  while (true) {
    const auto chunk = decoder.next();
    require(chunk.has_value(), "our own streams decode");
    if (chunk->empty()) break;
    for (const std::uint8_t byte : *chunk)
      require(at < plain.size() && plain[at++] == byte, "same bytes");
  }
  require(at == plain.size(), "all bytes");
}

/// The stepwise decoder and the library agree on every block.
void compare_snappy(ByteView block) {
  std::size_t length = 0;
  const auto* from = reinterpret_cast<const char*>(block.data());
  const bool has_length = snappy_uncompressed_length(from, block.size(), &length) == SNAPPY_OK;
  if (has_length && length > (std::size_t{1} << 20)) return;
  Bytes expected(length + 1);
  std::size_t made = length;
  const bool is_sound =
      has_length &&
      snappy_uncompress(from, block.size(), reinterpret_cast<char*>(expected.data()), &made) == SNAPPY_OK;
  SnappyBlockDecoder decoder;
  bool ours = decoder.open(block).has_value();
  std::size_t at = 0;
  while (ours) {
    const auto chunk = decoder.next();
    ours = chunk.has_value();
    if (!ours || chunk->empty()) break;
    if (is_sound) {
      for (const std::uint8_t byte : *chunk)
        require(at < made && expected[at++] == byte, "same bytes");
    }
  }
  require(ours == is_sound, "same verdict");
  require(!is_sound || at == made, "same length");
}

}  // namespace

// The first byte chooses the codec and what to do with the rest.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size < 1) return 0;
  const ByteView input(data + 1, size - 1);
  DecoderSet decoders;
  const auto codec = static_cast<Codec>(1 + (data[0] & 3U));
  switch ((data[0] >> 2U) % 4) {
    case 0:
      decode(decoders.open(codec, input, {.output_bytes = kLargestOutput}));
      break;
    case 1:
      decode(decoders.open(Codec::kLz4, input, {.output_bytes = kLargestOutput},
                           CodecVariant::kBrokenLz4Checksum));
      break;
    case 2:
      round_trip(codec, input, decoders);
      break;
    default:
      compare_snappy(input);
      break;
  }
  return 0;
}
