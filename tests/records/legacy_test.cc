#include "protocol/records/legacy.h"

#include <string>
#include <vector>

#include <doctest/doctest.h>

#include "tests/records/golden.h"

using namespace moldau::records;
using moldau::Bytes;
using moldau::ByteView;
using moldau::ErrorCode;
using moldau::Result;
using moldau::records::testing::golden_batch;

namespace {

struct Seen {
  std::int64_t offset;
  std::int64_t timestamp_ms;
  std::string key;
  std::string value;

  bool operator==(const Seen&) const = default;
};

std::string text(const std::optional<ByteView>& bytes) {
  return bytes ? std::string(moldau::as_text(*bytes)) : "null";
}

/// All records of a message set.
Result<std::vector<Seen>> read_set(const Bytes& set) {
  std::vector<Seen> records;
  DecoderSet decoders;
  BatchCursor cursor(set);
  while (const auto entry = cursor.next()) {
    auto parsed = LegacyEntry::parse(entry->bytes);
    if (!parsed) return moldau::fail(parsed.error());
    auto iterator = LegacyIterator::open(*parsed, decoders);
    if (!iterator) return moldau::fail(iterator.error());
    RecordView record;
    while (true) {
      const auto more = iterator->next(record);
      if (!more) return moldau::fail(more.error());
      if (!*more) break;
      records.push_back({record.offset, record.timestamp_ms, text(record.key), text(record.value)});
    }
  }
  return records;
}

std::vector<Seen> expected(bool has_timestamps) {
  std::vector<Seen> records = {{30, 1000, "k0", "zero"}, {31, 1007, "k1", "one"}, {32, 1003, "null", "two"}};
  if (!has_timestamps) {
    for (auto& record : records)
      record.timestamp_ms = kNoTimestamp;
  }
  return records;
}

}  // namespace

TEST_CASE("message sets of magic 0 and 1 that Apache Kafka wrote are read, plain and compressed") {
  for (const std::string codec : {"none", "gzip", "snappy", "lz4"}) {
    CAPTURE(codec);
    CHECK(read_set(golden_batch("legacy_v0_" + codec)) == expected(false));
    CHECK(read_set(golden_batch("legacy_v1_" + codec)) == expected(true));
  }
}

TEST_CASE("a wrapper with LogAppendTime gives its timestamp to all records in it") {
  auto records = expected(true);
  for (auto& record : records)
    record.timestamp_ms = 8000;
  CHECK(read_set(golden_batch("legacy_v1_gzip_log_append_time")) == records);
}

TEST_CASE("a wrapper of magic 1 with offset zero keeps the inner offsets") {
  Bytes set = golden_batch("legacy_v1_gzip");
  moldau::store_big_endian(set.data(), std::int64_t{0});
  const auto records = read_set(set).value();
  CHECK(records.at(0).offset == 0);
  CHECK(records.at(2).offset == 2);
  moldau::store_big_endian(set.data(), std::int64_t{1});
  CHECK(read_set(set).error().code == ErrorCode::kInvalidRecord);
}

TEST_CASE("the crc of an entry notices every flipped bit from the magic on") {
  Bytes set = golden_batch("legacy_v1_gzip");
  CHECK(LegacyEntry::parse(set).value().is_valid());
  for (std::size_t at = 12; at < set.size(); ++at) {
    set[at] = static_cast<std::uint8_t>(set[at] ^ 0x04);
    if (const auto entry = LegacyEntry::parse(set)) REQUIRE_FALSE(entry->is_valid());
    set[at] = static_cast<std::uint8_t>(set[at] ^ 0x04);
  }
}

TEST_CASE("an entry that is cut anywhere is refused") {
  for (const auto* name : {"legacy_v0_none", "legacy_v1_lz4"}) {
    Bytes set = golden_batch(name);
    const std::size_t first = BatchCursor(set).next().value().bytes.size();
    for (std::size_t size = 0; size < first; ++size) {
      REQUIRE(LegacyEntry::parse(ByteView(set).first(size)).error().code == ErrorCode::kCorruptMessage);
    }
    CHECK(LegacyEntry::parse(ByteView(set).first(first)).value().size_bytes() == first);
  }
}

TEST_CASE("damaged sets give errors or other records, never a crash") {
  for (const auto* name : {"legacy_v0_none", "legacy_v1_none", "legacy_v0_lz4", "legacy_v1_snappy"}) {
    const Bytes sound = golden_batch(name);
    for (std::size_t at = 0; at < sound.size(); ++at) {
      for (int bit = 0; bit < 8; ++bit) {
        Bytes damaged = sound;
        damaged[at] = static_cast<std::uint8_t>(damaged[at] ^ (1U << bit));
        if (const auto records = read_set(damaged); !records) {
          const auto code = records.error().code;
          REQUIRE((code == ErrorCode::kCorruptMessage || code == ErrorCode::kInvalidRecord));
        }
      }
    }
  }
}

TEST_CASE("wrappers with zstd, without a value or without records are invalid") {
  Bytes set = golden_batch("legacy_v1_gzip");
  set[17] = 4;
  CHECK(read_set(set).error().code == ErrorCode::kInvalidRecord);
  set[17] = 7;
  CHECK(read_set(set).error().code == ErrorCode::kInvalidRecord);
  // length 22: no key, no value
  const Bytes empty = {0, 0, 0, 0, 0, 0, 0, 1, 0, 0,    0,    22,   0,    0,    0,    0,    1,
                       1, 0, 0, 0, 0, 0, 0, 0, 1, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff};
  CHECK(read_set(empty).error().code == ErrorCode::kInvalidRecord);
}
