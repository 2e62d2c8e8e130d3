#include "base/error_code.h"

#include <doctest/doctest.h>

using moldau::error_name;
using moldau::ErrorCode;

TEST_CASE("every code of the release has a name of its own") {
  int named = 0;
  for (int code = -1; code <= 133; ++code) {
    const auto name = error_name(static_cast<ErrorCode>(code));
    CHECK((code == -1 || name != "UNKNOWN_SERVER_ERROR"));
    ++named;
  }
  CHECK(named == 135);
  CHECK(error_name(static_cast<ErrorCode>(134)) == "UNKNOWN_SERVER_ERROR");
}

TEST_CASE("32 codes are retriable") {
  int retriable = 0;
  for (int code = -1; code <= 133; ++code) {
    retriable += moldau::is_retriable(static_cast<ErrorCode>(code)) ? 1 : 0;
  }
  CHECK(retriable == 32);
}
