#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>
#include <random>
#include <set>
#include <string>

#include <doctest/doctest.h>

#include "protocol/generator/names.h"
#include "protocol/wire/registry.h"
#include "tests/messages/random_json.h"

namespace fs = std::filesystem;
namespace generator = moldau::generator;
using moldau::Bytes;
using moldau::ByteView;
using moldau::testing::RandomJson;
using moldau::wire::MessageInfo;
using nlohmann::json;

namespace {

const std::map<std::string, generator::Message>& schemas() {
  static const auto kAll = [] {
    std::map<std::string, generator::Message> messages;
    for (const auto& entry : fs::recursive_directory_iterator(MOLDAU_SCHEMAS_DIR)) {
      if (entry.path().extension() != ".json") continue;
      std::ifstream stream(entry.path());
      const std::string text{std::istreambuf_iterator<char>(stream), {}};
      auto message = generator::parse_message(text).value();
      messages.emplace(message.name, std::move(message));
    }
    return messages;
  }();
  return kAll;
}

/// Calls check(message, schema, version, seed) several times for each version of each message.
template <class Check>
void for_random_messages(Check check) {
  std::uint64_t seed = 1;
  for (const MessageInfo& message : moldau::wire::all_messages()) {
    const std::string name(message.name);
    CAPTURE(name);
    const generator::Message& schema = schemas().at(name);
    for (std::int16_t version = message.versions.lowest; version <= message.versions.highest; ++version) {
      CAPTURE(version);
      for (int i = 0; i < 8; ++i) {
        check(message, schema, version, ++seed);
      }
    }
  }
}

std::set<std::string> tagged_names(const generator::Message& schema) {
  std::set<std::string> names;
  for (const auto& structure : schema.structs) {
    for (const auto& field : structure.fields) {
      if (field.tag) names.insert(generator::json_name(field.name));
    }
  }
  return names;
}

/// Whether `out` says the same as `in`, except for tagged fields, which it may leave out.
bool says_the_same(const json& out, const json& in, const std::set<std::string>& tagged) {
  if (out.is_array() && in.is_array()) {
    if (out.size() != in.size()) return false;
    for (std::size_t i = 0; i < out.size(); ++i) {
      if (!says_the_same(out[i], in[i], tagged)) return false;
    }
    return true;
  }
  if (!out.is_object() || !in.is_object()) return out == in;
  for (const auto& [name, value] : out.items()) {
    if (!in.contains(name) || !says_the_same(value, in[name], tagged)) return false;
  }
  for (const auto& [name, value] : in.items()) {
    if (!out.contains(name) && !tagged.contains(name)) return false;
  }
  return true;
}

}  // namespace

TEST_CASE("random messages of every kind and version survive bytes and JSON") {
  for_random_messages([](const MessageInfo& message, const generator::Message& schema, std::int16_t version,
                         std::uint64_t seed) {
    const json filled = RandomJson(schema, version, seed).message();
    const std::string text = filled.dump();
    CAPTURE(text);
    const auto bytes = message.from_json(text, version);
    REQUIRE_MESSAGE(bytes.has_value(), bytes.error().message);
    REQUIRE(message.reencode(*bytes, version).value() == *bytes);
    REQUIRE(message.equal(*bytes, *bytes, version).value());
    const std::string back = message.to_json(*bytes, version).value();
    REQUIRE(says_the_same(json::parse(back), filled, tagged_names(schema)));
    REQUIRE(message.from_json(back, version).value() == *bytes);
  });
}

TEST_CASE("random messages cut short are refused") {
  for_random_messages([](const MessageInfo& message, const generator::Message& schema, std::int16_t version,
                         std::uint64_t seed) {
    const Bytes bytes =
        message.from_json(RandomJson(schema, version, seed).message().dump(), version).value();
    const std::size_t step = 1 + bytes.size() / 16;
    for (std::size_t size = 0; size < bytes.size(); size += step) {
      REQUIRE_FALSE(message.reencode(ByteView(bytes).first(size), version).has_value());
    }
  });
}

TEST_CASE("random messages with damaged bytes are refused or are messages") {
  int refused = 0;
  for_random_messages([&](const MessageInfo& message, const generator::Message& schema, std::int16_t version,
                          std::uint64_t seed) {
    Bytes bytes = message.from_json(RandomJson(schema, version, seed).message().dump(), version).value();
    if (bytes.empty()) return;
    std::mt19937_64 random(seed);
    for (int i = 0; i < 4; ++i) {
      bytes[random() % bytes.size()] ^= static_cast<std::uint8_t>(1U << (random() % 8));
      const auto encoded = message.reencode(bytes, version);
      refused += encoded ? 0 : 1;
      if (!encoded) continue;
      const auto again = message.reencode(*encoded, version);
      REQUIRE(again.has_value());
      REQUIRE(*again == *encoded);
    }
  });
  CHECK(refused > 1000);
}
