#include "protocol/generator/model.h"

#include <string>

#include <doctest/doctest.h>

using moldau::generator::Kind;
using moldau::generator::parse_message;
using moldau::generator::VersionRange;

namespace {

/// A message of versions 1-4, flexible from 3, with these fields and common structs.
std::string schema(const std::string& fields, const std::string& common = "") {
  return R"({"type": "data", "name": "m", "validVersions": "1-4", "flexibleVersions": "3+",
             "commonStructs": [)" +
         common + R"(], "fields": [)" + fields + "]}";
}

std::string complaint(const std::string& fields) {
  const auto message = parse_message(schema(fields));
  return message ? "" : message.error().message;
}

}  // namespace

TEST_CASE("a schema becomes a message whose ranges stay within its valid versions") {
  const auto message = parse_message(schema(
      R"({"name": "count", "type": "[]int32", "versions": "0+", "nullableVersions": "4+", "default": "null"})"));
  REQUIRE(message.has_value());
  CHECK(message->name == "M");
  CHECK(message->type == "data");
  CHECK_FALSE(message->api_key.has_value());
  CHECK(message->valid_versions == VersionRange{1, 4});
  CHECK(message->flexible_versions == VersionRange{3, 4});
  REQUIRE(message->structs.size() == 1);
  REQUIRE(message->structs[0].fields.size() == 1);
  const auto& field = message->structs[0].fields[0];
  CHECK(field.name == "Count");
  CHECK(field.kind == Kind::kInt32);
  CHECK(field.is_array);
  CHECK(field.versions == VersionRange{1, 4});
  CHECK(field.nullable_versions == VersionRange{4, 4});
  CHECK(field.default_text == "null");
  CHECK_FALSE(field.ignorable);
}

TEST_CASE("structs come before those that use them, the message last, common ones once") {
  const std::string common =
      R"({"name": "Shared", "versions": "2+", "fields": [{"name": "A", "type": "bool", "versions": "0+"}]})";
  const auto message =
      parse_message(schema(R"({"name": "Outer", "type": "Outer", "versions": "3+", "fields": [
                  {"name": "Inner", "type": "[]Shared", "versions": "0+"}]},
                {"name": "Again", "type": "Shared", "versions": "2+"})",
                           common));
  REQUIRE(message.has_value());
  REQUIRE(message->structs.size() == 3);
  CHECK(message->structs[0].name == "Shared");
  CHECK(message->structs[0].versions == VersionRange{2, 4});
  CHECK(message->structs[1].name == "Outer");
  CHECK(message->structs[1].versions == VersionRange{3, 4});
  CHECK(message->structs[2].name == "M");
}

TEST_CASE("a field that names only the versions in which it is tagged exists in those") {
  const auto message =
      parse_message(schema(R"({"name": "A", "type": "int8", "taggedVersions": "3+", "tag": 7})"));
  REQUIRE(message.has_value());
  const auto& field = message->structs[0].fields[0];
  CHECK(field.versions == VersionRange{3, 4});
  CHECK(field.tagged_versions == VersionRange{3, 4});
  CHECK(field.tag == 7U);
}

TEST_CASE("what the emitters could not make sense of is refused with its name") {
  CHECK(complaint(R"({"name": "A", "type": "int8", "versions": "x"})") == "versions: no versions: x");
  CHECK(complaint(R"({"name": "A", "type": "Nowhere", "versions": "0+"})") == "unknown type Nowhere");
  CHECK(complaint(R"({"name": "A", "type": "int8", "versions": "0+", "nullableVersions": "0+"})") ==
        "A: cannot be null");
  CHECK(complaint(R"({"name": "A", "type": "string", "versions": "0+", "default": "null"})") ==
        "A: null by default, but nowhere nullable");
  CHECK(complaint(R"({"name": "A", "type": "int8", "versions": "3+", "taggedVersions": "3+"})") ==
        "A: tagged without a tag");
  CHECK(complaint(R"({"name": "A", "type": "int8", "versions": "0+", "taggedVersions": "2+", "tag": 0})") ==
        "A: tagged in a version that is not flexible");
  CHECK(complaint(R"({"name": "A", "type": "int8", "versions": "0+", "taggedVersions": "3", "tag": 0})") ==
        "A: tagged, and later no longer");
  CHECK(complaint(R"({"name": "A", "type": "int8", "taggedVersions": "3+", "tag": 0},
                     {"name": "B", "type": "int8", "taggedVersions": "3+", "tag": 0})") ==
        "B: its tag is taken");
  CHECK(complaint(R"({"name": "A", "type": "S", "versions": "0+", "fields": []},
                     {"name": "B", "type": "S", "versions": "0+", "fields": []})") == "two structs S");
}

TEST_CASE("a schema that is no schema is refused") {
  CHECK(parse_message("{").error().message == "not JSON");
  CHECK_FALSE(parse_message("[]").has_value());
  CHECK_FALSE(parse_message(R"({"name": "M"})").has_value());
  CHECK_FALSE(
      parse_message(R"({"name": "M", "type": "data", "validVersions": 3, "fields": []})").has_value());
  CHECK_FALSE(complaint(R"({"name": "A"})").empty());
}
