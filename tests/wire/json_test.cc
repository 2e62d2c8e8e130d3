#include <limits>
#include <string>

#include <doctest/doctest.h>

#include "protocol/wire/json_node.h"
#include "protocol/wire/json_writer.h"

using moldau::Bytes;
using moldau::ByteView;
using moldau::wire::Blob;
using moldau::wire::JsonDocument;
using moldau::wire::JsonNode;
using moldau::wire::JsonWriter;

namespace {

/// Whether a JSON text can be read as a T; `value` is what it says.
template <class T>
bool reads(const std::string& text, T& value) {
  const auto document = JsonDocument::parse(text);
  REQUIRE(document.has_value());
  (*document)->root().get(value);
  return (*document)->ok();
}

template <class T>
bool reads(const std::string& text) {
  T value{};
  return reads(text, value);
}

template <class T>
std::string text_of(const T& value) {
  JsonWriter json;
  json.value(value);
  return json.text();
}

}  // namespace

TEST_CASE("objects and arrays nest, with commas where they belong") {
  JsonWriter json;
  json.begin_object();
  json.key("a");
  json.begin_array();
  json.value(std::int64_t{1});
  json.begin_object();
  json.end_object();
  json.null();
  json.end_array();
  json.key("b");
  json.value(true);
  json.end_object();
  CHECK(json.text() == R"({"a":[1,{},null],"b":true})");
}

TEST_CASE("texts are escaped, bytes are base64, ids are texts, codes are numbers") {
  CHECK(text_of("a\"\\\n\x01z\x0B\b\t\f\r") == R"("a\"\\\n\u0001z\u000B\b\t\f\r")");
  CHECK(text_of(ByteView()) == R"("")");
  CHECK(text_of(ByteView(Bytes{0xFF})) == R"("/w==")");
  CHECK(text_of(ByteView(Bytes{0xFF, 0xFE})) == R"("//4=")");
  CHECK(text_of(ByteView(Bytes{'a', 'b', 'c', 'd'})) == R"("YWJjZA==")");
  CHECK(text_of(moldau::Uuid()) == R"("AAAAAAAAAAAAAAAAAAAAAA")");
  CHECK(text_of(moldau::ErrorCode::kUnknownServerError) == "-1");
}

TEST_CASE("a floating point number keeps its point, its precision and its sign") {
  CHECK(text_of(1.0) == "1.0");
  CHECK(text_of(-0.0) == "-0.0");
  CHECK(text_of(std::numeric_limits<double>::quiet_NaN()) == R"("NaN")");
  for (const double value : {0.1, -1e300, 5e-324, 1e21, std::numeric_limits<double>::infinity(),
                             -std::numeric_limits<double>::infinity()}) {
    double back = 0;
    CHECK(reads(text_of(value), back));
    CHECK(back == value);
  }
  double not_a_number = 0;
  CHECK(reads(R"("NaN")", not_a_number));
  CHECK(not_a_number != not_a_number);
}

TEST_CASE("integers are read within the range of their type") {
  CHECK(reads<std::int8_t>("127"));
  CHECK_FALSE(reads<std::int8_t>("128"));
  CHECK_FALSE(reads<std::int8_t>("-129"));
  CHECK(reads<std::uint16_t>("65535"));
  CHECK_FALSE(reads<std::uint16_t>("-1"));
  CHECK(reads<std::uint32_t>("4294967295"));
  CHECK_FALSE(reads<std::uint32_t>("4294967296"));
  CHECK(reads<std::int64_t>("-9223372036854775808"));
  CHECK(reads<std::int64_t>("9223372036854775807"));
  CHECK_FALSE(reads<std::int64_t>("9223372036854775808"));
  CHECK_FALSE(reads<std::int32_t>("1.5"));
  CHECK_FALSE(reads<std::int32_t>("\"1\""));
  CHECK_FALSE(reads<std::int32_t>("null"));
}

TEST_CASE("bytes are read from base64 and nothing else") {
  Blob blob;
  CHECK(reads(R"("//4=")", blob));
  CHECK(reads(R"("//4")", blob));
  CHECK_FALSE(reads(R"("/")", blob));
  CHECK_FALSE(reads(R"("_-==")", blob));
  CHECK_FALSE(reads("1", blob));
}

TEST_CASE("what is missing or of the wrong kind makes the document bad, and the first reason stays") {
  const auto document = JsonDocument::parse(R"({"a": 1, "list": [1, 2]})");
  REQUIRE(document.has_value());
  const JsonNode root = (*document)->root();
  CHECK(root.find("a").has_value());
  CHECK_FALSE(root.find("b").has_value());
  CHECK(root.find("list")->size() == 2);
  CHECK((*document)->ok());
  root.require_member("b");
  CHECK(root.find("a")->size() == 0);
  CHECK((*document)->reason() == "no field b");
  CHECK_FALSE(JsonDocument::parse("{").has_value());
  CHECK_FALSE(JsonDocument::parse("").has_value());
}
