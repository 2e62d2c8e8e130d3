#include "protocol/records/batch.h"

#include <limits>

#include <doctest/doctest.h>

#include "tests/records/batches.h"

using namespace moldau::records;
using moldau::Bytes;
using moldau::ByteView;
using moldau::ErrorCode;
using moldau::records::testing::patch;
using moldau::records::testing::three_records;
using moldau::records::testing::view;

TEST_CASE("a batch header shows every field where it lies") {
  const BatchSpec spec{.base_offset = 0x0102030405060708,
                       .partition_leader_epoch = 9,
                       .producer_id = 4711,
                       .producer_epoch = 3,
                       .base_sequence = 17,
                       .is_transactional = true};
  const Bytes bytes = three_records(spec);
  const BatchView batch = view(bytes);
  CHECK(batch.base_offset() == spec.base_offset);
  CHECK(batch.size_bytes() == bytes.size());
  CHECK(batch.partition_leader_epoch() == 9);
  CHECK(batch.magic() == 2);
  CHECK(batch.last_offset_delta() == 2);
  CHECK(batch.last_offset() == spec.base_offset + 2);
  CHECK(batch.next_offset() == spec.base_offset + 3);
  CHECK(batch.base_timestamp() == 1000);
  CHECK(batch.max_timestamp() == 1007);
  CHECK(batch.producer_id() == 4711);
  CHECK(batch.has_producer_id());
  CHECK(batch.producer_epoch() == 3);
  CHECK(batch.base_sequence() == 17);
  CHECK(batch.last_sequence() == 19);
  CHECK(batch.record_count() == 3);
  CHECK(batch.codec() == Codec::kNone);
  CHECK(batch.timestamp_type() == TimestampType::kCreateTime);
  CHECK(batch.is_transactional());
  CHECK_FALSE(batch.is_control());
  CHECK_FALSE(batch.delete_horizon_ms().has_value());
  CHECK(batch.is_valid());
  CHECK(batch.records().size() == bytes.size() - kBatchHeaderSize);
}

TEST_CASE("a batch that says where it ends keeps its last sequence, whatever records it has") {
  const Bytes bytes = three_records(
      {.base_offset = 40, .producer_id = 7, .producer_epoch = 0, .base_sequence = 10, .last_offset = 49});
  const BatchView batch = view(bytes);
  CHECK(batch.is_valid());
  CHECK(batch.record_count() == 3);
  CHECK(batch.last_offset_delta() == 9);
  CHECK(batch.last_offset() == 49);
  CHECK(batch.next_offset() == 50);
  CHECK(batch.last_sequence() == 19);
  // Without records behind the last one it is what it would be anyway.
  CHECK(three_records({.base_offset = 40, .last_offset = 42}) == three_records({.base_offset = 40}));
}

TEST_CASE("attribute bits name codec, timestamp type, control and delete horizon") {
  Bytes bytes = three_records();
  for (int id = 0; id <= 4; ++id) {
    patch(bytes, kAttributesAt, static_cast<std::int16_t>(id));
    CHECK(view(bytes).codec() == static_cast<Codec>(id));
  }
  for (int id = 5; id <= 7; ++id) {
    patch(bytes, kAttributesAt, static_cast<std::int16_t>(id));
    CHECK_FALSE(view(bytes).codec().has_value());
  }
  patch(bytes, kAttributesAt, std::int16_t{0x68});
  CHECK(view(bytes).timestamp_type() == TimestampType::kLogAppendTime);
  CHECK(view(bytes).is_control());
  CHECK(view(bytes).delete_horizon_ms() == 1000);
}

TEST_CASE("a batch that is cut anywhere is refused") {
  const Bytes bytes = three_records();
  for (std::size_t size = 0; size < bytes.size(); ++size) {
    const auto cut = BatchView::parse(ByteView(bytes).first(size));
    REQUIRE_FALSE(cut.has_value());
    REQUIRE(cut.error().code == ErrorCode::kCorruptMessage);
  }
  CHECK(BatchHeader::parse(ByteView(bytes).first(kBatchHeaderSize)).has_value());
}

TEST_CASE("a batch of another magic or with a length below its header is refused") {
  Bytes bytes = three_records();
  bytes[kMagicAt] = 1;
  CHECK_FALSE(BatchHeader::parse(bytes).has_value());
  bytes[kMagicAt] = 3;
  CHECK_FALSE(BatchHeader::parse(bytes).has_value());
  bytes[kMagicAt] = 2;
  for (const std::int32_t length : {48, 0, -1, std::numeric_limits<std::int32_t>::min()}) {
    moldau::store_big_endian(bytes.data() + kLengthAt, length);
    CHECK_FALSE(BatchHeader::parse(bytes).has_value());
  }
  moldau::store_big_endian(bytes.data() + kLengthAt, std::int32_t{49});
  CHECK(BatchHeader::parse(bytes).value().size_bytes() == kBatchHeaderSize);
}

