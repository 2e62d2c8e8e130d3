#include <cstdint>
#include <limits>
#include <vector>

#include <doctest/doctest.h>

#include "coordinator/share/state_batches.h"

namespace moldau::coordinator {
namespace {

using Batches = std::vector<StateBatch>;

constexpr std::int8_t kAvailable = 0;
constexpr std::int8_t kAcknowledged = 2;
constexpr std::int64_t kLast = std::numeric_limits<std::int64_t>::max();

Batches combined(const Batches& known, const Batches& added, std::int64_t start = kNoStartOffset) {
  const auto batches = combine_batches(known, added, start);
  REQUIRE(batches.has_value());
  return *batches;
}

}  // namespace

TEST_CASE("the larger delivery count holds, then the larger state") {
  CHECK(combined({{0, 9, 1, kAvailable}}, {{3, 5, 2, kAvailable}}) ==
        Batches{{0, 2, 1, kAvailable}, {3, 5, 2, kAvailable}, {6, 9, 1, kAvailable}});
  CHECK(combined({{0, 9, 2, kAvailable}}, {{3, 5, 1, kAcknowledged}}) == Batches{{0, 9, 2, kAvailable}});
  CHECK(combined({{0, 4, 1, kAvailable}}, {{2, 9, 1, kAcknowledged}}) ==
        Batches{{0, 1, 1, kAvailable}, {2, 9, 1, kAcknowledged}});
  CHECK(combined({{0, 4, 2, kAvailable}}, {{2, 9, 1, kAcknowledged}}) ==
        Batches{{0, 4, 2, kAvailable}, {5, 9, 1, kAcknowledged}});
}

TEST_CASE("neighbours and overlaps of one state become one batch") {
  CHECK(combined({{0, 4, 1, kAvailable}}, {{5, 9, 1, kAvailable}}) == Batches{{0, 9, 1, kAvailable}});
  CHECK(combined({{0, 4, 1, kAvailable}}, {{6, 9, 1, kAvailable}}) ==
        Batches{{0, 4, 1, kAvailable}, {6, 9, 1, kAvailable}});
  CHECK(combined({{0, 7, 1, kAvailable}}, {{2, 9, 1, kAvailable}}) == Batches{{0, 9, 1, kAvailable}});
  // Whether neighbours meet depends on the order of the work; Apache Kafka's records show it.
  CHECK(combined({{0, 4, 1, kAcknowledged}, {5, 9, 1, kAvailable}}, {{5, 12, 1, kAcknowledged}}) ==
        Batches{{0, 4, 1, kAcknowledged}, {5, 12, 1, kAcknowledged}});
}

TEST_CASE("what lies before the start offset is left out") {
  CHECK(combined({{0, 4, 1, kAvailable}}, {{5, 9, 1, kAcknowledged}}, 3) ==
        Batches{{3, 4, 1, kAvailable}, {5, 9, 1, kAcknowledged}});
  CHECK(combined({{0, 4, 1, kAvailable}}, {{5, 9, 1, kAcknowledged}}, 10).empty());
  CHECK(combined({{0, 4, 1, kAvailable}}, {}, 5).empty());
  CHECK(combined({}, {}).empty());
  CHECK(combined({}, {{5, 4, 1, kAvailable}}, 5).empty());
}

TEST_CASE("batches may reach to the last offset there is") {
  CHECK(combined({{0, kLast, 1, kAvailable}}, {{5, kLast, 2, kAvailable}}) ==
        Batches{{0, 4, 1, kAvailable}, {5, kLast, 2, kAvailable}});
  CHECK(combined({{0, kLast, 2, kAvailable}}, {{kLast, kLast, 1, kAvailable}}) ==
        Batches{{0, kLast, 2, kAvailable}});
}

TEST_CASE("batches that end before they begin, or overlap beyond measure, are refused") {
  CHECK(combine_batches({}, Batches{{5, 4, 1, kAvailable}}, kNoStartOffset).error().code ==
        ErrorCode::kInvalidRequest);
  Batches stairs;
  for (std::int16_t i = 0; i < 10'000; ++i) {
    stairs.push_back({0, i, static_cast<std::int16_t>(10'000 - i), kAvailable});
  }
  CHECK(combine_batches({}, stairs, kNoStartOffset).error().code == ErrorCode::kInvalidRequest);
}

TEST_CASE("two long lists without overlaps of their own are combined") {
  Batches known;
  Batches added;
  for (std::int64_t i = 0; i < 10'000; ++i) {
    known.push_back({10 * i, 10 * i + 9, static_cast<std::int16_t>(1 + i % 3), kAvailable});
    added.push_back({10 * i + 5, 10 * i + 14, 2, kAcknowledged});
  }
  const Batches all = combined(known, added);
  for (std::size_t i = 1; i < all.size(); ++i) {
    CHECK(all[i - 1].last_offset < all[i].first_offset);
  }
}

}  // namespace moldau::coordinator
