#include "protocol/generator/versions.h"

#include <doctest/doctest.h>

using moldau::generator::condition;
using moldau::generator::Coverage;
using moldau::generator::coverage;
using moldau::generator::intersect;
using moldau::generator::parse_versions;
using moldau::generator::VersionRange;
using moldau::wire::kHighestVersion;

TEST_CASE("versions are one number, a range, an open range or none") {
  CHECK(parse_versions("3") == VersionRange{3, 3});
  CHECK(parse_versions("2-4") == VersionRange{2, 4});
  CHECK(parse_versions("3+") == VersionRange{3, kHighestVersion});
  CHECK(parse_versions("none").value().empty());
  for (const char* text : {"", "+", "-", "-1", "4-2", "2-", "-4", "1-2-3", "x", "3 +", "70000", "none+"}) {
    CAPTURE(text);
    CHECK_FALSE(parse_versions(text).has_value());
  }
}

TEST_CASE("ranges intersect; without a common version the result is empty") {
  CHECK(intersect({1, 5}, {3, kHighestVersion}) == VersionRange{3, 5});
  CHECK(intersect({3, 5}, {1, 3}) == VersionRange{3, 3});
  CHECK(intersect({1, 2}, {3, 4}).empty());
  CHECK(intersect({1, 2}, VersionRange{}).empty());
}

TEST_CASE("a range covers a context not at all, in part or wholly") {
  CHECK(coverage({2, 5}, {0, 1}) == Coverage::kNone);
  CHECK(coverage({2, 5}, VersionRange{}) == Coverage::kNone);
  CHECK(coverage({2, 5}, {5, 9}) == Coverage::kSome);
  CHECK(coverage({2, 5}, {0, 9}) == Coverage::kAll);
}

TEST_CASE("a condition asks only what the context leaves open") {
  CHECK(condition({1, 9}, {0, kHighestVersion}) == "true");
  CHECK(condition({1, 9}, VersionRange{}) == "false");
  CHECK(condition({1, 9}, {3, kHighestVersion}) == "wire_version >= 3");
  CHECK(condition({1, 9}, {0, 4}) == "wire_version <= 4");
  CHECK(condition({1, 9}, {3, 4}) == "wire_version >= 3 && wire_version <= 4");
  CHECK(condition({1, 9}, {9, 9}) == "wire_version == 9");
  CHECK(condition({1, 9}, {9, kHighestVersion}) == "wire_version == 9");
}
