#include "observe/exposition.h"

#include <fmt/format.h>

namespace moldau::observe {
namespace {

void append_escaped(std::string& text, std::string_view value, bool in_quotes) {
  for (const char c : value) {
    if (c == '\n') {
      text += "\\n";
      continue;
    }
    if (c == '\\' || (in_quotes && c == '"')) text += '\\';
    text += c;
  }
}

}  // namespace

std::string_view name_of(MetricType type) {
  switch (type) {
    case MetricType::kCounter:
      return "counter";
    case MetricType::kGauge:
      return "gauge";
    case MetricType::kSummary:
      return "summary";
  }
  return {};
}

void Exposition::begin(std::string_view name, MetricType type, std::string_view help) {
  name_ = name;
  text_.append("# HELP ").append(name).append(" ");
  append_escaped(text_, help, false);
  text_.append("\n# TYPE ").append(name).append(" ").append(name_of(type)).append("\n");
}

void Exposition::add(Labels labels, std::uint64_t value) {
  write({}, labels, fmt::format_int(value).c_str());
}

void Exposition::add(Labels labels, std::int64_t value) {
  write({}, labels, fmt::format_int(value).c_str());
}

void Exposition::add(Labels labels, double value) {
  write({}, labels, fmt::format("{}", value));
}

void Exposition::add_suffixed(std::string_view suffix, Labels labels, std::uint64_t value) {
  write(suffix, labels, fmt::format_int(value).c_str());
}

void Exposition::add_suffixed(std::string_view suffix, Labels labels, double value) {
  write(suffix, labels, fmt::format("{}", value));
}

void Exposition::write(std::string_view suffix, Labels labels, std::string_view value) {
  text_.append(name_).append(suffix);
  char before = '{';
  for (const auto& [name, label] : labels) {
    text_ += before;
    text_.append(name).append("=\"");
    append_escaped(text_, label, true);
    text_ += '"';
    before = ',';
  }
  if (labels.size() > 0) text_ += '}';
  text_.append(" ").append(value).append("\n");
}

}  // namespace moldau::observe
