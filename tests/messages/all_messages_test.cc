#include <string>

#include <doctest/doctest.h>

#include "protocol/messages/api_keys.h"
#include "protocol/wire/registry.h"

using moldau::Bytes;
using moldau::ByteView;
using moldau::wire::all_messages;
using moldau::wire::MessageInfo;

namespace {

/// Calls `check` for every message at each of its versions; gives the number of calls.
template <class Check>
int for_every_version(Check check) {
  int combinations = 0;
  for (const MessageInfo& message : all_messages()) {
    for (std::int16_t version = message.versions.lowest; version <= message.versions.highest; ++version) {
      const std::string name(message.name);
      CAPTURE(name);
      CAPTURE(version);
      check(message, version);
      ++combinations;
    }
  }
  return combinations;
}

}  // namespace

TEST_CASE("the release has 273 live messages: 735 versions and 4 of headers") {
  CHECK(all_messages().size() == 273);
  int of_headers = 0;
  const int combinations = for_every_version(
      [&](const MessageInfo& message, std::int16_t) { of_headers += message.type == "header" ? 1 : 0; });
  CHECK(of_headers == 4);
  CHECK(combinations - of_headers == 735);
}

TEST_CASE("a message of defaults survives bytes and JSON at every version") {
  for_every_version([](const MessageInfo& message, std::int16_t version) {
    const auto bytes = message.encode_default(version);
    REQUIRE(bytes.has_value());
    CHECK(message.reencode(*bytes, version).value() == *bytes);
    const auto json = message.to_json(*bytes, version);
    REQUIRE(json.has_value());
    CAPTURE(*json);
    CHECK(message.from_json(*json, version).value() == *bytes);
  });
}

TEST_CASE("every message cut short anywhere is refused") {
  for_every_version([](const MessageInfo& message, std::int16_t version) {
    const Bytes bytes = message.encode_default(version).value();
    for (std::size_t size = 0; size < bytes.size(); ++size) {
      CHECK_FALSE(message.reencode(ByteView(bytes).first(size), version).has_value());
    }
    Bytes longer = bytes;
    longer.push_back(0);
    CHECK_FALSE(message.reencode(longer, version).has_value());
  });
}

TEST_CASE("the keys of the release are 89, of which 77 are on brokers and 41 on controllers") {
  int on_broker = 0;
  int on_controller = 0;
  int versions = 0;
  for (const auto& api : moldau::protocol::kApis) {
    on_broker += api.on_broker ? 1 : 0;
    on_controller += api.on_controller ? 1 : 0;
    versions += api.versions.highest - api.versions.lowest + 1;
  }
  CHECK(moldau::protocol::kApis.size() == 89);
  CHECK(on_broker == 77);
  CHECK(on_controller == 41);
  CHECK(versions == 302);
}
