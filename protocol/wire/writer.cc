#include "protocol/wire/writer.h"

#include <limits>
#include <string>

namespace moldau::wire {
namespace {

constexpr std::size_t kLongestString = std::numeric_limits<std::int16_t>::max();
constexpr std::size_t kLongestBytes = std::numeric_limits<std::int32_t>::max() - 1;

}  // namespace

Error Sizer::error() const {
  return {ErrorCode::kUnsupportedVersion,
          std::string(field_ == nullptr ? "" : field_) + ": " + (reason_ == nullptr ? "" : reason_)};
}

void Sizer::reject(const char* name, const char* reason) {
  if (reason_ != nullptr) return;
  field_ = name;
  reason_ = reason;
}

void Sizer::string(std::string_view value, Form form, const char* name) {
  if (value.size() > kLongestString) reject(name, "a string is longer than 32767 bytes");
  size_bytes_ += value.size() + (form == Form::kFlexible ? length_size(value.size(), form) : 2);
}

void Sizer::sized(std::size_t size_bytes, Form form, const char* name) {
  if (size_bytes > kLongestBytes) reject(name, "bytes are longer than a length can say");
  size_bytes_ += length_size(size_bytes, form) + size_bytes;
}

void Sizer::records(const Records& value, Form form, const char* name) {
  sized(value.size_bytes(), form, name);
  external_bytes_ += value.external_bytes;
}

void Sizer::take(std::uint32_t tag, const Sizer& payload) {
  if (!payload.ok()) reject(payload.field_, payload.reason_);
  size_bytes_ +=
      varint_size(tag) + varint_size(static_cast<std::uint32_t>(payload.size_bytes_)) + payload.size_bytes_;
  external_bytes_ += payload.external_bytes_;
}

void Sizer::raw_tagged(const UnknownTag& unknown) {
  size_bytes_ += varint_size(unknown.tag) + varint_size(static_cast<std::uint32_t>(unknown.data.size())) +
                 unknown.data.size();
}

void Writer::reject(const char*, const char*) {
  require(false, "a message is sized before it is written");
}

void Writer::string(std::string_view value, Form form, const char*) {
  if (form == Form::kFlexible) {
    varint(static_cast<std::uint32_t>(value.size()) + 1);
  } else {
    fixed(static_cast<std::int16_t>(value.size()));
  }
  raw(as_bytes(value));
}

void Writer::blob(ByteView value, Form form, const char*) {
  array_size(value.size(), form);
  raw(value);
}

void Writer::records(const Records& value, Form form, const char*) {
  array_size(value.size_bytes(), form);
  if (value.external_bytes > 0) {
    splices_.add({position_, value.external_bytes});
  } else {
    raw(value.bytes);
  }
}

void Writer::raw_tagged(const UnknownTag& unknown) {
  varint(unknown.tag);
  varint(static_cast<std::uint32_t>(unknown.data.size()));
  raw(unknown.data);
}

}  // namespace moldau::wire
