#include <algorithm>
#include <sstream>
#include <string>
#include <string_view>
#include <vector>

#include <doctest/doctest.h>

#include "golden.h"
#include "test_host.h"
#include "tools/dump_log.h"

using namespace moldau::tools;
using namespace moldau::tools::testing;

namespace {

constexpr std::string_view kStderr = "-- stderr";
constexpr std::string_view kFailed = "-- failed: ";

DumpOptions parse_arguments(const std::string& arguments) {
  DumpOptions options;
  std::istringstream words(arguments);
  for (std::string word; words >> word;) {
    if (word == "--files") words >> options.files;
    if (word == "--max-bytes") words >> options.max_bytes;
    if (word == "--max-message-size") words >> options.max_message_size;
    options.print_data_log |= word == "--print-data-log";
    options.deep_iteration |= word == "--deep-iteration";
    options.verify_index_only |= word == "--verify-index-only";
    options.index_sanity_check |= word == "--index-sanity-check";
    options.skip_record_metadata |= word == "--skip-record-metadata";
    if (word == "--cluster-metadata-decoder") options.kind = RecordKind::kClusterMetadata;
    if (word == "--offsets-decoder") options.kind = RecordKind::kOffsets;
    if (word == "--transaction-log-decoder") options.kind = RecordKind::kTransactionLog;
    if (word == "--share-group-state-decoder") options.kind = RecordKind::kShareGroupState;
  }
  return options;
}

/// What a case says of its output.
struct Expected {
  std::vector<std::string> printed;
  std::vector<std::string> complaints;
  bool fails = false;
};

Expected expected_of(const Section& section) {
  Expected expected;
  auto* lines = &expected.printed;
  for (const std::string& line : section.lines) {
    if (line == kStderr) {
      lines = &expected.complaints;
    } else if (line.starts_with(kFailed)) {
      expected.fails = true;
    } else {
      lines->push_back(line);
    }
  }
  return expected;
}

/// Lines in which our own reader's reason replaces that of a Java exception.
std::vector<std::string> without_reasons(const std::vector<std::string>& lines) {
  std::vector<std::string> shortened;
  for (const std::string& line : lines) {
    const auto end = line.find(" due to: ");
    shortened.push_back(end == std::string::npos ? line : line.substr(0, end));
  }
  return shortened;
}

/// A line may hold line feeds of its own.
std::vector<std::string> printed_lines(const TestHost& host) {
  std::vector<std::string> lines;
  for (const std::string& line : host.printed) {
    auto pieces = lines_of(line.empty() ? "\n" : line);
    lines.insert(lines.end(), pieces.begin(), pieces.end());
  }
  return lines;
}

}  // namespace

TEST_CASE("files of every kind, sound and broken, are dumped as by the tool of Apache Kafka") {
  const auto sections = golden_sections("dump/cases.txt");
  CHECK(sections.size() > 100);
  for (const Section& section : sections) {
    CAPTURE(section.title);
    const Expected expected = expected_of(section);
    TestHost host(std::string(MOLDAU_UNPACKED_DIR) + "/files");
    const int status = dump_log(parse_arguments(section.title), host);
    CHECK(status == (expected.fails ? 1 : 0));
    CHECK(without_reasons(printed_lines(host)) == without_reasons(expected.printed));
    if (expected.fails) {
      // Where the tool ends by an exception, a sentence says what is wrong and in which file.
      CHECK(host.complaints.size() == expected.complaints.size() + 1);
      continue;
    }
    const bool is_corrupt_snapshot = section.title.ends_with(".snapshot") && !expected.complaints.empty();
    if (is_corrupt_snapshot) {
      CHECK(host.complaints.size() == 1);
    } else {
      CHECK(host.complaints == expected.complaints);
    }
  }
}
