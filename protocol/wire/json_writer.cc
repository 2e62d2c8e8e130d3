#include "protocol/wire/json_writer.h"

#include <array>
#include <charconv>
#include <cmath>

namespace moldau::wire {
namespace {

constexpr std::string_view kBase64 = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

}  // namespace

void JsonWriter::separate() {
  if (!first_) text_ += ',';
  first_ = false;
}

void JsonWriter::open(char bracket) {
  separate();
  text_ += bracket;
  first_ = true;
}

void JsonWriter::close(char bracket) {
  text_ += bracket;
  first_ = false;
}

void JsonWriter::item(std::string_view text) {
  separate();
  text_ += text;
}

void JsonWriter::key(std::string_view name) {
  separate();
  quote(name);
  text_ += ':';
  first_ = true;
}

void JsonWriter::value(double value) {
  if (!std::isfinite(value)) {
    this->value(std::string_view(std::isnan(value) ? "NaN" : value > 0 ? "Infinity" : "-Infinity"));
    return;
  }
  std::array<char, 32> digits{};
  const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), value).ptr;
  std::string text(digits.data(), end);
  // A number without a point would read back as an integer, and lose the sign of zero.
  if (text.find_first_of(".e") == std::string::npos) text += ".0";
  item(text);
}

void JsonWriter::value(std::string_view value) {
  separate();
  quote(value);
}

void JsonWriter::quote(std::string_view text) {
  constexpr std::string_view kHex = "0123456789abcdef";
  text_ += '"';
  for (const char c : text) {
    const auto code = static_cast<unsigned char>(c);
    if (c == '"' || c == '\\') {
      text_ += '\\';
      text_ += c;
    } else if (code < 0x20) {
      text_ += "\\u00";
      text_ += kHex[code >> 4];
      text_ += kHex[code & 0x0F];
    } else {
      text_ += c;
    }
  }
  text_ += '"';
}

void JsonWriter::value(ByteView value) {
  separate();
  text_ += '"';
  for (std::size_t i = 0; i < value.size(); i += 3) {
    const std::size_t left = value.size() - i;
    const std::uint32_t group = (std::uint32_t{value[i]} << 16) |
                                (left > 1 ? std::uint32_t{value[i + 1]} << 8 : 0U) |
                                (left > 2 ? std::uint32_t{value[i + 2]} : 0U);
    text_ += kBase64[group >> 18];
    text_ += kBase64[(group >> 12) & 0x3F];
    text_ += left > 1 ? kBase64[(group >> 6) & 0x3F] : '=';
    text_ += left > 2 ? kBase64[group & 0x3F] : '=';
  }
  text_ += '"';
}

}  // namespace moldau::wire
