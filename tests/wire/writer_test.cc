#include "protocol/wire/writer.h"

#include <limits>
#include <string>

#include <doctest/doctest.h>

#include "protocol/wire/tags.h"

using moldau::Bytes;
using moldau::ByteView;
using moldau::wire::Form;
using moldau::wire::Reader;
using moldau::wire::Records;
using moldau::wire::Sizer;
using moldau::wire::UnknownTags;
using moldau::wire::UnknownTagsInOrder;
using moldau::wire::Writer;

namespace {

/// What `put(sink)` writes, sized first.
template <class Put>
Bytes written(const Put& put) {
  Sizer sizer;
  put(sizer);
  REQUIRE(sizer.ok());
  Bytes bytes(sizer.size_bytes());
  Writer writer(bytes);
  put(writer);
  CHECK(writer.position() == bytes.size());
  return bytes;
}

}  // namespace

TEST_CASE("the size that is told is the size that is written, for every type in both forms") {
  for (const Form form : {Form::kPlain, Form::kFlexible}) {
    const Bytes blob{1, 2, 3};
    const Bytes bytes = written([&](auto& sink) {
      sink.boolean(true);
      sink.fixed(std::int8_t{-1});
      sink.fixed(std::uint16_t{0xBEEF});
      sink.fixed(std::int64_t{-2});
      sink.float64(1.5);
      sink.uuid(moldau::Uuid(1, 2));
      sink.error_code(moldau::ErrorCode::kUnknownServerError);
      sink.string("text", form, "");
      sink.null_string(form);
      sink.blob(blob, form, "");
      sink.null_blob(form);
      sink.records(Records{ByteView(blob)}, form, "");
      sink.array_size(300, form);
      sink.null_array(form);
    });
    Reader reader(bytes);
    CHECK(reader.boolean());
    CHECK(reader.fixed<std::int8_t>() == -1);
    CHECK(reader.fixed<std::uint16_t>() == 0xBEEF);
    CHECK(reader.fixed<std::int64_t>() == -2);
    CHECK(reader.float64() == 1.5);
    CHECK(reader.uuid() == moldau::Uuid(1, 2));
    CHECK(reader.error_code() == moldau::ErrorCode::kUnknownServerError);
    CHECK(reader.string(form) == "text");
    CHECK_FALSE(reader.nullable_string(form).has_value());
    CHECK(reader.blob(form).size() == 3);
    CHECK_FALSE(reader.nullable_blob(form).has_value());
    CHECK(reader.records(form).size_bytes() == 3);
    CHECK(reader.ok());
    CHECK(reader.remaining_bytes() == (form == Form::kFlexible ? 3 : 8));
  }
}

TEST_CASE("a varint takes seven bits a byte") {
  for (const std::uint32_t value : {0U, 1U, 127U, 128U, 16383U, 16384U, 2097151U, 2097152U, 268435455U,
                                    268435456U, std::numeric_limits<std::uint32_t>::max()}) {
    CAPTURE(value);
    const Bytes bytes = written([&](auto& sink) { sink.varint(value); });
    Reader reader(bytes);
    CHECK(reader.varint() == value);
    CHECK(reader.remaining_bytes() == 0);
  }
  CHECK(written([](auto& sink) { sink.varint(300); }) == Bytes{0xAC, 0x02});
}

TEST_CASE("a tagged field carries the size of its payload, however deep") {
  CHECK(written([](auto& sink) {
          sink.tagged(1, [](auto& outer) {
            outer.fixed(std::int8_t{5});
            outer.tagged(2, [](auto& inner) { inner.fixed(std::int16_t{6}); });
          });
        }) == Bytes{1, 5, 5, 2, 2, 0, 6});
}

TEST_CASE("external records have a size but no bytes, and the writer remembers their places") {
  const auto put = [](auto& sink) {
    sink.fixed(std::int8_t{1});
    sink.records(Records{.bytes = {}, .external_bytes = 500}, Form::kPlain, "");
    sink.fixed(std::int8_t{2});
  };
  Sizer sizer;
  put(sizer);
  CHECK(sizer.size_bytes() == 506);
  CHECK(sizer.external_bytes() == 500);
  Bytes bytes(6);
  Writer writer(bytes);
  put(writer);
  REQUIRE(writer.splices().size() == 1);
  CHECK(writer.splices()[0].position == 5);
  CHECK(writer.splices()[0].size_bytes == 500);
}

TEST_CASE("the writer remembers any number of places of external records") {
  for (std::size_t count = 0; count < 10; ++count) {
    Bytes bytes(4 * count);
    Writer writer(bytes);
    for (std::size_t i = 0; i < count; ++i) {
      writer.records(Records{.bytes = {}, .external_bytes = 100 + i}, Form::kPlain, "");
    }
    const auto splices = writer.splices();
    REQUIRE(splices.size() == count);
    for (std::size_t i = 0; i < count; ++i) {
      CHECK(splices[i].position == 4 * (i + 1));
      CHECK(splices[i].size_bytes == 100 + i);
    }
  }
}

TEST_CASE("unknown tags that do not rise are refused by size, wherever known ones stand") {
  const auto fits = [](std::initializer_list<std::uint32_t> tags, std::uint32_t known) {
    UnknownTags unknown;
    for (const std::uint32_t tag : tags) {
      unknown.add(tag, {});
    }
    Sizer sizer;
    UnknownTagsInOrder in_order(unknown);
    in_order.put_below(known, sizer);
    in_order.put_rest(sizer);
    return sizer.ok();
  };
  CHECK(fits({0, 2, 3}, 1));
  CHECK(fits({std::numeric_limits<std::uint32_t>::max()}, 1));
  CHECK_FALSE(fits({1}, 1));
  CHECK_FALSE(fits({2, 0}, 1));
  CHECK_FALSE(fits({3, 2}, 1));
  CHECK_FALSE(fits({0, 0}, 1));
}

TEST_CASE("unknown tags copy, move and compare by content, and cost a pointer") {
  CHECK(sizeof(UnknownTags) == sizeof(void*));
  UnknownTags tags;
  tags.add(1, Bytes{7});
  const UnknownTags copy = tags;
  CHECK(copy == tags);
  tags.add(2, {});
  CHECK_FALSE(copy == tags);
  CHECK(copy.size() == 1);
  const UnknownTags moved = std::move(tags);
  CHECK(moved.size() == 2);
  CHECK(moved[0].data == Bytes{7});
}
