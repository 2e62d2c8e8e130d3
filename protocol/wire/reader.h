#pragma once

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

#include "base/bytes.h"
#include "base/endian.h"
#include "base/error_code.h"
#include "base/result.h"
#include "base/uuid.h"
#include "protocol/wire/blob.h"
#include "protocol/wire/records.h"

namespace moldau::wire {

/// Which of the two encodings of lengths a version uses (KIP-482).
enum class Form : bool { kPlain, kFlexible };

/// Reads Kafka's wire types (docs/schemas.md) from bytes it never leaves. Sticky: after the first thing that
/// is wrong it yields zeros and empty views, so that callers check once, at the end. Views point into the
/// bytes handed in. What decoding allocates is bounded: arrays and unknown tagged fields get at most
/// 4 times the size of the bytes and 64 MiB.
class Reader {
 public:
  explicit Reader(ByteView bytes) : bytes_(bytes), memory_bytes_(4 * bytes.size() + kLeastMemoryBytes) {}

  bool ok() const { return reason_ == nullptr; }
  /// kInvalidRequest with what was wrong and where. Only when not ok().
  Error error() const;
  std::size_t remaining_bytes() const { return bytes_.size() - position_; }
  std::size_t position() const { return position_; }

  /// Makes the reader bad; the first reason stays. `reason` is a literal.
  void reject(const char* reason);

  bool boolean() { return fixed<std::int8_t>() != 0; }
  template <std::integral T>
  T fixed() {
    if (remaining_bytes() < sizeof(T)) {
      reject("the message ends inside a number");
      return T{};
    }
    const T value = load_big_endian<T>(bytes_.data() + position_);
    position_ += sizeof(T);
    return value;
  }
  double float64();
  Uuid uuid();
  ErrorCode error_code() { return static_cast<ErrorCode>(fixed<std::int16_t>()); }
  std::uint32_t varint();

  std::string_view string(Form form);
  std::optional<std::string_view> nullable_string(Form form);
  Blob blob(Form form);
  std::optional<Blob> nullable_blob(Form form);
  Records records(Form form) { return {blob(form).bytes}; }
  std::optional<Records> nullable_records(Form form);

  /// Number of elements, which take at least `least_bytes` each on the wire and `element_bytes` in memory.
  /// Never more than the bytes left can hold and memory is granted for, so it may be reserved. 0 when bad.
  std::size_t array_size(Form form, std::size_t least_bytes, std::size_t element_bytes);
  std::optional<std::size_t> nullable_array_size(Form form, std::size_t least_bytes,
                                                 std::size_t element_bytes);

  /// Takes what the caller will allocate from the memory granted; rejects when there is not so much left.
  void allocate(std::size_t memory_bytes);

  /// Whether a nullable struct follows: one byte in the body, an unsigned varint in a tagged field.
  bool struct_present() { return fixed<std::int8_t>() >= 0 && ok(); }
  bool tagged_struct_present() { return varint() > 0; }

  /// The next `size_bytes` bytes as they are.
  ByteView raw(std::size_t size_bytes);

 private:
  /// Length of a string, of bytes or of an array; -1 for null.
  std::int64_t length(Form form);
  std::optional<std::string_view> text(std::int64_t length);

  static constexpr std::size_t kLeastMemoryBytes = std::size_t{64} << 20;

  ByteView bytes_;
  std::size_t position_ = 0;
  std::size_t memory_bytes_;
  const char* reason_ = nullptr;
};

/// Walks over a struct's tagged section:
///
///     for (TagCursor tags(reader); tags.next();) switch (tags.tag()) { case 0: ...; default: tags.raw(); }
///
/// A known field must take exactly the size it announced.
class TagCursor {
 public:
  explicit TagCursor(Reader& reader) : reader_(reader), left_(reader.varint()) {}

  /// Goes to the next tagged field; false at the end of the section or when the reader is bad.
  bool next();
  std::uint32_t tag() const { return tag_; }
  /// The payload of an unknown field, which the caller keeps a copy of.
  ByteView raw();

 private:
  Reader& reader_;
  std::uint32_t left_;
  std::uint32_t tag_ = 0;
  std::size_t size_bytes_ = 0;
  std::size_t end_ = 0;
  bool inside_ = false;
};

}  // namespace moldau::wire
