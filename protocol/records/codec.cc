#include "protocol/records/codec.h"

#include <algorithm>
#include <utility>

#include "base/assert.h"
#include "protocol/records/codec_impl.h"

namespace moldau::records {
namespace {

/// Decoders that hold more than this are not kept for the next batch.
constexpr std::size_t kLargestRetained = std::size_t{4} << 20;

class PlainDecoder : public Decoder {
 public:
  std::size_t retained_bytes() const override { return 0; }

 protected:
  void start(ByteView input, const DecodeLimits&) override { rest_ = input; }
  Result<ByteView> produce() override { return std::exchange(rest_, {}); }

 private:
  ByteView rest_;
};

class PlainEncoder : public Encoder {
 public:
  void write(ByteView plain, Buffer& out) override { out.append(plain); }
  void finish(Buffer&) override {}
};

std::unique_ptr<Decoder> make_decoder(Codec codec, CodecVariant variant) {
  switch (codec) {
    case Codec::kNone:
      return make_plain_decoder();
    case Codec::kGzip:
      return make_gzip_decoder();
    case Codec::kSnappy:
      return make_snappy_decoder();
    case Codec::kLz4:
      return make_lz4_decoder(variant);
    case Codec::kZstd:
      return make_zstd_decoder();
  }
  return make_plain_decoder();
}

}  // namespace

std::unique_ptr<Decoder> make_plain_decoder() {
  return std::make_unique<PlainDecoder>();
}

void Decoder::open(ByteView input, const DecodeLimits& limits) {
  remaining_output_ = limits.output_bytes;
  start(input, limits);
}

Result<ByteView> Decoder::next() {
  auto chunk = produce();
  if (!chunk) return chunk;
  if (chunk->size() > remaining_output_) {
    return fail(ErrorCode::kMessageTooLarge,
                "compressed records are larger than the limit when decompressed");
  }
  remaining_output_ -= chunk->size();
  return chunk;
}

DecoderSet::DecoderSet() = default;
DecoderSet::~DecoderSet() = default;
DecoderSet::DecoderSet(DecoderSet&&) noexcept = default;
DecoderSet& DecoderSet::operator=(DecoderSet&&) noexcept = default;

Decoder& DecoderSet::open(Codec codec, ByteView input, const DecodeLimits& limits, CodecVariant variant) {
  const bool is_variant = codec == Codec::kLz4 && variant == CodecVariant::kBrokenLz4Checksum;
  auto& slot = decoders_[is_variant ? decoders_.size() - 1 : static_cast<std::size_t>(codec)];
  if (!slot || slot->retained_bytes() > kLargestRetained) slot = make_decoder(codec, variant);
  slot->open(input, limits);
  return *slot;
}

std::optional<LevelRange> level_range(Codec codec) {
  switch (codec) {
    case Codec::kGzip:
      return LevelRange{1, 9, -1};
    case Codec::kLz4:
      return LevelRange{1, 17, 9};
    case Codec::kZstd:
      return LevelRange{-131072, 22, 3};
    case Codec::kNone:
    case Codec::kSnappy:
      return std::nullopt;
  }
  return std::nullopt;
}

bool is_valid_level(Codec codec, int level) {
  const auto range = level_range(codec);
  return range && (level == range->standard || (level >= range->lowest && level <= range->highest));
}

std::unique_ptr<Encoder> make_encoder(Codec codec, std::optional<int> level) {
  const auto range = level_range(codec);
  require(!level || !range || is_valid_level(codec, *level),
          "compression levels are checked when configured");
  const int chosen = range ? level.value_or(range->standard) : 0;
  switch (codec) {
    case Codec::kNone:
      break;
    case Codec::kGzip:
      return make_gzip_encoder(chosen);
    case Codec::kSnappy:
      return make_snappy_encoder();
    case Codec::kLz4:
      return make_lz4_encoder(chosen);
    case Codec::kZstd:
      return make_zstd_encoder(chosen);
  }
  return std::make_unique<PlainEncoder>();
}

void compress(Codec codec, std::optional<int> level, ByteView plain, Buffer& out) {
  const auto encoder = make_encoder(codec, level);
  encoder->write(plain, out);
  encoder->finish(out);
}

std::uint8_t* extend(Buffer& out, std::size_t size_bytes) {
  const std::size_t start = out.size();
  const std::size_t needed = start + size_bytes;
  if (needed > out.capacity()) out.reserve(std::max(needed, 2 * out.capacity()));
  out.resize(needed);
  return out.data() + start;
}

}  // namespace moldau::records
