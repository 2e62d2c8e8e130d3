#include "protocol/wire/json_writer.h"

#include <cmath>

#include "base/base64.h"
#include "base/java_double.h"

namespace moldau::wire {
namespace {

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
  text_ += '"' + encode_base64(value) + '"';
}

}  // namespace moldau::wire
