#pragma once

#include <cstddef>
#include <fstream>
#include <sstream>
#include <string>
#include <string_view>
#include <vector>

namespace moldau::tools::testing {

inline std::vector<std::string> lines_of(std::string_view text) {
  std::vector<std::string> lines;
  while (!text.empty()) {
    const auto end = text.find('\n');
    lines.emplace_back(text.substr(0, end));
    text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
  }
  return lines;
}

/// A file of tests/golden.
inline std::vector<std::string> golden_lines(const std::string& name) {
  std::ifstream file(std::string(MOLDAU_GOLDEN_DIR) + "/" + name, std::ios::binary);
  std::ostringstream text;
  text << file.rdbuf();
  return lines_of(text.str());
}

/// Lines that stand behind one that begins with "== ", whose rest is the title.
struct Section {
  std::string title;
  std::vector<std::string> lines;
};

inline std::vector<Section> golden_sections(const std::string& name) {
  constexpr std::string_view kMark = "== ";
  std::vector<Section> sections;
  for (std::string& line : golden_lines(name)) {
    if (line.starts_with(kMark)) {
      sections.push_back({line.substr(kMark.size()), {}});
    } else if (!sections.empty()) {
      sections.back().lines.push_back(std::move(line));
    }
  }
  return sections;
}

}  // namespace moldau::tools::testing
