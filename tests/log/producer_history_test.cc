#include <memory>

#include <doctest/doctest.h>

#include "logs.h"

namespace moldau::log {
namespace {

using namespace testing;

constexpr std::int32_t kSegmentBytes = 1 << 20;

/// A log that has ended once or more, each time as a killed process or in order.
struct Ended {
  explicit Ended(std::int32_t segment_bytes = kSegmentBytes) : settings(options(segment_bytes)) {
    log = open(folder, settings);
  }

  void kill_and_start() {
    log.reset();
    log = open(folder, settings);
  }
  void close_and_start() {
    REQUIRE(log->close_clean().has_value());
    log.reset();
    log = reopen_clean(folder, settings);
  }

  /// A batch of a record of that size as its producer's next.
  Bytes large(std::int64_t producer_id, std::int32_t sequence, std::size_t value_bytes) const {
    return batch_of(1, 1000, value_bytes,
                    {.producer_id = producer_id, .producer_epoch = 0, .base_sequence = sequence});
  }
  bool is_known(Bytes retry) const {
    const auto info = log->append_as_leader(retry, 0, 1000);
    if (!info) CHECK(info.error().code == ErrorCode::kOutOfOrderSequenceNumber);
    return info && info->is_duplicate;
  }

  OpenOptions settings;
  std::shared_ptr<MemoryDirectory> folder = std::make_shared<MemoryDirectory>();
  std::unique_ptr<PartitionLog> log;
};

void check_last_five(const Ended& ended) {
  for (int sequence = 2; sequence < 7; ++sequence)
    CHECK(ended.is_known(produced(7, 0, sequence)));
  CHECK_FALSE(ended.is_known(produced(7, 0, 1)));
  CHECK(append(*ended.log, produced(7, 0, 7)).base_offset == 7);
}

TEST_CASE("Retries of the last five batches are known behind any number of starts, over ends of segments") {
  const auto two_batches = static_cast<std::int32_t>(2 * produced(7, 0, 0).size());
  for (const std::int32_t segment_bytes : {two_batches, kSegmentBytes}) {
    for (const int kills : {0, 1, 2}) {
      CAPTURE(segment_bytes);
      CAPTURE(kills);
      Ended ended(segment_bytes);
      for (int sequence = 0; sequence < 7; ++sequence)
        append(*ended.log, produced(7, 0, sequence));
      if (kills == 0) ended.close_and_start();
      for (int i = 0; i < kills; ++i)
        ended.kill_and_start();
      check_last_five(ended);
    }
  }
}

TEST_CASE("The batches of a producer seen at the end are looked for as far back as they are large") {
  Ended ended(16 << 20);
  for (int sequence = 0; sequence < 6; ++sequence)
    append(*ended.log, ended.large(7, sequence, 300'000));
  ended.close_and_start();
  for (int sequence = 1; sequence < 6; ++sequence)
    CHECK(ended.is_known(ended.large(7, sequence, 300'000)));
  CHECK_FALSE(ended.is_known(ended.large(7, 0, 300'000)));
}

TEST_CASE("A producer behind whom others wrote much is known whole after a kill, by its last batch else") {
  for (const bool is_killed : {true, false}) {
    Ended ended;
    append(*ended.log, produced(7, 0, 0));
    append(*ended.log, produced(7, 0, 1));
    constexpr int kBatches = 1500;
    for (int sequence = 0; sequence < kBatches; ++sequence)
      append(*ended.log, produced(8, 0, sequence));
    is_killed ? ended.kill_and_start() : ended.close_and_start();
    CHECK(ended.is_known(produced(7, 0, 1)));
    CHECK(ended.is_known(produced(7, 0, 0)) == is_killed);
    for (int sequence = kBatches - 5; sequence < kBatches; ++sequence)
      CHECK(ended.is_known(produced(8, 0, sequence)));
  }
}

TEST_CASE("Batches of an earlier epoch stay forgotten") {
  Ended ended;
  append(*ended.log, produced(7, 0, 0));
  append(*ended.log, produced(7, 1, 0));
  append(*ended.log, produced(7, 1, 1));
  ended.kill_and_start();
  CHECK(ended.is_known(produced(7, 1, 0)));
  Bytes earlier = produced(7, 0, 0);
  CHECK(ended.log->append_as_leader(earlier, 0, 1000).error().code == ErrorCode::kInvalidProducerEpoch);
}

}  // namespace
}  // namespace moldau::log
