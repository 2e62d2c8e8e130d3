#pragma once

#include <array>
#include <bit>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "base/assert.h"
#include "base/bytes.h"
#include "base/endian.h"
#include "base/error_code.h"
#include "base/result.h"
#include "base/uuid.h"
#include "protocol/wire/blob.h"
#include "protocol/wire/reader.h"
#include "protocol/wire/records.h"
#include "protocol/wire/unknown_tags.h"
#include "protocol/wire/varint.h"

namespace moldau::wire {

/// Where generated code puts a message: first into a Sizer, which learns the exact size and finds what the
/// version cannot carry, then into a Writer over that many bytes. Both have the same calls.
class Sizer {
 public:
  static constexpr bool kChecks = true;

  /// Size on the wire, external records included.
  std::size_t size_bytes() const { return size_bytes_; }
  std::size_t external_bytes() const { return external_bytes_; }
  bool ok() const { return reason_ == nullptr; }
  /// kUnsupportedVersion with the field that cannot be sent. Only when not ok().
  Error error() const;

  /// The field `name`, a literal, cannot be sent: `reason`, a literal.
  void reject(const char* name, const char* reason);

  void boolean(bool) { size_bytes_ += 1; }
  template <std::integral T>
  void fixed(T) {
    size_bytes_ += sizeof(T);
  }
  void float64(double) { size_bytes_ += 8; }
  void uuid(const Uuid&) { size_bytes_ += 16; }
  void error_code(ErrorCode) { size_bytes_ += 2; }
  void varint(std::uint32_t value) { size_bytes_ += varint_size(value); }
  void string(std::string_view value, Form form, const char* name);
  void null_string(Form form) { size_bytes_ += form == Form::kFlexible ? 1 : 2; }
  void blob(ByteView value, Form form, const char* name) { sized(value.size(), form, name); }
  void null_blob(Form form) { size_bytes_ += form == Form::kFlexible ? 1 : 4; }
  void records(const Records& value, Form form, const char* name);
  void array_size(std::size_t count, Form form) { size_bytes_ += length_size(count, form); }
  void null_array(Form form) { size_bytes_ += form == Form::kFlexible ? 1 : 4; }

  /// A known tagged field, whose payload `put(sink)` writes.
  template <class Put>
  void tagged(std::uint32_t tag, const Put& put) {
    Sizer payload;
    put(payload);
    take(tag, payload);
  }
  void raw_tagged(const UnknownTag& unknown);

 private:
  static std::size_t length_size(std::size_t length, Form form) {
    return form == Form::kFlexible ? varint_size(static_cast<std::uint32_t>(length) + 1) : 4;
  }
  void sized(std::size_t size_bytes, Form form, const char* name);
  void take(std::uint32_t tag, const Sizer& payload);

  std::size_t size_bytes_ = 0;
  std::size_t external_bytes_ = 0;
  const char* field_ = nullptr;
  const char* reason_ = nullptr;
};

/// Where external records belong: behind `position` bytes of what the Writer wrote.
struct Splice {
  std::size_t position = 0;
  std::size_t size_bytes = 0;
};

/// The places of external records, in order. Few answers have more than one, so the first need no allocation.
class Splices {
 public:
  void add(const Splice& splice) {
    if (more_.empty() && count_ < first_.size()) {
      first_[count_++] = splice;
      return;
    }
    if (more_.empty()) more_.assign(first_.begin(), first_.end());
    more_.push_back(splice);
  }

  std::span<const Splice> all() const {
    return more_.empty() ? std::span<const Splice>(first_).first(count_) : more_;
  }

 private:
  std::array<Splice, 4> first_{};
  std::size_t count_ = 0;     ///< in first_
  std::vector<Splice> more_;  ///< all of them, once first_ is too small
};

/// Writes into bytes whose number a Sizer has told. Running over them is a broken invariant.
class Writer {
 public:
  static constexpr bool kChecks = false;

  explicit Writer(MutableBytes bytes) : bytes_(bytes) {}

  std::size_t position() const { return position_; }
  /// The places of external records, in order.
  std::span<const Splice> splices() const { return splices_.all(); }

  void reject(const char* name, const char* reason);

  void boolean(bool value) { fixed<std::uint8_t>(value ? 1 : 0); }
  template <std::integral T>
  void fixed(T value) {
    store_big_endian(room_for(sizeof(T)), value);
  }
  void float64(double value) { fixed(std::bit_cast<std::uint64_t>(value)); }
  void uuid(const Uuid& value) {
    fixed(value.most_significant());
    fixed(value.least_significant());
  }
  void error_code(ErrorCode value) { fixed(static_cast<std::int16_t>(value)); }
  void varint(std::uint32_t value) { store_varint(room_for(varint_size(value)), value); }
  void string(std::string_view value, Form form, const char* name);
  void null_string(Form form) { form == Form::kFlexible ? varint(0) : fixed<std::int16_t>(-1); }
  void blob(ByteView value, Form form, const char* name);
  void null_blob(Form form) { null_array(form); }
  void records(const Records& value, Form form, const char* name);
  void array_size(std::size_t count, Form form) {
    form == Form::kFlexible ? varint(static_cast<std::uint32_t>(count) + 1)
                            : fixed(static_cast<std::int32_t>(count));
  }
  void null_array(Form form) { form == Form::kFlexible ? varint(0) : fixed<std::int32_t>(-1); }

  template <class Put>
  void tagged(std::uint32_t tag, const Put& put) {
    Sizer payload;
    put(payload);
    varint(tag);
    varint(static_cast<std::uint32_t>(payload.size_bytes()));
    put(*this);
  }
  void raw_tagged(const UnknownTag& unknown);

  void raw(ByteView bytes) {
    if (!bytes.empty()) std::memcpy(room_for(bytes.size()), bytes.data(), bytes.size());
  }

 private:
  std::uint8_t* room_for(std::size_t size_bytes) {
    require(size_bytes <= bytes_.size() - position_, "a message has the size that was computed");
    std::uint8_t* at = bytes_.data() + position_;
    position_ += size_bytes;
    return at;
  }

  MutableBytes bytes_;
  std::size_t position_ = 0;
  Splices splices_;
};

}  // namespace moldau::wire
