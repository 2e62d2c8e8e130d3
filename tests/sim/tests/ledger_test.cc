// What the judge of a log that was read back lets pass.

#include "tests/sim/ledger.h"

#include <string>

#include <doctest/doctest.h>

namespace moldau::sim {
namespace {

constexpr bool kPowerCut = true;

PartitionLedger ledger_of(const SentBatch& batch) {
  PartitionLedger ledger;
  ledger.sent(batch);
  return ledger;
}

TEST_CASE("a log starts above a batch whose time has come, or that a power cut may take") {
  const ReadLog empty{.start_offset = 2, .records = {}};
  SentBatch batch{.values = {"a", "b"}, .acknowledged_at = 0};
  CHECK(ledger_of(batch).reconcile(empty, 10, !kPowerCut) == "batch 0 was deleted before its time");
  CHECK(ledger_of(batch).reconcile(empty, 10, kPowerCut) == "");
  batch.survives_power_cut = true;
  CHECK(ledger_of(batch).reconcile(empty, 10, kPowerCut) == "batch 0 was deleted before its time");
  batch.may_go_at_ms = 10;
  CHECK(ledger_of(batch).reconcile(empty, 9, kPowerCut) == "batch 0 was deleted before its time");
  CHECK(ledger_of(batch).reconcile(empty, 10, !kPowerCut) == "");
}

TEST_CASE("what a power cut takes is forgotten, and what comes behind it is read in its place") {
  PartitionLedger ledger = ledger_of({.values = {"a", "b"}, .acknowledged_at = 0});
  CHECK(ledger.reconcile({.start_offset = 2, .records = {}}, 10, kPowerCut) == "");
  ledger.sent({.values = {"c"}, .acknowledged_at = 2});
  CHECK(ledger.reconcile({.start_offset = 2, .records = {{.offset = 2, .value = "c"}}}, 20, !kPowerCut) ==
        "");
  CHECK(ledger.reconcile({.start_offset = 3, .records = {}}, 30, !kPowerCut) ==
        "batch 0 was deleted before its time");
}

}  // namespace
}  // namespace moldau::sim
