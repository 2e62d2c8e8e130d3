#include "protocol/wire/json_writer.h"

#include <cmath>

#include "base/java_double.h"

namespace moldau::wire {
namespace {

constexpr std::string_view kBase64 = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

/// The short escape of a control character, or nothing.
char short_escape(char c) {
  switch (c) {
    case '\b':
      return 'b';
    case '\t':
      return 't';
    case '\n':
      return 'n';
    case '\f':
      return 'f';
    case '\r':
      return 'r';
    case '"':
    case '\\':
      return c;
    default:
      return '\0';
  }
}

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
  const std::string text = java_double_text(value);
  if (std::isfinite(value)) {
    item(text);
  } else {
    this->value(std::string_view(text));
  }
}

void JsonWriter::value(std::string_view value) {
  separate();
  quote(value);
}

void JsonWriter::quote(std::string_view text) {
  constexpr std::string_view kHex = "0123456789ABCDEF";
  text_ += '"';
  for (const char c : text) {
    const auto code = static_cast<unsigned char>(c);
    if (const char escape = short_escape(c); escape != '\0') {
      text_ += '\\';
      text_ += escape;
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
