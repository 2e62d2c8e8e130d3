#include <algorithm>
#include <cstdint>
#include <memory>
#include <random>
#include <string>
#include <vector>

#include <doctest/doctest.h>

#include "log/offset_index.h"
#include "log/time_index.h"
#include "memory_directory.h"

namespace moldau::log {
namespace {

using testing::MemoryDirectory;

constexpr std::string_view kIndexName = "00000000000000000100.index";
constexpr std::string_view kTimeIndexName = "00000000000000000100.timeindex";

OffsetIndex offset_index(MemoryDirectory& folder, std::int32_t largest_bytes = 1 << 20) {
  return OffsetIndex::open(folder, 100, largest_bytes).value();
}

TimeIndex time_index(MemoryDirectory& folder, std::int32_t largest_bytes = 1 << 20) {
  return TimeIndex::open(folder, 100, largest_bytes).value();
}

TEST_CASE("An offset index finds the first entry from a position on") {
  MemoryDirectory folder;
  auto index = offset_index(folder);
  CHECK(!index.first_from(0).value());
  for (int i = 1; i <= 3000; ++i)
    REQUIRE(index.append(100 + 10 * i, 7 * i));
  CHECK(index.first_from(0).value() == OffsetPosition{110, 7});
  for (int i = 1; i <= 3000; i += 7) {
    CHECK(index.first_from(7 * i).value() == OffsetPosition{100 + 10 * i, 7 * i});
    CHECK(index.first_from(7 * i - 6).value() == OffsetPosition{100 + 10 * i, 7 * i});
  }
  CHECK(!index.first_from(7 * 3000 + 1).value());
}

TEST_CASE("An offset index finds the last entry at or below an offset") {
  MemoryDirectory folder;
  auto index = offset_index(folder);
  CHECK(index.lookup(500).value() == OffsetPosition{100, 0});
  for (int i = 1; i <= 5000; ++i)
    REQUIRE(index.append(100 + 10 * i, 7 * i));
  for (int reopened = 0; reopened < 2; ++reopened) {
    CHECK(index.count() == 5000);
    CHECK(index.last_offset() == 50100);
    for (int i = 1; i <= 5000; i += 7) {
      CHECK(index.lookup(100 + 10 * i).value() == OffsetPosition{100 + 10 * i, 7 * i});
      CHECK(index.lookup(100 + 10 * i + 9).value() == OffsetPosition{100 + 10 * i, 7 * i});
    }
    CHECK(index.lookup(109).value() == OffsetPosition{100, 0});
    CHECK(index.lookup(1 << 20).value() == OffsetPosition{50100, 35000});
    REQUIRE(index.write_pending());
    index = offset_index(folder);
  }
  CHECK(folder.content(kIndexName).size() == 5000 * 8);
}

TEST_CASE(
    "An offset index finds entries in any order of lookups, and its pages survive appends and truncation") {
  constexpr std::int64_t kStep = 10;
  MemoryDirectory folder;
  auto index = offset_index(folder);
  std::mt19937 chance(5);
  std::int64_t count = 0;
  const auto check_some = [&] {
    for (int i = 0; i < 300; ++i) {
      const std::int64_t offset =
          100 + std::uniform_int_distribution<std::int64_t>(0, kStep * (count + 2))(chance);
      const std::int64_t slot = std::min((offset - 100) / kStep, count);
      CHECK(index.lookup(offset).value() == OffsetPosition{100 + kStep * slot, 7 * slot});
    }
  };
  for (int round = 0; round < 20; ++round) {
    for (int i = 0; i < 700; ++i) {
      ++count;
      REQUIRE(index.append(100 + kStep * count, 7 * count));
    }
    check_some();
    if (round % 3 != 2) continue;
    count = std::uniform_int_distribution<std::int64_t>(0, count)(chance);
    REQUIRE(index.truncate_to(100 + kStep * count + 1));
    check_some();
  }
}

TEST_CASE("Lookups near each other read an offset index's file once") {
  const auto disk = std::make_shared<testing::DiskFaults>();
  MemoryDirectory folder("memory", disk);
  auto index = offset_index(folder);
  for (int i = 1; i <= 5000; ++i)
    REQUIRE(index.append(100 + i, i));
  REQUIRE(index.write_pending());
  index = offset_index(folder);
  CHECK(index.lookup(1200).value() == OffsetPosition{1200, 1100});
  const int reads = disk->read_count;
  for (int i = 1100; i < 1400; ++i)
    CHECK(index.lookup(100 + i).value() == OffsetPosition{100 + i, i});
  CHECK(index.lookup(5050).value() == OffsetPosition{5050, 4950});
  CHECK(disk->read_count == reads);
}

TEST_CASE("An offset index refuses entries that do not rise or are too far from its base") {
  MemoryDirectory folder;
  auto index = offset_index(folder);
  REQUIRE(index.append(110, 5));
  CHECK_FALSE(index.append(110, 6).has_value());
  CHECK_FALSE(index.append(109, 6).has_value());
  CHECK_FALSE(index.append(100 + (std::int64_t{1} << 31), 6).has_value());
  CHECK_FALSE(index.append(120, -1).has_value());
  CHECK(index.append(100 + (std::int64_t{1} << 31) - 1, 6).has_value());
  CHECK(index.count() == 2);
}

TEST_CASE(
    "An index that is created has no file before its first entry is written, and nothing of an older one") {
  auto folder = std::make_shared<MemoryDirectory>();
  auto offsets = OffsetIndex::create(folder, 100, 1 << 20, "");
  auto times = TimeIndex::create(folder, 100, 1 << 20, "");
  REQUIRE(offsets.append(105, 7));
  CHECK(offsets.lookup(200).value() == OffsetPosition{105, 7});
  REQUIRE(offsets.truncate_to(100));
  REQUIRE(offsets.write_pending());
  CHECK(folder->files.empty());
  REQUIRE(offsets.append(106, 8));
  REQUIRE(offsets.write_pending());
  REQUIRE(times.file());
  CHECK(folder->files.size() == 2);
  CHECK(offset_index(*folder).lookup(200).value() == OffsetPosition{106, 8});

  offsets = OffsetIndex::create(folder, 100, 1 << 20, "");
  CHECK(offsets.count() == 0);
  REQUIRE(offsets.file());
  CHECK(folder->content(kIndexName).empty());
}

TEST_CASE("An offset index is full at its limit") {
  MemoryDirectory folder;
  auto index = offset_index(folder, 23);
  REQUIRE(index.append(110, 5));
  CHECK_FALSE(index.is_full());
  REQUIRE(index.append(111, 6));
  CHECK(index.is_full());
}

TEST_CASE("Truncating an offset index drops entries at and above the offset, in memory and in the file") {
  MemoryDirectory folder;
  auto index = offset_index(folder);
  for (int i = 1; i <= 4000; ++i)
    REQUIRE(index.append(100 + i, i));
  REQUIRE(index.truncate_to(3900));
  CHECK(index.last_offset() == 3899);
  REQUIRE(index.truncate_to(200));
  CHECK(index.count() == 99);
  CHECK(folder.content(kIndexName).size() == 99 * 8);
  CHECK(index.lookup(1000).value() == OffsetPosition{199, 99});
  REQUIRE(index.append(200, 1000));
  CHECK(index.lookup(1000).value() == OffsetPosition{200, 1000});
  REQUIRE(index.clear());
  CHECK(index.count() == 0);
  CHECK(index.last_offset() == 100);
  CHECK(folder.content(kIndexName).empty());
}

TEST_CASE(
    "The zeros of a preallocated index and a torn entry are no entries and are cut off by the next write") {
  MemoryDirectory folder;
  {
    auto index = offset_index(folder);
    for (int i = 1; i <= 3; ++i)
      REQUIRE(index.append(100 + i, i));
    REQUIRE(index.write_pending());
  }
  folder.content(kIndexName).resize(10 * 1024 + 3);
  auto index = offset_index(folder);
  CHECK(index.count() == 3);
  CHECK(index.lookup(200).value() == OffsetPosition{103, 3});
  REQUIRE(index.append(104, 4));
  REQUIRE(index.write_pending());
  CHECK(folder.content(kIndexName).size() == 4 * 8);
  CHECK(offset_index(folder).last_offset() == 104);

  folder.put(kTimeIndexName, std::string(1200, '\0'));
  CHECK(time_index(folder).count() == 0);
  folder.put(kTimeIndexName, std::string(12, '\0'));
  CHECK(time_index(folder).last() == TimestampOffset{0, 100});
}

TEST_CASE("A time index takes only later timestamps and finds the last one at or below") {
  MemoryDirectory folder;
  auto index = time_index(folder);
  CHECK(index.last() == TimestampOffset{-1, 100});
  REQUIRE(index.append_if_later({-1, 100}));
  CHECK(index.count() == 0);
  for (int i = 1; i <= 3000; ++i)
    REQUIRE(index.append_if_later({1000 + 10 * i, 100 + 2 * i}));
  REQUIRE(index.append_if_later({1010, 9000}));
  CHECK(index.count() == 3000);
  CHECK_FALSE(index.append_if_later({99999, 6099}).has_value());
  CHECK_FALSE(index.append_if_later({99999, 100 + (std::int64_t{1} << 31)}).has_value());
  for (int reopened = 0; reopened < 2; ++reopened) {
    CHECK(index.last() == TimestampOffset{31000, 6100});
    CHECK(index.lookup(1009).value() == TimestampOffset{-1, 100});
    CHECK(index.lookup(1010).value() == TimestampOffset{1010, 102});
    CHECK(index.lookup(5019).value() == TimestampOffset{5010, 902});
    CHECK(index.lookup(1 << 30).value() == TimestampOffset{31000, 6100});
    REQUIRE(index.write_pending());
    index = time_index(folder);
  }
  REQUIRE(index.truncate_to(903));
  CHECK(index.last() == TimestampOffset{5010, 902});
  REQUIRE(index.truncate_to(902));
  CHECK(index.last() == TimestampOffset{5000, 900});
  CHECK(folder.content(kTimeIndexName).size() == 400 * 12);
}

TEST_CASE("A time index keeps one entry free for the end of its segment") {
  MemoryDirectory folder;
  auto index = time_index(folder, 24);
  CHECK_FALSE(index.is_full());
  REQUIRE(index.append_if_later({1, 100}));
  CHECK(index.is_full());
}

}  // namespace
}  // namespace moldau::log