TEST_CASE("the crc notices every flipped bit from the attributes on, and none before") {
  Bytes bytes = three_records({.base_offset = 5, .partition_leader_epoch = 2});
  for (std::size_t at = 0; at < bytes.size(); ++at) {
    if (at >= kLengthAt && at < kLengthAt + 4) continue;
    if (at == kMagicAt) continue;
    for (int bit = 0; bit < 8; ++bit) {
      bytes[at] = static_cast<std::uint8_t>(bytes[at] ^ (1U << bit));
      REQUIRE(view(bytes).is_valid() == (at < kMagicAt));
      bytes[at] = static_cast<std::uint8_t>(bytes[at] ^ (1U << bit));
    }
  }
}

TEST_CASE("base offset and leader epoch are set without touching the crc") {
  Bytes bytes = three_records();
  auto batch = MutableBatch::parse(bytes).value();
  const auto crc = batch.view().crc();
  batch.set_last_offset(102);
  batch.set_partition_leader_epoch(7);
  CHECK(batch.view().base_offset() == 100);
  CHECK(batch.view().partition_leader_epoch() == 7);
  CHECK(batch.view().crc() == crc);
  CHECK(batch.view().is_valid());
}

TEST_CASE("log append time sets maximum and bit and mends the crc, the same time again changes nothing") {
  Bytes bytes = three_records();
  auto batch = MutableBatch::parse(bytes).value();
  batch.set_max_timestamp(TimestampType::kLogAppendTime, 5000);
  CHECK(batch.view().max_timestamp() == 5000);
  CHECK(batch.view().timestamp_type() == TimestampType::kLogAppendTime);
  CHECK(batch.view().is_valid());

  patch(bytes, kAttributesAt, std::int16_t{0x7f78});
  const Bytes before = bytes;
  batch.set_max_timestamp(TimestampType::kLogAppendTime, 5000);
  CHECK(bytes == before);
  batch.set_max_timestamp(TimestampType::kCreateTime, 5000);
  CHECK(batch.view().attributes() == 0x70);
  CHECK(batch.view().is_valid());
}

TEST_CASE("sequences wrap from the largest to zero and back") {
  constexpr std::int32_t kLargest = std::numeric_limits<std::int32_t>::max();
  CHECK(increment_sequence(0, 0) == 0);
  CHECK(increment_sequence(kLargest - 1, 1) == kLargest);
  CHECK(increment_sequence(kLargest, 1) == 0);
  CHECK(increment_sequence(kLargest - 1, 4) == 2);
  CHECK(increment_sequence(kLargest, kLargest) == kLargest - 1);
  CHECK(decrement_sequence(0, 1) == kLargest);
  CHECK(decrement_sequence(2, 4) == kLargest - 1);
  CHECK(decrement_sequence(kLargest, kLargest) == 0);

  const Bytes wrapping =
      three_records({.producer_id = 1, .producer_epoch = 0, .base_sequence = kLargest - 1});
  CHECK(view(wrapping).last_sequence() == 0);
  CHECK(view(three_records()).last_sequence() == kNoSequence);
}

TEST_CASE("a cursor yields whole batches and tells a clean end from a torn one at every byte") {
  const Bytes one = three_records();
  Bytes two = one;
  two.insert(two.end(), one.begin(), one.end());
  for (std::size_t size = 0; size <= two.size(); ++size) {
    CAPTURE(size);
    BatchCursor cursor(ByteView(two).first(size));
    std::size_t entries = 0;
    while (const auto entry = cursor.next()) {
      REQUIRE(entry->position == entries * one.size());
      REQUIRE(entry->magic == 2);
      REQUIRE(BatchView::parse(entry->bytes).value().is_valid());
      ++entries;
    }
    REQUIRE(entries == size / one.size());
    REQUIRE(cursor.position() == entries * one.size());
    REQUIRE(cursor.stop() == (size % one.size() == 0 ? CursorStop::kEnd : CursorStop::kPartial));
    REQUIRE_FALSE(cursor.next().has_value());
  }
}

TEST_CASE("a cursor stops at impossible sizes and unknown magics") {
  Bytes bytes = three_records();
  const auto stop_of = [&bytes](std::int32_t largest) {
    BatchCursor cursor(bytes, largest);
    CHECK_FALSE(cursor.next().has_value());
    CHECK(cursor.position() == 0);
    return cursor.stop();
  };
  constexpr std::int32_t kNoLimit = std::numeric_limits<std::int32_t>::max();
  const auto length = view(bytes).length();
  CHECK(BatchCursor(bytes, length).next().has_value());
  CHECK(stop_of(length - 1) == CursorStop::kCorruptSize);
  bytes[kMagicAt] = 3;
  CHECK(stop_of(kNoLimit) == CursorStop::kUnknownMagic);
  bytes[kMagicAt] = 0xff;
  CHECK(stop_of(kNoLimit) == CursorStop::kUnknownMagic);
  bytes[kMagicAt] = 2;
  for (const std::int32_t bad : {48, 13, 0, -1}) {
    moldau::store_big_endian(bytes.data() + kLengthAt, bad);
    CHECK(stop_of(kNoLimit) == CursorStop::kCorruptSize);
  }
  bytes[kMagicAt] = 1;
  moldau::store_big_endian(bytes.data() + kLengthAt, std::int32_t{14});
  BatchCursor legacy(bytes);
  CHECK(legacy.next().value().bytes.size() == 26);
}
