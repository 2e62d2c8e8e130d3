#include "quorum/observers.h"

#include <doctest/doctest.h>

namespace moldau::quorum {
namespace {

const ReplicaKey kSeven{BrokerId(7), Uuid{1, 2}};
const ReplicaKey kEight{BrokerId(8), Uuid{}};

TEST_CASE("an observer at the leader's end is caught up") {
  Observers observers;
  observers.fetched(kSeven, 50, 50, 1000);
  CHECK(observers.statuses() == std::vector{ReplicaStatus{kSeven, 50, 1000, 1000}});
}

TEST_CASE("an observer behind the leader's end has never been caught up") {
  Observers observers;
  observers.fetched(kSeven, 0, 50, 1000);
  CHECK(observers.statuses() == std::vector{ReplicaStatus{kSeven, 0, 1000, -1}});
}

TEST_CASE("an observer that has what the leader had at its last fetch was caught up then") {
  Observers observers;
  observers.fetched(kSeven, 0, 50, 1000);
  observers.fetched(kSeven, 50, 80, 1700);
  CHECK(observers.statuses() == std::vector{ReplicaStatus{kSeven, 50, 1700, 1000}});
  observers.fetched(kSeven, 60, 90, 1800);
  CHECK(observers.statuses() == std::vector{ReplicaStatus{kSeven, 60, 1800, 1000}});
}

TEST_CASE("an observer may go back, but its times do not") {
  Observers observers;
  observers.fetched(kSeven, 50, 50, 1000);
  observers.fetched(kSeven, 10, 50, 900);
  CHECK(observers.statuses() == std::vector{ReplicaStatus{kSeven, 10, 1000, 1000}});
}

TEST_CASE("directories of one id are observers of their own") {
  Observers observers;
  observers.fetched({BrokerId(7), Uuid{}}, 1, 50, 1000);
  observers.fetched(kSeven, 2, 50, 1000);
  CHECK(observers.statuses().size() == 2);
}

TEST_CASE("an observer that is silent for five minutes is forgotten") {
  Observers observers;
  observers.fetched(kSeven, 50, 50, 1000);
  observers.fetched(kEight, 50, 50, 1001);
  observers.forget_silent(300'999);
  CHECK(observers.statuses().size() == 2);
  observers.forget_silent(301'000);
  CHECK(observers.statuses() == std::vector{ReplicaStatus{kEight, 50, 1001, 1001}});
}

TEST_CASE("made-up ids push out those that are silent longest") {
  Observers observers;
  const auto id = [](std::size_t number) { return BrokerId(static_cast<std::int32_t>(number)); };
  for (std::size_t i = 0; i <= Observers::kMost; ++i) {
    observers.fetched({id(i), Uuid{}}, 0, 50, static_cast<TimestampMs>(i));
  }
  CHECK(observers.statuses().size() == Observers::kMost);
  CHECK(observers.statuses().front().key.id == id(1));
  CHECK(observers.statuses().back().key.id == id(Observers::kMost));
}

}  // namespace
}  // namespace moldau::quorum
