#include "base/split.h"

#include <doctest/doctest.h>

namespace moldau {
namespace {

using Parts = std::vector<std::string_view>;

TEST_CASE("texts are split at every separator") {
  CHECK(split("a,b", ',') == Parts{"a", "b"});
  CHECK(split("", ',') == Parts{""});
  CHECK(split(",a,,b,,", ',') == Parts{"", "a", "", "b", "", ""});
}

TEST_CASE("texts are split as Java splits them") {
  CHECK(java_split("a,b", ',') == Parts{"a", "b"});
  CHECK(java_split("a", ',') == Parts{"a"});
  CHECK(java_split("", ',') == Parts{""});
  CHECK(java_split(",a,,b,,", ',') == Parts{"", "a", "", "b"});
  CHECK(java_split(",", ',').empty());
}

}  // namespace
}  // namespace moldau
