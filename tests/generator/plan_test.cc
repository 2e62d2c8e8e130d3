#include "protocol/generator/plan.h"

#include <string>

#include <doctest/doctest.h>

#include "protocol/generator/model.h"

namespace generator = moldau::generator;
using generator::Field;
using generator::Message;
using generator::VersionRange;

namespace {

/// A message of versions 1-4, flexible from 3, with these fields.
Message message_of(const std::string& fields) {
  return generator::parse_message(R"({"type": "data", "name": "M", "validVersions": "1-4",
                                      "flexibleVersions": "3+", "fields": [)" +
                                  fields + "]}")
      .value();
}

/// The only field of a message.
Field field_of(const std::string& field) {
  return message_of(field).structs.back().fields.front();
}

}  // namespace

TEST_CASE("types follow the schema's type and meaning") {
  const auto type = [](const char* facts) {
    return member_type(field_of(R"({"name": "F", "versions": "0+", )" + std::string(facts) + "}"));
  };
  CHECK(type(R"("type": "uint16")") == "std::uint16_t");
  CHECK(type(R"("type": "float64")") == "double");
  CHECK(type(R"("type": "string")") == "std::string_view");
  CHECK(type(R"("type": "string", "entityType": "groupId")") == "GroupId");
  CHECK(type(R"("type": "string", "entityType": "topicName", "nullableVersions": "2+")") ==
        "std::optional<TopicName>");
  CHECK(type(R"("type": "[]int32", "entityType": "brokerId")") == "std::vector<BrokerId>");
  CHECK(type(R"("type": "int64", "entityType": "producerId")") == "ProducerId");
  CHECK(type(R"("type": "string", "entityType": "brokerId")") == "std::string_view");
  CHECK(type(R"("type": "[]S", "nullableVersions": "0+", "fields": [])") == "std::optional<std::vector<S>>");
  CHECK(type(R"("type": "records", "nullableVersions": "0+")") == "std::optional<wire::Records>");
}

TEST_CASE("a 16-bit field named ErrorCode is an error code, others are not") {
  CHECK(member_type(field_of(R"({"name": "ErrorCode", "type": "int16", "versions": "0+"})")) == "ErrorCode");
  CHECK(member_type(field_of(R"({"name": "ErrorCode", "type": "int32", "versions": "0+"})")) ==
        "std::int32_t");
  CHECK(member_type(field_of(R"({"name": "Code", "type": "int16", "versions": "0+"})")) == "std::int16_t");
}

TEST_CASE("members begin with the schema's default") {
  const auto begins = [](const char* facts) {
    return initializer(field_of(R"({"name": "F", "versions": "0+", )" + std::string(facts) + "}"));
  };
  CHECK(begins(R"("type": "int32")") == "{0}");
  CHECK(begins(R"("type": "int32", "default": "-1")") == "{-1}");
  CHECK(begins(R"("type": "int64", "default": "-9223372036854775808")") == "{(-9223372036854775807 - 1)}");
  CHECK(begins(R"("type": "float64", "default": "1")") == "{1.0}");
  CHECK(begins(R"("type": "bool", "default": "true")") == "{true}");
  CHECK(begins(R"("type": "string")") == "{}");
  CHECK(begins(R"("type": "string", "default": "x")") == "{std::string_view(\"x\")}");
  CHECK(begins(R"("type": "string", "nullableVersions": "0+")") == "{std::in_place}");
  CHECK(begins(R"("type": "string", "nullableVersions": "0+", "default": "null")") == "{}");
  CHECK(begins(R"("type": "records", "nullableVersions": "0+")") == "{}");
  CHECK(begins(R"("type": "[]int8", "nullableVersions": "0+", "default": "null")") == "{}");
  CHECK(begins(R"("type": "[]int8", "nullableVersions": "0+", "default": null)") == "{std::in_place}");
}

TEST_CASE("a field that becomes tagged stands in the body before that") {
  const Field moved =
      field_of(R"({"name": "F", "type": "int8", "versions": "2+", "taggedVersions": "4+", "tag": 0})");
  CHECK(body_versions(moved) == VersionRange{2, 3});
  const Field tagged =
      field_of(R"({"name": "F", "type": "int8", "versions": "3+", "taggedVersions": "3+", "tag": 0})");
  CHECK(body_versions(tagged).empty());
  const Field plain = field_of(R"({"name": "F", "type": "int8", "versions": "2-3"})");
  CHECK(body_versions(plain) == VersionRange{2, 3});
}

TEST_CASE("tagged fields are ordered by tag, not by their place in the schema") {
  const Message message = message_of(R"({"name": "B", "type": "int8", "taggedVersions": "3+", "tag": 5},
                                        {"name": "C", "type": "int8", "versions": "0+"},
                                        {"name": "A", "type": "int8", "taggedVersions": "3+", "tag": 2})");
  const auto tagged = tagged_fields(message.structs.back());
  REQUIRE(tagged.size() == 2);
  CHECK(tagged[0]->name == "A");
  CHECK(tagged[1]->name == "B");
}

TEST_CASE("the least size of an element is that of its leanest version") {
  const auto least = [](const char* field) {
    const Message message = message_of(field);
    return least_element_bytes(message, message.structs.back().fields.front());
  };
  CHECK(least(R"({"name": "F", "type": "[]uuid", "versions": "0+"})") == 16);
  CHECK(least(R"({"name": "F", "type": "[]string", "versions": "0-2"})") == 2);
  CHECK(least(R"({"name": "F", "type": "[]string", "versions": "0+"})") == 1);
  // Version 2: 4 + 2 bytes; version 3: 1 for the text's length and 1 for the tags.
  CHECK(least(R"({"name": "F", "type": "[]S", "versions": "2+", "fields": [
                    {"name": "A", "type": "int32", "versions": "0-2"},
                    {"name": "B", "type": "string", "versions": "0+"},
                    {"name": "C", "type": "int64", "taggedVersions": "3+", "tag": 0}]})") == 2);
  CHECK(least(R"({"name": "F", "type": "[]S", "versions": "0-2", "fields": []})") == 1);
}
