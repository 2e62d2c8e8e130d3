#include "protocol/records/codec.h"

#include <algorithm>
#include <random>
#include <string>

#include <doctest/doctest.h>
#include <snappy-c.h>

#include "protocol/records/snappy_block.h"
#include "tests/records/batches.h"

using namespace moldau::records;
using moldau::Buffer;
using moldau::Bytes;
using moldau::ByteView;
using moldau::ErrorCode;
using moldau::Result;
using moldau::records::testing::owned;

namespace {

constexpr Codec kCodecs[] = {Codec::kGzip, Codec::kSnappy, Codec::kLz4, Codec::kZstd};

/// Text that compresses somewhat, with runs that do not: every kind of element of a codec occurs.
Bytes sample(std::size_t size) {
  std::minstd_rand random(static_cast<unsigned>(size));
  Bytes bytes;
  while (bytes.size() < size) {
    const auto run = 1 + random() % 300;
    const bool noise = random() % 4 == 0;
    for (std::size_t i = 0; i < run && bytes.size() < size; ++i) {
      bytes.push_back(static_cast<std::uint8_t>(noise ? random() : 'a' + i % 7));
    }
  }
  return bytes;
}

Bytes compressed(Codec codec, ByteView plain, std::optional<int> level = std::nullopt) {
  Buffer out;
  compress(codec, level, plain, out);
  return owned(out);
}

Result<Bytes> decompressed(Codec codec, ByteView input, const DecodeLimits& limits = {}) {
  DecoderSet decoders;
  Decoder& decoder = decoders.open(codec, input, limits);
  Bytes out;
  while (true) {
    auto chunk = decoder.next();
    if (!chunk) return moldau::fail(chunk.error());
    if (chunk->empty()) return out;
    out.insert(out.end(), chunk->begin(), chunk->end());
  }
}

/// What one raw snappy block decodes to by our own steps.
Result<Bytes> in_steps(ByteView block) {
  SnappyBlockDecoder decoder;
  if (auto opened = decoder.open(block); !opened) return moldau::fail(opened.error());
  Bytes out;
  while (true) {
    auto chunk = decoder.next();
    if (!chunk) return moldau::fail(chunk.error());
    if (chunk->empty()) return out;
    out.insert(out.end(), chunk->begin(), chunk->end());
  }
}

Bytes raw_snappy(ByteView plain) {
  Bytes out(snappy_max_compressed_length(plain.size()));
  std::size_t size = out.size();
  REQUIRE(snappy_compress(reinterpret_cast<const char*>(plain.data()), plain.size(),
                          reinterpret_cast<char*>(out.data()), &size) == SNAPPY_OK);
  out.resize(size);
  return out;
}

}  // namespace

TEST_CASE("every codec gives back what it compressed") {
  for (const Codec codec : kCodecs) {
    CAPTURE(codec_name(codec));
    for (const std::size_t size : {1U, 2U, 100U, 32767U, 32768U, 32769U, 65536U, 65537U, 3000000U}) {
      CAPTURE(size);
      const Bytes plain = sample(size);
      const auto back = decompressed(codec, compressed(codec, plain));
      REQUIRE(back.has_value());
      REQUIRE(*back == plain);
    }
  }
}

TEST_CASE("every configurable level compresses to something that decodes") {
  const Bytes plain = sample(5000);
  for (const Codec codec : kCodecs) {
    const auto range = level_range(codec);
    if (!range) continue;
    CAPTURE(codec_name(codec));
    for (const int level :
         {range->lowest, range->lowest + 1, range->standard, range->highest - 1, range->highest}) {
      CAPTURE(level);
      CHECK(is_valid_level(codec, level));
      CHECK(decompressed(codec, compressed(codec, plain, level)) == plain);
    }
    CHECK_FALSE(is_valid_level(codec, range->highest + 1));
    CHECK_FALSE(is_valid_level(codec, range->lowest - 1));
  }
  CHECK_FALSE(is_valid_level(Codec::kGzip, 0));
  CHECK(is_valid_level(Codec::kGzip, -1));
  CHECK_FALSE(is_valid_level(Codec::kGzip, -2));
  CHECK_FALSE(is_valid_level(Codec::kSnappy, 1));
}

