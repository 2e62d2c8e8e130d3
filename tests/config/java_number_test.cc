#include "config/java_number.h"

#include <limits>

#include <doctest/doctest.h>

#include "base/java_hash.h"

namespace moldau::config {

TEST_CASE("doubles are read as Java reads them") {
  CHECK(parse_double(" 1e3 ") == 1000.0);
  CHECK(parse_double("1.5f") == 1.5);
  CHECK(parse_double("+.5d") == 0.5);
  CHECK(parse_double("-Infinity") == -std::numeric_limits<double>::infinity());
  CHECK(parse_double("1e999") == std::numeric_limits<double>::infinity());
  CHECK(!parse_double(""));
  CHECK(!parse_double("inf"));
  CHECK(!parse_double("1.5x"));
}

TEST_CASE("integers are read as Java reads them") {
  CHECK(parse_integer("+7", 0, 10) == 7);
  CHECK(parse_integer("-7", -10, 10) == -7);
  CHECK(!parse_integer("+-7", -10, 10));
  CHECK(!parse_integer("11", 0, 10));
  CHECK(!parse_integer("1 ", 0, 10));
  CHECK(!parse_integer("", 0, 10));
}

TEST_CASE("strings hash as in Java, over UTF-16 units") {
  CHECK(java_hash("") == 0);
  CHECK(java_hash("hello") == 99162322);
  CHECK(java_hash("polygenelubricants") == std::numeric_limits<std::int32_t>::min());
  CHECK(java_hash("\xC3\xA9") == 0xE9);
  CHECK(java_hash("\xF0\x9F\x98\x80") == 31 * 0xD83D + 0xDE00);
}

}  // namespace moldau::config
