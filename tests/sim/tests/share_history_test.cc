// What the judge of share groups complains of: stories that no broker may tell.

#include "tests/sim/groups/share_history.h"

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>

#include <doctest/doctest.h>

namespace moldau::sim {
namespace {

using namespace std::chrono_literals;
using share::AcknowledgeType;
using Exchange = ShareHistory::Exchange;

const Share kPartition{"t", 0};
constexpr ShareHistory::Reader kOne = 1;
constexpr ShareHistory::Reader kOther = 2;

OffsetRange records(std::int64_t first, std::int64_t last) {
  return {.partition = kPartition, .first = first, .last = last};
}

/// Asked and answered within a second.
Exchange at(std::int64_t second) {
  return {.sent = Instant(std::chrono::seconds(second)), .came = Instant(std::chrono::seconds(second + 1))};
}

ShareHistory history() {
  return ShareHistory({.lock = 10s, .deliveries = 5});
}

/// Reader `reader` says so and hears that it is good.
std::string acknowledged(ShareHistory& told, ShareHistory::Reader reader, const OffsetRange& range,
                         AcknowledgeType type, std::int64_t second) {
  const auto held_until = told.says(reader, range, type);
  return told.heard(reader, range, type, ErrorCode::kNone, held_until, at(second));
}

TEST_CASE("What is accepted or rejected does not come again, what is released does") {
  for (const AcknowledgeType type : {AcknowledgeType::kAccept, AcknowledgeType::kReject}) {
    ShareHistory told = history();
    CHECK(told.acquired(kOne, records(0, 4), 1, at(0)) == "");
    CHECK(acknowledged(told, kOne, records(2, 3), type, 2) == "");
    CHECK(acknowledged(told, kOne, records(4, 4), AcknowledgeType::kRelease, 3) == "");
    CHECK(told.acquired(kOther, records(4, 4), 2, at(4)) == "");
    told.broker_over();
    CHECK(told.acquired(kOther, records(0, 1), 1, at(5)) == "");
    CHECK(told.acquired(kOther, records(3, 3), 1, at(20)) == "record 3 of t-0 comes again and was done with");
    CHECK(told.came() == 5);
    CHECK(told.done() == 2);
  }
}

TEST_CASE("What one has nobody is given until its lock, its session or the broker is over") {
  const auto given_twice = [](ShareHistory& told, std::int64_t second) {
    return told.acquired(kOther, records(1, 1), 2, at(second));
  };
  const std::string complaint = "record 1 of t-0 is given to reader 2, and 1 has it";
  ShareHistory told = history();
  CHECK(told.acquired(kOne, records(0, 2), 1, at(0)) == "");
  CHECK(given_twice(told, 8) == complaint);
  CHECK(told.acquired(kOne, records(1, 1), 2, at(8)) == "record 1 of t-0 is given to reader 1, and 1 has it");
  CHECK(acknowledged(told, kOne, records(1, 2), AcknowledgeType::kRenew, 5) == "");
  CHECK(given_twice(told, 13) == complaint);
  CHECK(given_twice(told, 14) == "");

  ShareHistory closed = history();
  CHECK(closed.acquired(kOne, records(0, 2), 1, at(0)) == "");
  closed.session_over(kOther);
  CHECK(given_twice(closed, 1) == complaint);
  closed.session_over(kOne);
  CHECK(given_twice(closed, 1) == "");

  ShareHistory ended = history();
  CHECK(ended.acquired(kOne, records(0, 2), 1, at(0)) == "");
  ended.broker_over();
  CHECK(given_twice(ended, 1) == "");
}

TEST_CASE("What a reader has is taken back from it") {
  ShareHistory told = history();
  const auto refused = [&told](std::int64_t first, std::int64_t last, std::int64_t second) {
    const auto held_until = told.says(kOne, records(first, last), AcknowledgeType::kAccept);
    return told.heard(kOne, records(first, last), AcknowledgeType::kAccept, ErrorCode::kInvalidRecordState,
                      held_until, at(second));
  };
  CHECK(told.acquired(kOne, records(0, 9), 1, at(0)) == "");
  CHECK(refused(0, 1, 5) == "record 0 of t-0 is not taken back from reader 1, which has it");
  CHECK(refused(2, 3, 9) == "");
  CHECK(refused(9, 10, 5) == "");
  CHECK(refused(9, 9, 5) == "");
  CHECK(told.done() == 0);
}

TEST_CASE("What a reader has is not taken back from another") {
  ShareHistory told = history();
  CHECK(told.acquired(kOne, records(0, 9), 1, at(0)) == "");
  CHECK(acknowledged(told, kOther, records(3, 4), AcknowledgeType::kAccept, 5) ==
        "record 3 of t-0 is taken back from reader 2, and 1 has it");
  CHECK(acknowledged(told, kOther, records(3, 4), AcknowledgeType::kAccept, 9) == "");
}

TEST_CASE("Deliveries are counted, and no more than the group allows") {
  ShareHistory told = history();
  CHECK(told.acquired(kOne, records(0, 0), 5, at(0)) == "");
  CHECK(told.acquired(kOne, records(1, 1), 6, at(0)) == "record 1 of t-0 comes for the 6th time");
  CHECK(told.acquired(kOne, records(1, 1), 0, at(0)) == "record 1 of t-0 comes for the 0th time");
}

TEST_CASE("Every record comes, unless answers that were lost may have had it as often as it comes") {
  ShareHistory told = history();
  told.produced(records(0, 2));
  CHECK(told.have_all_come() == "record 0 of t-0 never came");
  CHECK(told.acquired(kOne, records(0, 1), 1, at(0)) == "");
  CHECK(told.have_all_come() == "record 2 of t-0 never came");
  for (int i = 0; i < 4; ++i)
    told.unanswered(kPartition);
  CHECK(told.have_all_come() == "record 2 of t-0 never came");
  told.unanswered(kPartition);
  CHECK(told.have_all_come() == "");
}

}  // namespace
}  // namespace moldau::sim
