// The crash tests reach every place of the program that changes the disk.

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <map>
#include <regex>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include <doctest/doctest.h>

#include "tests/sim/compaction_script.h"
#include "tests/sim/crash_run.h"
#include "tests/sim/log_run.h"
#include "tests/sim/tests/move_run.h"

namespace moldau::sim {
namespace {

/// A call in the source that may change the disk.
struct Place {
  std::string file;
  std::uint32_t line = 0;
  std::string text;
};

/// Calls of that name that are no calls of io.
bool is_something_else(const std::string& text) {
  static const std::vector<std::string> kOthers = {
      "entries_.truncate(",  // an index cuts its entries, entry_file.cc its file
      "log_.sync(",          // the metadata log, which asks a lane for it
      "coordinator_.sync(",  // SyncGroup
      "groups.sync(",        // SyncGroup
  };
  return std::ranges::any_of(kOthers, [&](const std::string& other) { return text.contains(other); });
}

std::vector<Place> places_in_source() {
  static const std::regex kCall(
      R"((->|\.)(write_at|sync|rename|remove_file|remove_directory|truncate|make_read_only)\()");
  const std::filesystem::path root(MOLDAU_SOURCE_DIR);
  std::vector<Place> places;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(root / "src")) {
    const std::string name = std::filesystem::relative(entry.path(), root).string();
    const bool is_source = name.ends_with(".cc") || name.ends_with(".h");
    if (!is_source || name.starts_with("src/io/") || name.starts_with("src/tools/")) continue;
    std::ifstream file(entry.path());
    std::string line;
    for (std::uint32_t number = 1; std::getline(file, line); ++number) {
      if (std::regex_search(line, kCall) && !is_something_else(line)) places.push_back({name, number, line});
    }
  }
  return places;
}

TEST_CASE("The crash tests reach every call that writes, syncs, renames, removes, truncates or protects") {
  std::set<std::pair<std::string, std::uint32_t>> reached;
  const auto note = [&](const std::map<io::sim::DiskSite, std::uint64_t>& sites) {
    for (const auto& [site, count] : sites) {
      reached.insert({site.file, site.line});
    }
  };
  const CrashRun whole({.seed = 1});
  note(whole.sites());
  // Among some calls in a row is a sync; what a failed one covers is written again.
  for (io::sim::CallNumber call = whole.calls() / 2; call < whole.calls() / 2 + 20; ++call) {
    note(CrashRun({.seed = 1, .fault = io::sim::DiskFault::Kind::kIoError, .call = call}).sites());
  }
  note(CrashRun({.seed = 2}).sites());
  // Formatting a dynamic quorum takes its first calls; some are made only where it was cut short before.
  for (io::sim::CallNumber call = 1; call <= 20; ++call) {
    note(CrashRun({.seed = 2, .fault = io::sim::DiskFault::Kind::kCrash, .call = call}).sites());
  }
  for (std::uint64_t seed = 1; seed <= 30; ++seed) {
    const LogRun log_run(seed, 0);
    note(log_run.sites());
    note(LogRun(seed, log_run.calls() / 2).sites());
    note(CompactionRun(seed, 0).sites());
  }
  note(run_move(Ending::kKill, false, 0).sites);
  std::map<io::sim::DiskSite, std::uint64_t> of_copies;
  run_without_source(&of_copies);
  note(of_copies);
  const std::vector<Place> places = places_in_source();
  CHECK(places.size() > 25);
  for (const Place& place : places) {
    CHECK_MESSAGE(reached.contains({place.file, place.line}),
                  place.file << ":" << place.line << " is not reached: " << place.text);
  }
}

}  // namespace
}  // namespace moldau::sim
