#include "protocol/wire/reader.h"

#include <bit>
#include <limits>
#include <string>

#include "protocol/wire/unknown_tags.h"

namespace moldau::wire {
namespace {

constexpr std::int64_t kLongestString = std::numeric_limits<std::int16_t>::max();

}  // namespace

Error Reader::error() const {
  return {ErrorCode::kInvalidRequest,
          std::string(reason_ == nullptr ? "" : reason_) + " at byte " + std::to_string(position_)};
}

void Reader::reject(const char* reason) {
  if (reason_ == nullptr) reason_ = reason;
  // From here every read finds too few bytes.
  bytes_ = bytes_.first(position_);
}

double Reader::float64() {
  return std::bit_cast<double>(fixed<std::uint64_t>());
}

Uuid Reader::uuid() {
  const auto most = fixed<std::uint64_t>();
  const auto least = fixed<std::uint64_t>();
  return ok() ? Uuid(most, least) : Uuid();
}

std::uint32_t Reader::varint() {
  std::uint32_t value = 0;
  for (unsigned shift = 0; shift < 35; shift += 7) {
    const auto byte = fixed<std::uint8_t>();
    if (!ok()) return 0;
    value |= static_cast<std::uint32_t>(byte & 0x7F) << shift;
    if ((byte & 0x80) == 0) return value;
  }
  reject("an unsigned varint is longer than five bytes");
  return 0;
}

std::int64_t Reader::length(Form form) {
  if (form == Form::kFlexible) return static_cast<std::int64_t>(varint()) - 1;
  return fixed<std::int32_t>();
}

std::optional<std::string_view> Reader::text(std::int64_t length) {
  if (length < 0) return std::nullopt;
  if (length > kLongestString) {
    reject("a string is longer than 32767 bytes");
    return std::nullopt;
  }
  return as_text(raw(static_cast<std::size_t>(length)));
}

std::optional<std::string_view> Reader::nullable_string(Form form) {
  const std::int64_t size = form == Form::kFlexible ? length(form) : fixed<std::int16_t>();
  return ok() ? text(size) : std::nullopt;
}

std::string_view Reader::string(Form form) {
  const auto value = nullable_string(form);
  if (!value) reject("a string is null that must not be");
  return value.value_or(std::string_view());
}

std::optional<Blob> Reader::nullable_blob(Form form) {
  const std::int64_t size = length(form);
  if (!ok() || size < 0) return std::nullopt;
  return Blob(raw(static_cast<std::size_t>(size)));
}

Blob Reader::blob(Form form) {
  const auto value = nullable_blob(form);
  if (!value) reject("bytes are null that must not be");
  return value.value_or(Blob());
}

std::optional<Records> Reader::nullable_records(Form form) {
  const auto value = nullable_blob(form);
  if (!value) return std::nullopt;
  return Records{value->bytes};
}

std::optional<std::size_t> Reader::nullable_array_size(Form form, std::size_t least_bytes,
                                                       std::size_t element_bytes) {
  const std::int64_t count = length(form);
  if (!ok() || count < 0) return std::nullopt;
  if (static_cast<std::uint64_t>(count) > remaining_bytes() / least_bytes) {
    reject("an array has more elements than the message has room for");
    return 0;
  }
  const auto elements = static_cast<std::size_t>(count);
  allocate(elements * element_bytes);
  return ok() ? elements : 0;
}

std::size_t Reader::array_size(Form form, std::size_t least_bytes, std::size_t element_bytes) {
  const auto count = nullable_array_size(form, least_bytes, element_bytes);
  if (!count) reject("an array is null that must not be");
  return count.value_or(0);
}

void Reader::allocate(std::size_t memory_bytes) {
  if (memory_bytes > memory_bytes_) {
    reject("the message takes too much memory");
    return;
  }
  memory_bytes_ -= memory_bytes;
}

ByteView Reader::raw(std::size_t size_bytes) {
  if (size_bytes > remaining_bytes()) {
    reject("the message ends inside a field");
    return {};
  }
  const ByteView view = bytes_.subspan(position_, size_bytes);
  position_ += size_bytes;
  return view;
}

bool TagCursor::next() {
  if (inside_ && reader_.ok() && reader_.position() != end_) {
    reader_.reject("a tagged field does not have the size it announces");
  }
  inside_ = false;
  if (!reader_.ok() || left_ == 0) return false;
  --left_;
  tag_ = reader_.varint();
  size_bytes_ = reader_.varint();
  if (size_bytes_ > reader_.remaining_bytes()) reader_.reject("a tagged field is longer than the message");
  if (!reader_.ok()) return false;
  end_ = reader_.position() + size_bytes_;
  inside_ = true;
  return true;
}

ByteView TagCursor::raw() {
  reader_.allocate(sizeof(UnknownTag) + size_bytes_);
  return reader_.raw(size_bytes_);
}

}  // namespace moldau::wire
