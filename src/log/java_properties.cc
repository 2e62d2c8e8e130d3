#include "log/java_properties.h"

#include <cstdint>
#include <utility>

namespace moldau::log {
namespace {

bool is_space(char c) {
  return c == ' ' || c == '\t' || c == '\f';
}

bool is_line_end(char c) {
  return c == '\n' || c == '\r';
}

/// Appends a code point below 0x10000 in UTF-8.
void append_utf8(std::string& to, std::uint32_t point) {
  constexpr std::uint32_t kOneByte = 0x80;
  constexpr std::uint32_t kTwoBytes = 0x800;
  const auto put = [&](std::uint32_t byte) { to.push_back(static_cast<char>(byte)); };
  if (point < kOneByte) {
    put(point);
  } else if (point < kTwoBytes) {
    put(0xC0 | (point >> 6));
    put(0x80 | (point & 0x3F));
  } else {
    put(0xE0 | (point >> 12));
    put(0x80 | ((point >> 6) & 0x3F));
    put(0x80 | (point & 0x3F));
  }
}

/// Four hex digits; false if there are not as many.
bool read_hex(std::string_view text, std::uint32_t& point) {
  constexpr std::size_t kDigits = 4;
  if (text.size() < kDigits) return false;
  point = 0;
  for (const char c : text.substr(0, kDigits)) {
    const int digit = c >= '0' && c <= '9'   ? c - '0'
                      : c >= 'a' && c <= 'f' ? c - 'a' + 10
                      : c >= 'A' && c <= 'F' ? c - 'A' + 10
                                             : -1;
    if (digit < 0) return false;
    point = point * 16 + static_cast<std::uint32_t>(digit);
  }
  return true;
}

/// Walks over logical lines: those that are continued become one.
class Lines {
 public:
  explicit Lines(std::string_view text) : rest_(text) {}

  /// The next line that is neither blank nor a comment, without leading white space; escapes are kept.
  bool next(std::string& line) {
    line.clear();
    while (!rest_.empty()) {
      std::string_view natural = take();
      strip(natural);
      if (line.empty() && (natural.empty() || natural.front() == '#' || natural.front() == '!')) continue;
      const bool continues = ends_in_open_backslash(natural);
      line += continues ? natural.substr(0, natural.size() - 1) : natural;
      if (!continues) return true;
    }
    return !line.empty();
  }

 private:
  std::string_view take() {
    std::size_t end = 0;
    while (end < rest_.size() && !is_line_end(rest_[end]))
      ++end;
    const std::string_view line = rest_.substr(0, end);
    if (rest_.substr(end).starts_with("\r\n")) ++end;
    rest_.remove_prefix(end < rest_.size() ? end + 1 : end);
    return line;
  }

  static void strip(std::string_view& line) {
    while (!line.empty() && is_space(line.front()))
      line.remove_prefix(1);
  }

  static bool ends_in_open_backslash(std::string_view line) {
    std::size_t count = 0;
    while (count < line.size() && line[line.size() - 1 - count] == '\\')
      ++count;
    return count % 2 == 1;
  }

  std::string_view rest_;
};

/// Resolves escapes; false for a malformed one.
bool unescape(std::string_view text, std::string& to) {
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '\\' || i + 1 == text.size()) {
      append_utf8(to, static_cast<std::uint8_t>(text[i]));
      continue;
    }
    const char escaped = text[++i];
    switch (escaped) {
      case 't':
        to += '\t';
        break;
      case 'n':
        to += '\n';
        break;
      case 'r':
        to += '\r';
        break;
      case 'f':
        to += '\f';
        break;
      case 'u': {
        std::uint32_t point = 0;
        if (!read_hex(text.substr(i + 1), point)) return false;
        append_utf8(to, point);
        i += 4;
        break;
      }
      default:
        append_utf8(to, static_cast<std::uint8_t>(escaped));
    }
  }
  return true;
}

/// Where the key ends: at the first separator that is not escaped.
std::size_t key_end(std::string_view line) {
  std::size_t at = 0;
  while (at < line.size() && !is_space(line[at]) && line[at] != '=' && line[at] != ':') {
    at += line[at] == '\\' ? 2 : 1;
  }
  return at < line.size() ? at : line.size();
}

void append_escaped(std::string& to, std::string_view text, bool is_key) {
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (c == '\t' || c == '\n' || c == '\r' || c == '\f') {
      to += '\\';
      to += c == '\t' ? 't' : c == '\n' ? 'n' : c == '\r' ? 'r' : 'f';
      continue;
    }
    const bool is_special = c == '\\' || c == '=' || c == ':' || c == '#' || c == '!';
    if (is_special || (c == ' ' && (is_key || i == 0))) to += '\\';
    to += c;
  }
}

}  // namespace

Result<JavaProperties> parse_java_properties(std::string_view text) {
  JavaProperties properties;
  Lines lines(text);
  for (std::string line; lines.next(line);) {
    const std::string_view whole = line;
    const std::size_t end = key_end(whole);
    std::size_t value_at = end;
    bool has_separator = false;
    while (value_at < whole.size() &&
           (is_space(whole[value_at]) ||
            (!has_separator && (whole[value_at] == '=' || whole[value_at] == ':')))) {
      has_separator = has_separator || !is_space(whole[value_at]);
      ++value_at;
    }
    std::string key;
    std::string value;
    if (!unescape(whole.substr(0, end), key) || !unescape(whole.substr(value_at), value)) {
      return fail(ErrorCode::kKafkaStorageError, "malformed \\u escape in a properties file");
    }
    properties[std::move(key)] = std::move(value);
  }
  return properties;
}

std::string format_java_properties(const JavaProperties& properties) {
  std::string text;
  for (const auto& [key, value] : properties) {
    append_escaped(text, key, true);
    text += '=';
    append_escaped(text, value, false);
    text += '\n';
  }
  return text;
}

}  // namespace moldau::log
