#pragma once

#include <fstream>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace moldau::config {

/// A case of a file of "== name" cases, each with parts under "-- title" lines; the part before has none.
struct GoldenCase {
  std::string name;
  std::map<std::string, std::vector<std::string>, std::less<>> parts;

  bool has(std::string_view title) const { return parts.contains(title); }

  /// The lines of a part, each with a line end.
  std::string text(std::string_view title) const {
    std::string text;
    const auto part = parts.find(title);
    if (part == parts.end()) return text;
    for (const std::string& line : part->second)
      text += line + "\n";
    return text;
  }
};

inline std::vector<GoldenCase> golden_cases(const std::string& file) {
  std::ifstream stream(std::string(MOLDAU_GOLDEN_DIR) + "/" + file);
  std::vector<GoldenCase> cases;
  std::string title;
  for (std::string line; std::getline(stream, line);) {
    if (line.starts_with("== ")) {
      cases.push_back({.name = line.substr(3), .parts = {}});
      title.clear();
    } else if (line.starts_with("-- ")) {
      title = line.substr(3);
      cases.back().parts[title];
    } else {
      cases.back().parts[title].push_back(line);
    }
  }
  return cases;
}

/// A value as the golden files write it.
inline std::string escaped(std::string_view text) {
  std::string result;
  for (const char c : text) {
    if (c == '\\') {
      result += "\\\\";
    } else if (c == '\n') {
      result += "\\n";
    } else {
      result += c;
    }
  }
  return result;
}

}  // namespace moldau::config
