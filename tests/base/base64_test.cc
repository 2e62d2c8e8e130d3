#include "base/base64.h"

#include <doctest/doctest.h>

using moldau::Bytes;
using moldau::decode_base64;
using moldau::encode_base64;

TEST_CASE("base64 is read with its padding and without") {
  CHECK(decode_base64("") == Bytes{});
  CHECK(decode_base64("N3E=") == Bytes{55, 113});
  CHECK(decode_base64("N3E") == Bytes{55, 113});
  CHECK(decode_base64("Nw==") == Bytes{55});
  CHECK(decode_base64("YWJj") == Bytes{'a', 'b', 'c'});
  CHECK(decode_base64("//4+") == Bytes{0xFF, 0xFE, 0x3E});
}

TEST_CASE("what is encoded has padding, and is read back") {
  CHECK(encode_base64(Bytes{}).empty());
  CHECK(encode_base64(Bytes{55}) == "Nw==");
  CHECK(encode_base64(Bytes{55, 113}) == "N3E=");
  CHECK(encode_base64(Bytes{0xFF, 0xFE, 0x3E}) == "//4+");
}

TEST_CASE("bits that are left over do not count") {
  CHECK(decode_base64("N3F=") == Bytes{55, 113});
}

TEST_CASE("what is no base64 is refused") {
  for (const char* text : {"N", "N3E==", "N3=", "YWJj=", "====", "=", "N3 E=", "N3-_", "N3E=N3E="}) {
    CAPTURE(text);
    CHECK_FALSE(decode_base64(text).has_value());
  }
}
