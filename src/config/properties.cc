#include "config/properties.h"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <utility>
#include <vector>

#include "config/java_number.h"

namespace moldau::config {
namespace {

bool is_blank(char c) {
  return c == ' ' || c == '\t' || c == '\f';
}

void append_utf8(std::string& out, std::uint32_t point) {
  const auto put = [&](std::uint32_t byte) { out.push_back(static_cast<char>(byte)); };
  if (point < 0x80) {
    put(point);
  } else if (point < 0x800) {
    put(0xC0 | (point >> 6));
    put(0x80 | (point & 0x3F));
  } else if (point < 0x10000) {
    put(0xE0 | (point >> 12));
    put(0x80 | ((point >> 6) & 0x3F));
    put(0x80 | (point & 0x3F));
  } else {
    put(0xF0 | (point >> 18));
    put(0x80 | ((point >> 12) & 0x3F));
    put(0x80 | ((point >> 6) & 0x3F));
    put(0x80 | (point & 0x3F));
  }
}

/// A logical line: continuation lines joined, leading blanks dropped, escapes still in place.
class LogicalLines {
 public:
  explicit LogicalLines(std::string_view file) : rest_(file) {}

  /// The next line that is neither blank nor a comment; false at the end.
  bool next(std::string& line) {
    while (!rest_.empty()) {
      line.clear();
      std::string_view natural = take_natural();
      start_ = number_;
      natural = without_leading_blanks(natural);
      if (natural.empty() || natural.front() == '#' || natural.front() == '!') continue;
      while (ends_in_continuation(natural)) {
        line.append(natural.substr(0, natural.size() - 1));
        if (rest_.empty()) return true;
        natural = without_leading_blanks(take_natural());
      }
      line.append(natural);
      if (!line.empty()) return true;
    }
    return false;
  }

  /// Number of the first natural line of the last logical line, from 1.
  int number() const { return start_; }

 private:
  std::string_view take_natural() {
    ++number_;
    const std::size_t end = rest_.find_first_of("\r\n");
    const std::string_view line = rest_.substr(0, end);
    if (end == std::string_view::npos) {
      rest_ = {};
    } else {
      rest_.remove_prefix(end + (rest_.substr(end).starts_with("\r\n") ? 2 : 1));
    }
    return line;
  }

  static std::string_view without_leading_blanks(std::string_view line) {
    while (!line.empty() && is_blank(line.front()))
      line.remove_prefix(1);
    return line;
  }

  static bool ends_in_continuation(std::string_view line) {
    std::size_t backslashes = 0;
    while (backslashes < line.size() && line[line.size() - 1 - backslashes] == '\\')
      ++backslashes;
    return backslashes % 2 == 1;
  }

  std::string_view rest_;
  int number_ = 0;
  int start_ = 0;
};

std::optional<std::uint32_t> hex_unit(std::string_view digits) {
  if (digits.size() < 4) return std::nullopt;
  std::uint32_t unit = 0;
  for (const char c : digits.substr(0, 4)) {
    const std::uint32_t digit = c >= '0' && c <= '9'   ? static_cast<std::uint32_t>(c - '0')
                                : c >= 'a' && c <= 'f' ? static_cast<std::uint32_t>(c - 'a') + 10
                                : c >= 'A' && c <= 'F' ? static_cast<std::uint32_t>(c - 'A') + 10
                                                       : 16;
    if (digit == 16) return std::nullopt;
    unit = unit * 16 + digit;
  }
  return unit;
}

char unescaped(char c) {
  switch (c) {
    case 't':
      return '\t';
    case 'n':
      return '\n';
    case 'r':
      return '\r';
    case 'f':
      return '\f';
    default:
      return c;
  }
}

/// Resolves escapes and turns the encoding into UTF-8; nullopt for a malformed \uXXXX. Lone surrogates become
/// U+FFFD.
std::optional<std::string> resolve(std::string_view raw, PropertiesEncoding encoding) {
  std::string text;
  std::uint32_t high = 0;
  for (std::size_t i = 0; i < raw.size(); ++i) {
    std::uint32_t unit = static_cast<std::uint8_t>(raw[i]);
    if (encoding == PropertiesEncoding::kUtf8) {
      // A backslash before what has no meaning behind one says nothing.
      if (raw[i] == '\\' && i + 1 < raw.size() && static_cast<std::uint8_t>(raw[i + 1]) >= 0x80) continue;
    }
    if (encoding == PropertiesEncoding::kUtf8 && unit >= 0x80) {
      if (std::exchange(high, 0) != 0) append_utf8(text, 0xFFFD);
      text.push_back(raw[i]);
      continue;
    }
    if (raw[i] == '\\' && i + 1 < raw.size()) {
      ++i;
      if (raw[i] == 'u') {
        const auto read = hex_unit(raw.substr(i + 1));
        if (!read) return std::nullopt;
        unit = *read;
        i += 4;
      } else {
        unit = static_cast<std::uint8_t>(unescaped(raw[i]));
      }
    } else if (raw[i] == '\\') {
      break;
    }
    const bool is_low = unit >= 0xDC00 && unit < 0xE000;
    if (high != 0) {
      append_utf8(text, is_low ? 0x10000 + ((high - 0xD800) << 10) + (unit - 0xDC00) : 0xFFFD);
      const bool paired = is_low;
      high = 0;
      if (paired) continue;
    }
    if (unit >= 0xD800 && unit < 0xDC00) {
      high = unit;
    } else {
      append_utf8(text, is_low ? 0xFFFD : unit);
    }
  }
  if (high != 0) append_utf8(text, 0xFFFD);
  return text;
}

/// Where the name ends and where the value starts.
std::pair<std::size_t, std::size_t> split(std::string_view line) {
  std::size_t i = 0;
  while (i < line.size() && line[i] != '=' && line[i] != ':' && !is_blank(line[i])) {
    i += line[i] == '\\' ? 2 : 1;
  }
  const std::size_t name_end = i < line.size() ? i : line.size();
  std::size_t value = name_end;
  while (value < line.size() && is_blank(line[value]))
    ++value;
  if (value < line.size() && (line[value] == '=' || line[value] == ':')) ++value;
  while (value < line.size() && is_blank(line[value]))
    ++value;
  return {name_end, value};
}

}  // namespace

Result<Properties> parse_properties(std::string_view file, PropertiesEncoding encoding) {
  Properties properties;
  LogicalLines lines(file);
  std::string line;
  while (lines.next(line)) {
    const auto [name_end, value_start] = split(line);
    auto name = resolve(std::string_view(line).substr(0, name_end), encoding);
    auto value = resolve(std::string_view(line).substr(value_start), encoding);
    if (!name || !value) {
      return fail(ErrorCode::kInvalidConfig,
                  "Malformed \\uxxxx encoding in line " + std::to_string(lines.number()) + ".");
    }
    properties.insert_or_assign(*std::move(name), *std::move(value));
  }
  return properties;
}

Result<std::pair<std::string, std::string>> parse_override(std::string_view argument) {
  const std::size_t equals = argument.find('=');
  if (equals == std::string_view::npos || trim(argument.substr(0, equals)).empty()) {
    return fail(ErrorCode::kInvalidConfig,
                "Invalid value " + std::string(argument) + " for --override: the form is name=value");
  }
  return std::pair(std::string(trim(argument.substr(0, equals))),
                   std::string(trim(argument.substr(equals + 1))));
}

}  // namespace moldau::config
