#include "base/utf8.h"

#include <string>

#include <doctest/doctest.h>

using moldau::is_utf8;
using moldau::replace_malformed_utf8;

TEST_CASE("characters of every length are UTF-8 and stay as they are") {
  const std::string text(
      "a\x00\x7F\xC2\x80\xDF\xBF\xE0\xA0\x80\xED\x9F\xBF\xEE\x80\x80\xEF\xBF\xBF\xF0\x90\x80\x80"
      "\xF4\x8F\xBF\xBF",
      27);
  CHECK(is_utf8(text));
  CHECK(replace_malformed_utf8(text) == text);
  CHECK(is_utf8(""));
}

TEST_CASE("bytes that are no UTF-8 are replaced in the pieces that Java cuts") {
  const std::string gone = "\xEF\xBF\xBD";
  const auto replaced = [](const char* text) {
    CHECK_FALSE(is_utf8(text));
    return replace_malformed_utf8(text);
  };
  CHECK(replaced("\x80z") == gone + "z");
  CHECK(replaced("\xC0\xAF") == gone + gone);
  CHECK(replaced("\xC3z") == gone + "z");
  CHECK(replaced("\xE0\x80\x80") == gone + gone + gone);
  CHECK(replaced("\xE2\x82") == gone);
  CHECK(replaced("\xE2\x82z") == gone + "z");
  CHECK(replaced("\xF0\x9F\x8E") == gone);
  CHECK(replaced("\xF0\x80\x80\x80") == gone + gone + gone + gone);
  CHECK(replaced("\xF4\x90\x80\x80") == gone + gone + gone + gone);
  CHECK(replaced("\xF8\xFFz") == gone + gone + "z");
  CHECK(replaced("\xED\xA0\x80z") == gone + "z");
}
