#include "protocol/wire/reader.h"

#include <string>

#include <doctest/doctest.h>

using moldau::Bytes;
using moldau::ByteView;
using moldau::wire::Form;
using moldau::wire::Reader;
using moldau::wire::TagCursor;

TEST_CASE("numbers are big-endian, and reading past the end turns the reader bad for good") {
  const Bytes bytes{0x01, 0x02, 0xFF, 0xFF, 0xFF, 0xFE, 0x07};
  Reader reader(bytes);
  CHECK(reader.fixed<std::int16_t>() == 0x0102);
  CHECK(reader.fixed<std::int32_t>() == -2);
  CHECK(reader.ok());
  CHECK(reader.fixed<std::int16_t>() == 0);
  CHECK_FALSE(reader.ok());
  CHECK(reader.fixed<std::int8_t>() == 0);
  CHECK(reader.error().message.find("byte 6") != std::string::npos);
}

TEST_CASE("an unsigned varint has at most five bytes") {
  const Bytes largest{0xFF, 0xFF, 0xFF, 0xFF, 0x0F};
  Reader good(largest);
  CHECK(good.varint() == 0xFFFFFFFFU);
  CHECK(good.ok());
  const Bytes endless{0x80, 0x80, 0x80, 0x80, 0x80, 0x00};
  Reader bad(endless);
  CHECK(bad.varint() == 0);
  CHECK_FALSE(bad.ok());
}

TEST_CASE("strings come in two forms, and null only where it may") {
  const Bytes plain{0x00, 0x02, 'h', 'i', 0xFF, 0xFF};
  Reader reader(plain);
  CHECK(reader.string(Form::kPlain) == "hi");
  CHECK_FALSE(reader.nullable_string(Form::kPlain).has_value());
  CHECK(reader.ok());
  const Bytes flexible{0x03, 'h', 'i', 0x00};
  Reader compact(flexible);
  CHECK(compact.string(Form::kFlexible) == "hi");
  CHECK(compact.string(Form::kFlexible).empty());
  CHECK_FALSE(compact.ok());
}

TEST_CASE("a string over 32767 bytes is refused even if it is there") {
  Bytes bytes{0x81, 0x80, 0x02};  // 32769 - 1
  bytes.resize(40'000, 'x');
  Reader reader(bytes);
  CHECK_FALSE(reader.nullable_string(Form::kFlexible).has_value());
  CHECK_FALSE(reader.ok());
}

TEST_CASE("an array has no more elements than the bytes left can hold") {
  const Bytes bytes{0x00, 0x00, 0x00, 0x03, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12};
  Reader fits(bytes);
  CHECK(fits.array_size(Form::kPlain, 4, 4) == 3);
  CHECK(fits.ok());
  Reader overflows(bytes);
  CHECK(overflows.array_size(Form::kPlain, 5, 5) == 0);
  CHECK_FALSE(overflows.ok());
  const Bytes huge{0x7F, 0xFF, 0xFF, 0xFF};
  Reader hostile(huge);
  CHECK(hostile.array_size(Form::kPlain, 1, 1) == 0);
  CHECK_FALSE(hostile.ok());
}

TEST_CASE("a known tagged field takes exactly the size it announces") {
  const Bytes bytes{0x02, 0x00, 0x04, 0, 0, 0, 9, 0x05, 0x01, 0xAB};
  Reader reader(bytes);
  std::int32_t known = 0;
  Bytes unknown;
  for (TagCursor tags(reader); tags.next();) {
    if (tags.tag() == 0) {
      known = reader.fixed<std::int32_t>();
    } else {
      const ByteView raw = tags.raw();
      unknown.assign(raw.begin(), raw.end());
    }
  }
  CHECK(reader.ok());
  CHECK(known == 9);
  CHECK(unknown == Bytes{0xAB});

  Bytes wrong = bytes;
  wrong[2] = 0x05;
  Reader misled(wrong);
  for (TagCursor tags(misled); tags.next();) {
    if (tags.tag() == 0) misled.fixed<std::int32_t>();
  }
  CHECK_FALSE(misled.ok());
}

TEST_CASE("decoding does not take more memory than 64 MiB and four times the bytes") {
  Bytes bytes(1'000'000, 0x01);
  bytes[0] = 0x80, bytes[1] = 0x80, bytes[2] = 0x20;  // 524287 elements
  constexpr std::size_t kGranted = (std::size_t{64} << 20) + 4'000'000;
  Reader within(bytes);
  CHECK(within.array_size(Form::kFlexible, 1, kGranted / 524'287) == 524'287);
  CHECK(within.ok());
  Reader beyond(bytes);
  CHECK(beyond.array_size(Form::kFlexible, 1, kGranted / 524'287 + 1) == 0);
  CHECK_FALSE(beyond.ok());
  Reader in_parts(bytes);
  CHECK(in_parts.array_size(Form::kFlexible, 1, 100) == 524'287);
  in_parts.allocate(kGranted / 2);
  CHECK_FALSE(in_parts.ok());
}

TEST_CASE("millions of unknown tagged fields run into the same bound") {
  Bytes bytes{0xFF, 0xFF, 0xFF, 0xFF, 0x0F};  // as many fields as can be said
  for (std::uint32_t i = 0; i < 3'000'000; ++i) {
    bytes.insert(bytes.end(), {0x01, 0x00});
  }
  Reader reader(bytes);
  std::size_t kept = 0;
  for (TagCursor tags(reader); tags.next();) {
    tags.raw();
    kept += reader.ok() ? 1 : 0;
  }
  CHECK_FALSE(reader.ok());
  CHECK(kept < 3'000'000);
  CHECK(reader.error().message.find("memory") != std::string::npos);
}

TEST_CASE("a reader that is bad stays where it was and keeps its first reason") {
  const Bytes bytes{0, 1, 2};
  Reader reader(bytes);
  reader.fixed<std::int8_t>();
  reader.reject("first");
  reader.reject("second");
  CHECK(reader.error().message == "first at byte 1");
  CHECK(reader.error().code == moldau::ErrorCode::kInvalidRequest);
  CHECK(reader.raw(1).empty());
  CHECK(reader.uuid().is_zero());
  CHECK(reader.string(Form::kPlain).empty());
  CHECK_FALSE(reader.struct_present());
  CHECK(reader.position() == 1);
  CHECK(reader.error().message == "first at byte 1");
}
