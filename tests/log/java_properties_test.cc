#include "log/java_properties.h"

#include <doctest/doctest.h>

namespace moldau::log {
namespace {

TEST_CASE("Properties are read with Java's separators, comments, continuations and escapes") {
  const auto read = parse_java_properties(
      "# comment\n  ! another\n\na=1\n b : 2\nc 3\nd\\ e=4\nf=one, \\\n   "
      "two\ng=\\u00e4\\t\\\\\nh\ni==\r\nj=x \n"
      "k=\xe4\na=last");
  REQUIRE(read.has_value());
  const JavaProperties expected{
      {"a", "last"},         {"b", "2"}, {"c", "3"}, {"d e", "4"}, {"f", "one, two"},
      {"g", "\xc3\xa4\t\\"}, {"h", ""},  {"i", "="}, {"j", "x "},  {"k", "\xc3\xa4"}};
  CHECK(*read == expected);
}

TEST_CASE("A backslash at the very end, and an escaped one before a line's end, continue nothing") {
  CHECK(parse_java_properties("a=b\\")->at("a") == "b");
  const auto read = parse_java_properties("a=b\\\\\nc=d");
  CHECK(read->at("a") == "b\\");
  CHECK(read->at("c") == "d");
}

TEST_CASE("A malformed unicode escape is refused") {
  CHECK_FALSE(parse_java_properties("a=\\u12").has_value());
  CHECK_FALSE(parse_java_properties("a=\\u12g4").has_value());
}

TEST_CASE("Written properties are read back the same") {
  const JavaProperties properties{{"plain", "value"}, {"k e:y=", " lead and \\ # ! \n\t"}, {"empty", ""}};
  CHECK(parse_java_properties(format_java_properties(properties)).value() == properties);
}

}  // namespace
}  // namespace moldau::log
