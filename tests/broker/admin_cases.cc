#include "admin_cases.h"

#include <algorithm>
#include <fstream>
#include <sstream>

namespace moldau::broker::testing {
namespace {

/// Words are separated by blanks; '' is an empty one, and ~ a blank within one.
std::vector<std::string> words_of(const std::string& line) {
  std::istringstream stream(line);
  std::vector<std::string> words;
  for (std::string word; stream >> word;) {
    if (word == "''") word.clear();
    std::ranges::replace(word, '~', ' ');
    words.push_back(word);
  }
  return words;
}

}  // namespace

std::vector<AdminCase> admin_cases() {
  std::ifstream file(std::string(MOLDAU_GOLDEN_DIR) + "/tools/cases.txt", std::ios::binary);
  std::vector<AdminCase> cases;
  bool is_complaint = false;
  for (std::string line; std::getline(file, line);) {
    if (line.starts_with("$ ")) {
      const std::string called = line.substr(2);
      cases.push_back({.line = called, .arguments = words_of(called), .printed = {}, .complaint = {}});
      is_complaint = false;
    } else if (line == "-- err") {
      is_complaint = true;
    } else if (line.starts_with("-- status ")) {
      cases.back().status = std::stoi(line.substr(10));
    } else if (is_complaint) {
      cases.back().complaint = line;
    } else {
      cases.back().printed += line + "\n";
    }
  }
  return cases;
}

}  // namespace moldau::broker::testing
