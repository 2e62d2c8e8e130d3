#include "quorum/batch_accumulator.h"

#include <doctest/doctest.h>

#include "protocol/records/builder.h"

namespace moldau::quorum {
namespace {

std::vector<Bytes> values(std::size_t count, std::size_t size_bytes = 10) {
  return std::vector<Bytes>(count, Bytes(size_bytes, 7));
}

std::size_t built_size(const DataBatch& batch) {
  records::BatchBuilder builder({.base_offset = batch.base_offset, .partition_leader_epoch = batch.epoch});
  for (const Bytes& record : batch.records)
    builder.append({.timestamp_ms = 1, .value = ByteView(record)});
  return std::move(builder).build().size();
}

TEST_CASE("appended records get consecutive offsets and share a batch until it is drained") {
  BatchAccumulator accumulator(4, 100);
  CHECK(accumulator.append(values(2), true) == 100);
  CHECK(accumulator.append(values(3), false) == 102);
  CHECK(accumulator.append({}, true) == 105);
  CHECK(accumulator.next_offset() == 105);
  const auto batches = accumulator.drain();
  REQUIRE(batches.size() == 1);
  CHECK(batches[0].base_offset == 100);
  CHECK(batches[0].epoch == 4);
  CHECK(batches[0].next_offset() == 105);
  CHECK(accumulator.empty());
  CHECK(accumulator.drain().empty());
}

TEST_CASE("a batch is filled to the last byte and not beyond") {
  const std::size_t limit = built_size({.base_offset = 0, .epoch = 0, .records = values(70, 33)});
  for (const std::size_t room : {limit - 1, limit, limit + 1}) {
    BatchAccumulator accumulator(0, 5, room);
    for (int i = 0; i < 70; ++i)
      REQUIRE(accumulator.append(values(1, 33), true).has_value());
    const auto batches = accumulator.drain();
    CHECK(batches.size() == (room < limit ? 2 : 1));
    for (const DataBatch& batch : batches)
      CHECK(built_size(batch) <= room);
    CHECK(batches.back().next_offset() == 75);
  }
}

TEST_CASE("records that no batch can hold are refused and take no offset") {
  BatchAccumulator accumulator(0, 0, 200);
  REQUIRE(accumulator.append(values(1), true).has_value());
  const auto refused = accumulator.append(values(1, 150), true);
  REQUIRE_FALSE(refused.has_value());
  CHECK(refused.error().code == ErrorCode::kRecordListTooLarge);
  CHECK(accumulator.next_offset() == 1);
}

TEST_CASE("only records that need not be atomic may be more than one run") {
  BatchAccumulator accumulator(0, 0);
  CHECK_FALSE(accumulator.append(values(kMaxRecordsPerRun + 1), true).has_value());
  CHECK(accumulator.append(values(kMaxRecordsPerRun + 1), false) == 0);
  CHECK(accumulator.next_offset() == static_cast<std::int64_t>(kMaxRecordsPerRun) + 1);
}

}  // namespace
}  // namespace moldau::quorum
