#include "log/end_txn_marker.h"

#include <limits>
#include <string_view>

#include <doctest/doctest.h>

#include "golden_lines.h"
#include "logs.h"

namespace moldau::log {
namespace {

using namespace testing;

constexpr TimestampMs kNowMs = 1700000000000;

Bytes built(const TransactionMarker& marker) {
  return owned(build_transaction_marker(marker, kNowMs).value());
}

Bytes golden(std::string_view hex) {
  const std::string bytes = from_hex(hex);
  return {bytes.begin(), bytes.end()};
}

TEST_CASE("Markers are Apache Kafka's, byte for byte") {
  // By MemoryRecords.withEndTransactionMarker of Apache Kafka 4.3.1.
  CHECK(
      built({.producer_id = 1000,
             .producer_epoch = 3,
             .coordinator_epoch = 21,
             .is_commit = true,
             .transaction_version = 2}) ==
      golden("000000000000000000000042ffffffff02b5b2cda40030000000000000018bcfe568000000018bcfe56800000000000"
             "00003e80003ffffffff000000012000000008000000010c00000000001500"));
  CHECK(
      built({.producer_id = std::numeric_limits<std::int64_t>::max(),
             .producer_epoch = std::numeric_limits<std::int16_t>::max(),
             .coordinator_epoch = std::numeric_limits<std::int32_t>::max()}) ==
      golden("000000000000000000000042ffffffff028167ef630030000000000000018bcfe568000000018bcfe568007ffffffff"
             "fffffff7fffffffffff000000012000000008000000000c00007fffffff00"));
  CHECK(
      built({.producer_id = -7, .producer_epoch = 0, .coordinator_epoch = -1, .is_commit = true}) ==
      golden("000000000000000000000042ffffffff02dfe682d80030000000000000018bcfe568000000018bcfe56800fffffffff"
             "ffffff90000ffffffff000000012000000008000000010c0000ffffffff00"));
}

TEST_CASE("A marker that is built is read back") {
  const Bytes bytes = built({.producer_id = 5, .producer_epoch = 1, .coordinator_epoch = 9});
  const auto batch = records::BatchView::parse(bytes).value();
  CHECK(batch.is_transactional());
  CHECK(read_end_txn_marker(batch).value() ==
        EndTxnMarker{.is_abort = true, .coordinator_epoch = 9, .timestamp_ms = kNowMs});
}

TEST_CASE("What names no producer, epoch or version ends no transaction") {
  const auto error = [](const TransactionMarker& marker) {
    return build_transaction_marker(marker, kNowMs).error().code;
  };
  CHECK(error({.producer_id = -1, .producer_epoch = 0}) == ErrorCode::kUnknownServerError);
  CHECK(error({.producer_id = 5, .producer_epoch = -1}) == ErrorCode::kUnknownServerError);
  CHECK(error({.producer_id = 5, .producer_epoch = -2}) == ErrorCode::kInvalidProducerEpoch);
  CHECK(error({.producer_id = 5, .producer_epoch = 0, .transaction_version = -1}) ==
        ErrorCode::kUnknownServerError);
}

}  // namespace
}  // namespace moldau::log
