#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/bytes.h"
#include "base/error_code.h"
#include "base/strong_id.h"
#include "base/uuid.h"
#include "protocol/wire/records.h"

namespace moldau::wire {

/// Builds the JSON text of a message in the form of Apache Kafka's own converters, to the letter: bytes as
/// base64, uuids in their text form, codes as numbers, floating point numbers as Java writes them. Texts that
/// are not UTF-8 are copied as they are.
class JsonWriter {
 public:
  const std::string& text() const { return text_; }

  void begin_object() { open('{'); }
  void end_object() { close('}'); }
  void begin_array() { open('['); }
  void end_array() { close(']'); }
  void key(std::string_view name);

  void value(bool value) { item(value ? "true" : "false"); }
  void value(std::int64_t value) { item(std::to_string(value)); }
  void value(double value);
  void value(std::string_view value);
  void value(const char* text) { value(std::string_view(text)); }
  void value(ByteView value);
  void value(const Records& records) { value(records.bytes); }
  void value(const Uuid& id) { value(std::string_view(id.to_string())); }
  void value(ErrorCode code) { value(static_cast<std::int64_t>(code)); }
  template <class Tag, class Rep>
  void value(const StrongId<Tag, Rep>& id) {
    value(typename Widened<Rep>::Type(id.value()));
  }
  void null() { item("null"); }
  /// A value that is JSON already.
  void json(std::string_view text) { item(text); }

 private:
  template <class Rep>
  struct Widened {
    using Type = std::int64_t;
  };

  void open(char bracket);
  void close(char bracket);
  void item(std::string_view text);
  void separate();
  void quote(std::string_view text);

  std::string text_;
  bool first_ = true;
};

template <>
struct JsonWriter::Widened<std::string_view> {
  using Type = std::string_view;
};

}  // namespace moldau::wire
