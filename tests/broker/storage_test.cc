#include <algorithm>
#include <filesystem>
#include <set>
#include <sstream>
#include <string>
#include <vector>

#include <doctest/doctest.h>

#include "broker/program.h"
#include "storage_cases.h"
#include "temp_folder.h"

using namespace moldau::broker;
using namespace moldau::broker::testing;

namespace {

std::string replaced(std::string text, std::string_view from, std::string_view to) {
  for (auto at = text.find(from); at != std::string::npos; at = text.find(from, at + to.size())) {
    text.replace(at, from.size(), to);
  }
  return text;
}

/// The lines; those that name directories are in the order of Apache Kafka's hash map, so they go by name.
std::vector<std::string> lines_of(const std::string& text) {
  std::istringstream stream(text);
  std::vector<std::string> lines;
  std::vector<std::string> directories;
  for (std::string line; std::getline(stream, line);) {
    (line.starts_with("Formatting ") ? directories : lines).push_back(line);
  }
  std::ranges::sort(directories);
  lines.insert(lines.end(), directories.begin(), directories.end());
  return lines;
}

/// Cases whose text is Java's own.
bool says_it_differently(const std::string& name) {
  return name == "help" || name == "a configuration that is not there";
}

void check_run(const StorageRun& run, const StorageCase& whole, const TempFolder& folder) {
  std::vector<std::string> arguments{"storage"};
  for (const std::string& argument : run.arguments) {
    const std::string text = replaced(argument, "$DIR", folder.path());
    arguments.push_back(text == "server.properties" ? folder.path() + "/" + text : text);
  }
  std::ostringstream out;
  std::ostringstream err;
  CHECK(run_program(arguments, out, err) == run.status);
  if (says_it_differently(whole.name)) return;
  const std::string printed = replaced(out.str(), folder.path(), "$DIR");
  const std::string said = replaced(err.str(), folder.path(), "$DIR");
  if (!run.message) {
    CHECK(lines_of(printed) == run.printed);
    CHECK(said.empty());
  } else if (*run.message == "usage") {
    CHECK_FALSE(said.empty());
  } else {
    CHECK(lines_of(printed) == run.printed);
    CHECK(said == *run.message + "\n");
  }
}

std::string directory_id_of(const TempFolder& folder, const std::string& log_dir) {
  const std::string text = folder.read(log_dir + "/meta.properties");
  const auto at = text.find("directory.id=");
  if (at == std::string::npos) return "AAAAAAAAAAAAAAAAAAAAAA";
  const auto begin = at + std::string("directory.id=").size();
  return text.substr(begin, text.find('\n', begin) - begin);
}

void check_files(const StorageCase& whole, const TempFolder& folder) {
  std::set<std::string> given;
  for (const auto& [name, content] : whole.files) {
    given.insert(name);
  }
  std::vector<std::pair<std::string, std::string>> left;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(folder.path())) {
    const std::string name = std::filesystem::relative(entry.path(), folder.path()).string();
    if (!entry.is_regular_file() || given.contains(name)) continue;
    std::filesystem::path log_dir = std::filesystem::path(name).parent_path();
    if (log_dir.filename() == "__cluster_metadata-0") log_dir = log_dir.parent_path();
    left.emplace_back(name, left_file(name, folder.read(name), directory_id_of(folder, log_dir.string())));
  }
  std::ranges::sort(left);
  CHECK(left == whole.left);
}

}  // namespace

TEST_CASE("the storage tool says what Apache Kafka's says, and leaves the same files") {
  const auto cases = storage_cases();
  CHECK(cases.size() > 250);
  for (const StorageCase& whole : cases) {
    CAPTURE(whole.name);
    const TempFolder folder;
    for (const auto& [name, content] : whole.files) {
      folder.write(name, replaced(content, "$DIR", folder.path()));
    }
    for (const std::string& name : whole.folders) {
      std::filesystem::create_directories(folder.path() + "/" + name);
    }
    for (const StorageRun& run : whole.runs) {
      check_run(run, whole, folder);
    }
    check_files(whole, folder);
  }
}

TEST_CASE("random ids differ and never look like a flag") {
  std::set<std::string> ids;
  for (int i = 0; i < 200; ++i) {
    std::ostringstream out;
    std::ostringstream err;
    REQUIRE(run_program({"storage", "random-uuid"}, out, err) == 0);
    CHECK(out.str().size() == 23);
    CHECK(out.str().front() != '-');
    ids.insert(out.str());
  }
  CHECK(ids.size() == 200);
}
