#include "observe/duration_histogram.h"

#include <doctest/doctest.h>

using moldau::Duration;
using moldau::Instant;
using moldau::observe::DurationHistogram;
using namespace std::chrono_literals;

namespace {

Instant at(Duration since) {
  return Instant(since);
}

}  // namespace

TEST_CASE("a quantile is at most an eighth above the time that it stands for") {
  for (const Duration took : {Duration(0us), Duration(1us), Duration(7us), Duration(8us), Duration(17us),
                              Duration(1ms), Duration(250ms), Duration(70s), Duration(50min)}) {
    CAPTURE(took.count());
    DurationHistogram times;
    times.note(took, at(1s));
    const Duration found = times.quantile(0.99, at(1s));
    CHECK(found > took);
    CHECK(found <= took + took / 8 + 1us);
  }
}

TEST_CASE("quantiles part the times by their number") {
  DurationHistogram times;
  for (int i = 1; i <= 100; ++i)
    times.note(std::chrono::milliseconds(i), at(1s));
  CHECK(times.count() == 100);
  CHECK(times.sum() == 5050ms);
  CHECK(times.quantile(0.5, at(1s)) >= 50ms);
  CHECK(times.quantile(0.5, at(1s)) < 57ms);
  CHECK(times.quantile(0.99, at(1s)) >= 99ms);
  CHECK(times.quantile(0.0, at(1s)) < 2ms);
}

TEST_CASE("old times leave the quantiles, and stay in count and sum") {
  DurationHistogram times;
  times.note(1s, at(10s));
  CHECK(times.quantile(0.5, at(299s)) >= 1s);
  CHECK(times.quantile(0.5, at(599s)) >= 1s);
  CHECK(times.quantile(0.5, at(600s)) == Duration());
  times.note(2ms, at(650s));
  CHECK(times.quantile(0.99, at(650s)) < 3ms);
  CHECK(times.count() == 2);
  CHECK(times.sum() == 1002ms);
}

TEST_CASE("the times of several shards are merged in the same windows") {
  DurationHistogram a;
  a.note(1s, at(10s));
  DurationHistogram b;
  b.note(2ms, at(310s));
  DurationHistogram all;
  all.merge(a, at(320s));
  all.merge(b, at(320s));
  CHECK(all.count() == 2);
  CHECK(all.quantile(0.4, at(320s)) < 3ms);
  CHECK(all.quantile(0.9, at(320s)) >= 1s);
  CHECK(all.quantile(0.9, at(601s)) < 3ms);
}