TEST_CASE("a stream cut at any byte never decodes to its whole content") {
  const Bytes plain = sample(3000);
  for (const Codec codec : kCodecs) {
    CAPTURE(codec_name(codec));
    const Bytes whole = compressed(codec, plain);
    for (std::size_t size = 0; size < whole.size(); ++size) {
      CAPTURE(size);
      const auto cut = decompressed(codec, ByteView(whole).first(size));
      if (cut) {
        REQUIRE(*cut != plain);
      } else {
        REQUIRE(cut.error().code == ErrorCode::kCorruptMessage);
      }
    }
  }
}

TEST_CASE("output stops exactly at the limit") {
  const Bytes plain = sample(200000);
  for (const Codec codec : kCodecs) {
    CAPTURE(codec_name(codec));
    const Bytes input = compressed(codec, plain);
    CHECK(decompressed(codec, input, {.output_bytes = plain.size()}) == plain);
    const auto over = decompressed(codec, input, {.output_bytes = plain.size() - 1});
    REQUIRE_FALSE(over.has_value());
    CHECK(over.error().code == ErrorCode::kMessageTooLarge);
  }
}

TEST_CASE("a set of decoders serves one block after another, also after a broken one") {
  DecoderSet decoders;
  const Bytes plain = sample(1000);
  for (const Codec codec : kCodecs) {
    const Bytes good = compressed(codec, plain);
    Bytes bad = good;
    bad.resize(bad.size() / 2);
    for (const Bytes& input : {good, bad, good}) {
      Decoder& decoder = decoders.open(codec, input, {});
      Bytes out;
      auto chunk = decoder.next();
      while (chunk && !chunk->empty()) {
        out.insert(out.end(), chunk->begin(), chunk->end());
        chunk = decoder.next();
      }
      CHECK((out == plain) == (input.size() == good.size()));
    }
  }
}

TEST_CASE("gzip members may follow each other, and other bytes behind the last are ignored") {
  const Bytes plain = sample(500);
  const Bytes one = compressed(Codec::kGzip, plain);
  Bytes two = one;
  two.insert(two.end(), one.begin(), one.end());
  two.insert(two.end(), 40, 7);
  Bytes twice = plain;
  twice.insert(twice.end(), plain.begin(), plain.end());
  CHECK(decompressed(Codec::kGzip, two) == twice);
}

TEST_CASE("snappy is read without framing, with it, and in several framed streams") {
  const Bytes plain = sample(100000);
  CHECK(decompressed(Codec::kSnappy, raw_snappy(plain)) == plain);
  Bytes two = compressed(Codec::kSnappy, plain);
  const Bytes one = two;
  two.insert(two.end(), one.begin(), one.end());
  Bytes twice = plain;
  twice.insert(twice.end(), plain.begin(), plain.end());
  CHECK(decompressed(Codec::kSnappy, two) == twice);
}

TEST_CASE("our snappy framing is xerial's: magic, two versions, blocks of 32 KiB behind their length") {
  const Bytes out = compressed(Codec::kSnappy, sample(32769));
  const Bytes header = {0x82, 'S', 'N', 'A', 'P', 'P', 'Y', 0, 0, 0, 0, 1, 0, 0, 0, 1};
  CHECK(Bytes(out.begin(), out.begin() + 16) == header);
  const auto first = moldau::load_big_endian<std::int32_t>(out.data() + 16);
  const auto second_at = 20 + static_cast<std::size_t>(first);
  const auto second = moldau::load_big_endian<std::int32_t>(out.data() + second_at);
  CHECK(out.size() == second_at + 4 + static_cast<std::size_t>(second));
}

TEST_CASE("a bomb of each codec is decoded in pieces and leaves little behind") {
  const Bytes zeros(std::size_t{64} << 20, 0);
  for (const Codec codec : kCodecs) {
    CAPTURE(codec_name(codec));
    const Bytes bomb = compressed(codec, zeros);
    CHECK(bomb.size() < zeros.size() / 15);
    DecoderSet decoders;
    Decoder& decoder = decoders.open(codec, bomb, {.output_bytes = std::uint64_t{32} << 20});
    std::size_t largest = 0;
    auto chunk = decoder.next();
    for (; chunk && !chunk->empty(); chunk = decoder.next())
      largest = std::max(largest, chunk->size());
    REQUIRE_FALSE(chunk.has_value());
    CHECK(chunk.error().code == ErrorCode::kMessageTooLarge);
    CHECK(largest <= std::size_t{1} << 20);
    CHECK(decoder.retained_bytes() <= std::size_t{12} << 20);
  }
}

