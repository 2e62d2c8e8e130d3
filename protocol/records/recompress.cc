#include "protocol/records/recompress.h"

#include <algorithm>
#include <limits>
#include <string>
#include <utility>

#include "protocol/records/crc32c.h"

namespace moldau::records {
namespace {

std::unexpected<Error> too_large(std::int64_t max_size_bytes) {
  return fail(ErrorCode::kMessageTooLarge,
              "recompressed batch is larger than max.message.bytes=" + std::to_string(max_size_bytes));
}

}  // namespace

Result<Buffer> recompress(const BatchView& batch, Codec codec, std::optional<int> level,
                          std::int64_t max_size_bytes, DecoderSet& decoders, const DecodeLimits& limits) {
  const auto source_codec = batch.codec();
  if (!source_codec) return fail(ErrorCode::kInvalidRecord, "the batch has no known codec");
  max_size_bytes = std::min<std::int64_t>(max_size_bytes, std::numeric_limits<std::int32_t>::max());

  Buffer out;
  out.append(batch.bytes().first(kBatchHeaderSize));
  const auto encoder = make_encoder(codec, level);
  DecodeLimits applied = limits;
  if (source_codec == Codec::kNone) applied.output_bytes = batch.records().size();
  Decoder& decoder = decoders.open(*source_codec, batch.records(), applied);
  while (true) {
    const auto chunk = decoder.next();
    if (!chunk) return fail(chunk.error());
    if (chunk->empty()) break;
    encoder->write(*chunk, out);
    if (std::cmp_greater(out.size(), max_size_bytes)) return too_large(max_size_bytes);
  }
  encoder->finish(out);
  if (std::cmp_greater(out.size(), max_size_bytes)) return too_large(max_size_bytes);

  const int attributes = (batch.attributes() & ~kCodecMask) | static_cast<int>(codec);
  store_big_endian(out.data() + kLengthAt, static_cast<std::int32_t>(out.size() - kLogOverhead));
  store_big_endian(out.data() + kAttributesAt, static_cast<std::int16_t>(attributes));
  store_big_endian(out.data() + kCrcAt, crc32c(ByteView(out.bytes()).subspan(kAttributesAt)));
  return out;
}

}  // namespace moldau::records
