// What judges a group script complains of stories that no broker may tell.

#include <chrono>
#include <cstdint>
#include <string>

#include <doctest/doctest.h>

#include "tests/sim/groups/group_history.h"
#include "tests/sim/groups/offset_history.h"

namespace moldau::sim {
namespace {

using namespace std::chrono_literals;
using Exchange = GroupHistory::Exchange;

const coordinator::OffsetKey kKey{"g", "t", 0};

Instant at(std::int64_t second) {
  return Instant(std::chrono::seconds(second));
}

/// A commit sent and acknowledged within a second.
OffsetHistory::Write committed(OffsetHistory& history, std::int64_t value, std::int64_t second) {
  const auto write = history.sent(kKey, value, at(second));
  history.acknowledged(write, at(second + 1));
  return write;
}

TEST_CASE("An acknowledged offset is found until another replaces it") {
  OffsetHistory history;
  CHECK(history.read(kKey, OffsetHistory::kNone, at(0), at(1)) == "");
  CHECK(history.read(kKey, 1, at(0), at(1)) == "offset 1 of g, t-0 was never sent");
  committed(history, 1, 10);
  CHECK(history.read(kKey, 1, at(20), at(21)) == "");
  CHECK(history.read(kKey, OffsetHistory::kNone, at(20), at(21)) == "the offset of g, t-0 is lost");
  CHECK(history.read(kKey, OffsetHistory::kNone, at(10), at(12)) == "");
  committed(history, 2, 30);
  CHECK(history.read(kKey, 1, at(30), at(32)) == "");
  CHECK(history.read(kKey, 1, at(40), at(41)) == "offset 1 of g, t-0 had been replaced");
  CHECK(history.read(kKey, 2, at(40), at(41)) == "");
}

TEST_CASE("A commit without an answer may count or not, a refused one does not") {
  OffsetHistory history;
  committed(history, 1, 10);
  history.unanswered(history.sent(kKey, 2, at(20)), at(21));
  history.refused(history.sent(kKey, 3, at(22)));
  CHECK(history.read(kKey, 1, at(30), at(31)) == "");
  CHECK(history.read(kKey, 2, at(30), at(31)) == "");
  CHECK(history.read(kKey, 3, at(30), at(31)) == "offset 3 of g, t-0 was refused");
}

TEST_CASE("A deletion takes what was there before it, and not what comes behind it") {
  OffsetHistory history;
  committed(history, 1, 10);
  history.acknowledged(history.deletion_sent(kKey, at(20)), at(21));
  CHECK(history.read(kKey, OffsetHistory::kNone, at(30), at(31)) == "");
  CHECK(history.read(kKey, 1, at(30), at(31)) == "offset 1 of g, t-0 had been replaced");
  committed(history, 2, 40);
  CHECK(history.read(kKey, OffsetHistory::kNone, at(50), at(51)) == "the offset of g, t-0 is lost");
}

TEST_CASE("Where offsets expire, one may be gone when its time is over, not before") {
  OffsetHistory history(60s);
  committed(history, 1, 10);
  CHECK(history.read(kKey, OffsetHistory::kNone, at(60), at(61)) == "the offset of g, t-0 is lost");
  CHECK(history.read(kKey, OffsetHistory::kNone, at(71), at(72)) == "");
}

TEST_CASE("Offsets of a transaction count when it commits, in the place they were written at") {
  OffsetHistory history;
  const auto held = history.sent(kKey, 1, at(10));
  history.hold(held);
  history.acknowledged(held, at(11));
  const std::string not_committed = "offset 1 of g, t-0 belongs to a transaction that was not committed";
  CHECK(history.read(kKey, 1, at(20), at(21)) == not_committed);
  history.commit_sent(held, at(30));
  CHECK(history.read(kKey, 1, at(30), at(31)) == "");
  CHECK(history.read(kKey, OffsetHistory::kNone, at(30), at(31)) == "");
  history.commit_acknowledged(held);
  history.transaction_ended(held, at(32));
  CHECK(history.read(kKey, OffsetHistory::kNone, at(33), at(34)) == "the offset of g, t-0 is lost");
  SUBCASE("what was committed before is behind it") {
    CHECK(history.read(kKey, 1, at(40), at(41)) == "");
  }
  SUBCASE("what was committed outside while it was open is ahead of it") {
    committed(history, 2, 20);
    CHECK(history.read(kKey, 2, at(40), at(41)) == "");
    CHECK(history.read(kKey, 1, at(40), at(41)) == "offset 1 of g, t-0 had been replaced");
  }
}

/// Two members of the consumer group "g", both in it from second 1 to 11.
struct TwoMembers {
  TwoMembers() {
    for (const auto member : {a, b}) {
      history.asks_in("g", GroupKind::kConsumer, at(1));
      CHECK(history.joined(member, "g", GroupKind::kConsumer, 5, {at(1), at(2)}, 10s) == "");
    }
  }

