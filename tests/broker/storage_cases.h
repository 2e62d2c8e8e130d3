#pragma once

#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace moldau::broker::testing {

/// One run of the storage tool, and what Apache Kafka's said.
struct StorageRun {
  std::vector<std::string> arguments;
  std::vector<std::string> printed;
  int status = 0;
  std::optional<std::string> message;  ///< "usage": the arguments are none
};

/// What is there before, the runs, and the files that they left, in the form of left_file().
struct StorageCase {
  std::string name;
  std::vector<std::pair<std::string, std::string>> files;
  std::vector<std::string> folders;
  std::vector<StorageRun> runs;
  std::vector<std::pair<std::string, std::string>> left;
};

/// The cases of tests/golden/storage/cases.txt; compat-tests/golden-storage says what is in it.
std::vector<StorageCase> storage_cases();

/// A file that the tool wrote, without ids that it made up, CRCs and times: meta.properties as text with tabs
/// between its lines, others in hexadecimal. `directory_id` is the text of the log directory's.
std::string left_file(const std::string& name, std::string content, const std::string& directory_id);

}  // namespace moldau::broker::testing
