#include "config/properties.h"

#include <string>

#include <doctest/doctest.h>

namespace moldau::config {
namespace {

Properties parsed(std::string_view file) {
  const auto properties = parse_properties(file);
  REQUIRE(properties);
  return *properties;
}

}  // namespace

TEST_CASE("names and values are separated by '=', ':' or blanks") {
  CHECK(parsed("a=1\nb: 2\nc 3\nd\t=\t4\ne") ==
        Properties{{"a", "1"}, {"b", "2"}, {"c", "3"}, {"d", "4"}, {"e", ""}});
  CHECK(parsed("listeners=PLAINTEXT://:9092") == Properties{{"listeners", "PLAINTEXT://:9092"}});
  CHECK(parsed("a = = 1") == Properties{{"a", "= 1"}});
}

TEST_CASE("comments and blank lines are no settings, whatever ends the lines") {
  CHECK(parsed("# x=1\r\n  ! y=2\r\n\r\n \t\na=1\rb=2\r\n") == Properties{{"a", "1"}, {"b", "2"}});
}

TEST_CASE("blanks before the value are dropped and blanks behind it are kept") {
  CHECK(parsed("  a =  1  ") == Properties{{"a", "1  "}});
}

TEST_CASE("a backslash joins lines, and an even number of them does not") {
  CHECK(parsed("a=x,\\\n   y,\\\r\n\tz\nb=1") == Properties{{"a", "x,y,z"}, {"b", "1"}});
  CHECK(parsed("a=x\\\\\nb=1") == Properties{{"a", "x\\"}, {"b", "1"}});
  CHECK(parsed("a=x\\") == Properties{{"a", "x"}});
}

TEST_CASE("escapes stand for separators, control characters and Unicode") {
  CHECK(parsed("a\\=b\\:c\\ d=\\t\\n\\r\\f\\q") == Properties{{"a=b:c d", "\t\n\r\fq"}});
  CHECK(parsed("a=\\u00e9\\u4E2D\\uD83D\\uDE00") ==
        Properties{{"a", "\xC3\xA9\xE4\xB8\xAD\xF0\x9F\x98\x80"}});
  CHECK(parsed("a=\xE9") == Properties{{"a", "\xC3\xA9"}});
}

TEST_CASE("a malformed Unicode escape is an error that names the line") {
  const auto properties = parse_properties("a=1\nb=\\u12g4\n");
  REQUIRE(!properties);
  CHECK(properties.error().message == "Malformed \\uxxxx encoding in line 2.");
}

TEST_CASE("the last of equal names wins") {
  CHECK(parsed("a=1\na=2") == Properties{{"a", "2"}});
}

TEST_CASE("an override of the command line is name=value") {
  CHECK(parse_override("log.dirs=/a=b") == std::pair<std::string, std::string>("log.dirs", "/a=b"));
  CHECK(!parse_override("log.dirs"));
  CHECK(!parse_override("=x"));
}

}  // namespace moldau::config
