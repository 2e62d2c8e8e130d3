#include "protocol/records/crc32c.h"

#include <numeric>

#include <doctest/doctest.h>

using moldau::as_bytes;
using moldau::Bytes;
using moldau::ByteView;
using moldau::records::crc32c;
using moldau::records::crc32c_extend;

namespace {

/// Bit by bit from the polynomial, as the reference that depends on no instruction set.
std::uint32_t slow_crc32c(ByteView bytes) {
  std::uint32_t crc = 0xffffffffU;
  for (const std::uint8_t byte : bytes) {
    crc ^= byte;
    for (int bit = 0; bit < 8; ++bit)
      crc = (crc & 1U) != 0 ? (crc >> 1) ^ 0x82f63b78U : crc >> 1;
  }
  return ~crc;
}

}  // namespace

TEST_CASE("crc32c gives the vectors of RFC 3720") {
  CHECK(crc32c({}) == 0);
  CHECK(crc32c(as_bytes("123456789")) == 0xe3069283U);
  CHECK(crc32c(Bytes(32, 0x00)) == 0x8a9136aaU);
  CHECK(crc32c(Bytes(32, 0xff)) == 0x62a8ab43U);
  Bytes rising(32);
  std::iota(rising.begin(), rising.end(), std::uint8_t{0});
  CHECK(crc32c(rising) == 0x46dd794eU);
}

TEST_CASE("crc32c agrees with the polynomial at every length and alignment") {
  Bytes data(700);
  std::iota(data.begin(), data.end(), std::uint8_t{7});
  const ByteView view(data);
  for (std::size_t start = 0; start < 17; ++start) {
    for (std::size_t size = 0; size + start <= data.size(); size += 13) {
      CAPTURE(start);
      CAPTURE(size);
      REQUIRE(crc32c(view.subspan(start, size)) == slow_crc32c(view.subspan(start, size)));
    }
  }
}

TEST_CASE("a checksum continued over pieces is the checksum of the whole") {
  Bytes data(257);
  std::iota(data.begin(), data.end(), std::uint8_t{1});
  const ByteView view(data);
  for (std::size_t cut = 0; cut <= data.size(); ++cut) {
    REQUIRE(crc32c_extend(crc32c(view.first(cut)), view.subspan(cut)) == crc32c(view));
  }
}
