#include <algorithm>
#include <string>
#include <vector>

#include <doctest/doctest.h>

#include "golden.h"
#include "test_host.h"
#include "tools/dump_log.h"

using namespace moldau::tools;
using namespace moldau::tools::testing;

namespace {

/// The decoder that compat-tests/golden-disk asked for.
RecordKind kind_of(const std::string& path) {
  if (path.ends_with(".checkpoint") || path.find("__cluster_metadata-") != std::string::npos) {
    return RecordKind::kClusterMetadata;
  }
  if (path.find("__consumer_offsets-") != std::string::npos) return RecordKind::kOffsets;
  if (path.find("__transaction_state-") != std::string::npos) return RecordKind::kTransactionLog;
  return RecordKind::kData;
}

/// Dumps every file that Apache Kafka's tool was asked to dump; gives how many.
int check_directory(const std::string& name) {
  int files = 0;
  std::vector<std::string> expected_complaints;
  std::vector<std::string> complaints;
  for (const Section& section : golden_sections("apache/disk/" + name + ".txt")) {
    if (section.title.ends_with(" bytes")) continue;
    CAPTURE(section.title);
    TestHost host(std::string(MOLDAU_UNPACKED_DIR) + "/" + name);
    DumpOptions options{.files = section.title, .kind = kind_of(section.title), .deep_iteration = true};
    options.print_data_log = options.kind == RecordKind::kData;
    CHECK(dump_log(options, host) == 0);
    REQUIRE(!host.printed.empty());
    CHECK(host.printed.front() == "Dumping " + section.title);
    host.printed.erase(host.printed.begin());
    // Complaints of all files stand behind the last one.
    REQUIRE(section.lines.size() >= host.printed.size());
    const auto end = section.lines.begin() + static_cast<std::ptrdiff_t>(host.printed.size());
    const std::vector<std::string> expected(section.lines.begin(), end);
    CHECK(host.printed == expected);
    expected_complaints.insert(expected_complaints.end(), end, section.lines.end());
    complaints.insert(complaints.end(), host.complaints.begin(), host.complaints.end());
    ++files;
  }
  std::ranges::sort(expected_complaints);
  std::ranges::sort(complaints);
  CHECK(complaints == expected_complaints);
  return files;
}

}  // namespace

TEST_CASE("the files of a node of Apache Kafka are dumped as by its own tool") {
  CHECK(check_directory("static-2-started") == 4);
  CHECK(check_directory("static-3-loaded") > 50);
  CHECK(check_directory("static-4-killed") > 50);
  CHECK(check_directory("static-5-recovered") > 50);
  CHECK(check_directory("standalone-1-formatted") == 1);
  CHECK(check_directory("standalone-2-started") == 5);
}