TEST_CASE("snappy blocks larger than a megabyte are decoded in steps to the same bytes") {
  const Bytes plain = sample(5000000);
  CHECK(decompressed(Codec::kSnappy, raw_snappy(plain)) == plain);
}

TEST_CASE("the stepwise snappy decoder agrees with the library on sound and on damaged blocks") {
  std::minstd_rand random(1);
  for (int round = 0; round < 3000; ++round) {
    CAPTURE(round);
    Bytes block = raw_snappy(sample(random() % 400));
    if (round % 3 != 0) block[random() % block.size()] = static_cast<std::uint8_t>(random());
    std::size_t length = 0;
    const auto* from = reinterpret_cast<const char*>(block.data());
    const bool has_length = snappy_uncompressed_length(from, block.size(), &length) == SNAPPY_OK;
    if (has_length && length > 100000) continue;
    Bytes expected(length + 1);
    std::size_t made = length;
    const bool is_sound =
        has_length &&
        snappy_uncompress(from, block.size(), reinterpret_cast<char*>(expected.data()), &made) == SNAPPY_OK;
    const auto got = in_steps(block);
    REQUIRE(got.has_value() == is_sound);
    if (is_sound) {
      expected.resize(made);
      REQUIRE(*got == expected);
    }
  }
}

TEST_CASE("lz4 frames that Kafka's clients cannot read are refused") {
  Bytes frame = compressed(Codec::kLz4, sample(100));
  CHECK(decompressed(Codec::kLz4, frame).has_value());
  const std::uint8_t flg = frame[4];
  for (const unsigned changed : {flg & ~0x20U, flg | 0x01U, flg | 0x02U, flg | 0x80U}) {
    frame[4] = static_cast<std::uint8_t>(changed);
    CHECK_FALSE(decompressed(Codec::kLz4, frame).has_value());
  }
}

TEST_CASE("a wrong checksum of an lz4 header is ignored only where magic 0 asks for it") {
  const Bytes plain = sample(100);
  Bytes frame = compressed(Codec::kLz4, plain);
  frame[6] = static_cast<std::uint8_t>(frame[6] ^ 0xff);
  CHECK_FALSE(decompressed(Codec::kLz4, frame).has_value());
  DecoderSet decoders;
  auto chunk = decoders.open(Codec::kLz4, frame, {}, CodecVariant::kBrokenLz4Checksum).next();
  REQUIRE(chunk.has_value());
  CHECK(Bytes(chunk->begin(), chunk->end()) == plain);
}

TEST_CASE("a zstd frame with a window of more than 2^27 is refused, one of 2^27 is read") {
  // Magic, a header of a window byte only, and one last raw block of three bytes.
  const auto frame = [](unsigned exponent) {
    return Bytes{0x28, 0xb5, 0x2f, 0xfd, 0x00, static_cast<std::uint8_t>(exponent << 3),
                 0x19, 0,    0,    'a',  'b',  'c'};
  };
  CHECK(decompressed(Codec::kZstd, frame(17)) == Bytes{'a', 'b', 'c'});
  CHECK_FALSE(decompressed(Codec::kZstd, frame(18)).has_value());
}

TEST_CASE("a zstd frame with a large window may fill as much memory as allowed") {
  // One run-length block of 128 KiB after another; the last has its bit set.
  const auto bomb = [](unsigned exponent, int blocks) {
    Bytes bytes = {0x28, 0xb5, 0x2f, 0xfd, 0x00, static_cast<std::uint8_t>(exponent << 3)};
    for (int i = 0; i < blocks; ++i) {
      const std::uint32_t header = (131072U << 3U) | 2U | (i + 1 == blocks ? 1U : 0U);
      for (unsigned shift = 0; shift < 24; shift += 8)
        bytes.push_back(static_cast<std::uint8_t>(header >> shift));
      bytes.push_back(0);
    }
    return bytes;
  };
  const DecodeLimits limits{.memory_bytes = std::size_t{8} << 20};
  CHECK(decompressed(Codec::kZstd, bomb(13, 800), limits).value().size() == std::size_t{100} << 20);
  CHECK(decompressed(Codec::kZstd, bomb(14, 64), limits).value().size() == std::size_t{8} << 20);
  CHECK(decompressed(Codec::kZstd, bomb(14, 65), limits).error().code == ErrorCode::kMessageTooLarge);
}