  GroupHistory history;
  GroupHistory::Member a = history.add("a");
  GroupHistory::Member b = history.add("b");
};

TEST_CASE("A partition belongs to one member until it has given it back, or its session is over") {
  TwoMembers two;
  CHECK(two.history.owns(two.a, {{"t", 0}, {"t", 1}}, at(3)) == "");
  SUBCASE("it has") {
    CHECK(two.history.owns(two.b, {{"t", 1}}, at(4)) == "group g: b and a both have t-1");
  }
  SUBCASE("it has given it back") {
    two.history.keeps(two.a, {{"t", 0}});
    CHECK(two.history.owns(two.b, {{"t", 1}}, at(4)) == "");
  }
  SUBCASE("it has taken too long to give it back") {
    two.history.must_give_back_until(two.a, at(5));
    CHECK(two.history.owns(two.b, {{"t", 1}}, at(6)) == "");
  }
  SUBCASE("its session is over, that of the other is not") {
    CHECK(two.history.confirmed(two.b, 5, Exchange{at(8), at(9)}, 10s) == "");
    CHECK(two.history.owns(two.b, {{"t", 1}}, at(12)) == "");
  }
  SUBCASE("it has left") {
    two.history.left(two.a);
    CHECK(two.history.owns(two.b, {{"t", 1}}, at(4)) == "");
  }
}

TEST_CASE("Epochs rise while a group exists") {
  TwoMembers two;
  GroupHistory& history = two.history;
  CHECK(history.confirmed(two.a, 7, Exchange{at(3), at(4)}, 10s) == "");
  CHECK(history.confirmed(two.a, 6, Exchange{at(5), at(6)}, 10s) == "a had epoch 7 and goes back to 6");
  CHECK(history.described("g", 6, 6, Exchange{at(5), at(6)}) == "group g had epoch 7 and goes back to 6");
  CHECK(history.described("g", 6, 6, Exchange{at(3), at(6)}) == "");
  CHECK(history.described("g", 9, 8, Exchange{at(7), at(8)}) == "");
  CHECK(history.described("g", 9, 7, Exchange{at(9), at(10)}) == "group g had epoch 8 and goes back to 7");
  SUBCASE("an empty group goes on") {
    CHECK(history.joined(two.a, "g", GroupKind::kConsumer, 1, Exchange{at(50), at(51)}, 10s) ==
          "group g had epoch 8 and goes back to 1");
  }
  SUBCASE("a deleted one does not") {
    history.deletion_sent("g");
    CHECK(history.deleted("g", Exchange{at(50), at(51)}) == "");
    CHECK(history.joined(two.a, "g", GroupKind::kConsumer, 1, Exchange{at(52), at(53)}, 10s) == "");
    CHECK(history.described("g", 1, 0, Exchange{at(54), at(55)}) == "group g had epoch 1 and goes back to 0");
  }
  SUBCASE("nor one whose deletion is under way, but one whose deletion was refused") {
    history.deletion_sent("g");
    history.not_deleted("g");
    CHECK(history.joined(two.a, "g", GroupKind::kConsumer, 7, Exchange{at(50), at(51)}, 10s) ==
          "group g had epoch 8 and goes back to 7");
    history.left(two.a);
    history.deletion_sent("g");
    CHECK(history.joined(two.a, "g", GroupKind::kConsumer, 1, Exchange{at(52), at(53)}, 10s) == "");
  }
  SUBCASE("nor one of another kind") {
    history.asks_in("g", GroupKind::kShare, at(49));
    CHECK(history.joined(two.a, "g", GroupKind::kShare, 1, Exchange{at(50), at(51)}, 10s) == "");
  }
}

TEST_CASE("A group with members is listed, stays of its kind and is not deleted") {
  TwoMembers two;
  GroupHistory& history = two.history;
  CHECK(history.listed({"g"}, Exchange{at(3), at(4)}) == "");
  CHECK(history.listed({"h"}, Exchange{at(3), at(4)}) == "group g has a and is not listed");
  CHECK(history.listed({"h"}, Exchange{at(10), at(12)}) == "");
  for (int i = 0; i < 2; ++i)
    history.deletion_sent("g");
  CHECK(history.deleted("g", Exchange{at(3), at(4)}) == "group g was deleted with members in it");
  CHECK(history.deleted("g", Exchange{at(20), at(21)}) == "");
  const auto stranger = history.add("c");
  CHECK(history.joined(stranger, "g", GroupKind::kStreams, 9, Exchange{at(3), at(4)}, 10s) ==
        "c was let into group g, in which a is of another kind");
}

}  // namespace
}  // namespace moldau::sim
