#include "protocol/records/recompress.h"

#include <string>

#include <doctest/doctest.h>

#include "protocol/records/validate.h"
#include "tests/records/batches.h"

using namespace moldau::records;
using moldau::Bytes;
using moldau::ByteView;
using moldau::ErrorCode;
using moldau::records::testing::owned;
using moldau::records::testing::record;
using moldau::records::testing::three_records;
using moldau::records::testing::view;

namespace {

constexpr Codec kAllCodecs[] = {Codec::kNone, Codec::kGzip, Codec::kSnappy, Codec::kLz4, Codec::kZstd};
constexpr std::int64_t kNoLimit = std::int64_t{1} << 40;

}  // namespace

TEST_CASE("a batch goes from any codec to any other and keeps header and records") {
  const BatchSpec spec{
      .partition_leader_epoch = 3, .producer_id = 9, .producer_epoch = 1, .base_sequence = 4};
  const Bytes plain = three_records(spec);
  DecoderSet decoders;
  for (const Codec from : kAllCodecs) {
    for (const Codec to : kAllCodecs) {
      CAPTURE(codec_name(from));
      CAPTURE(codec_name(to));
      BatchSpec source_spec = spec;
      source_spec.codec = from;
      const Bytes source = three_records(source_spec);
      const auto out = recompress(view(source), to, std::nullopt, kNoLimit, decoders);
      REQUIRE(out.has_value());
      const Bytes result = owned(*out);
      CHECK(view(result).codec() == to);
      CHECK(view(result).is_valid());
      const auto back = recompress(view(result), Codec::kNone, std::nullopt, kNoLimit, decoders);
      CHECK(owned(back.value()) == plain);
    }
  }
}

TEST_CASE("a recompressed batch may be exactly as large as the topic allows, and its making stops there") {
  BatchBuilder builder({.codec = Codec::kZstd});
  const std::string large(std::size_t{64} << 20, 'x');
  builder.append(record(1, "k", large));
  const Bytes bomb = owned(std::move(builder).build());
  DecoderSet decoders;
  const auto over = recompress(view(bomb), Codec::kNone, std::nullopt, 1048588, decoders);
  REQUIRE_FALSE(over.has_value());
  CHECK(over.error().code == ErrorCode::kMessageTooLarge);

  const Bytes small = three_records({.codec = Codec::kGzip});
  const auto size = static_cast<std::int64_t>(three_records().size());
  CHECK(recompress(view(small), Codec::kNone, std::nullopt, size, decoders).has_value());
  CHECK(recompress(view(small), Codec::kNone, std::nullopt, size - 1, decoders).error().code ==
        ErrorCode::kMessageTooLarge);
}

TEST_CASE("a broken stream cannot be recompressed") {
  Bytes bytes = three_records({.codec = Codec::kLz4});
  bytes.back() = static_cast<std::uint8_t>(bytes.back() ^ 0xff);
  bytes[kBatchHeaderSize] = 0;
  DecoderSet decoders;
  CHECK(recompress(view(bytes), Codec::kGzip, std::nullopt, kNoLimit, decoders).error().code ==
        ErrorCode::kCorruptMessage);
}
