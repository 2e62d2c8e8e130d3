#include <algorithm>
#include <cstdint>
#include <memory>
#include <string_view>

#include <doctest/doctest.h>

#include "log/file_content.h"
#include "log/file_names.h"
#include "logs.h"
#include "protocol/records/codec.h"

namespace moldau::log {
namespace {

using namespace testing;

constexpr int kSegments = 20;

/// How many files of that kind somebody has open.
int open_files(const MemoryDirectory& folder, std::string_view suffix) {
  return static_cast<int>(std::ranges::count_if(folder.files, [&](const auto& file) {
    return file.first.ends_with(suffix) && file.second.use_count() > 1;
  }));
}

void check_open_files(const MemoryDirectory& folder) {
  constexpr int kMost = static_cast<int>(PartitionLog::kEndedSegmentsOpen) + 1;
  for (const std::string_view suffix : {kLogSuffix, kOffsetIndexSuffix, kTimeIndexSuffix})
    CHECK(open_files(folder, suffix) <= kMost);
}

TEST_CASE("However a log is used, only the files of a few ended segments are open") {
  const auto folder = std::make_shared<MemoryDirectory>();
  auto log = open(folder);
  for (int i = 0; i < kSegments; ++i) {
    if (i > 0) REQUIRE(log->roll(1000));
    append(*log, batch_of(1, 1000 + i));
    flush(*log);
    check_open_files(*folder);
  }
  CHECK(open_files(*folder, kLogSuffix) == static_cast<int>(PartitionLog::kEndedSegmentsOpen) + 1);
  moldau::records::DecoderSet decoders;
  const auto use = [&] {
    for (std::int64_t offset = 0; offset < kSegments; ++offset) {
      CHECK(log->read(offset, 1 << 20, kNoBound, true)->base_offset == offset);
      CHECK(log->offset_for_timestamp(1000 + offset, decoders).value()->offset == offset);
      check_open_files(*folder);
    }
    CHECK(log->max_timestamp(decoders).value()->offset == kSegments - 1);
    CHECK(log->aborted_transactions(0, kSegments).value().empty());
    CHECK(log->segments().value().size() == kSegments);
    check_open_files(*folder);
  };
  use();
  log.reset();
  log = open(folder);
  check_open_files(*folder);
  use();
  REQUIRE(log->close_clean());
  log = reopen_clean(folder);
  check_open_files(*folder);
  use();
}

TEST_CASE(
    "What was read stays readable when the files of its segment are let go of, and a segment is used again") {
  const auto folder = std::make_shared<MemoryDirectory>();
  const auto log = open(folder);
  for (int i = 0; i < kSegments; ++i) {
    if (i > 0) REQUIRE(log->roll(1000));
    append(*log, batch_of(1, 1000));
  }
  const auto first = log->read(0, 1 << 20, kNoBound, true).value();
  for (std::int64_t offset = 1; offset < kSegments; ++offset)
    CHECK(log->read(offset, 1 << 20, kNoBound, true).has_value());
  Bytes bytes(static_cast<std::size_t>(first.slice.size_bytes));
  REQUIRE(read_exactly(*first.slice.file, first.slice.position, bytes));
  CHECK(records::BatchView::parse(bytes).value().base_offset() == 0);
  // The segment at the end of a log that was cut is written to again.
  REQUIRE(log->truncate_to(3, 1000));
  append(*log, batch_of(1, 2000));
  for (std::int64_t offset = 0; offset < 4; ++offset)
    CHECK(log->read(offset, 1 << 20, kNoBound, true)->base_offset == offset);
  append(*log, batch_of(1, 3000));
  CHECK(log->log_end_offset() == 5);
}

}  // namespace
}  // namespace moldau::log
