// Behaviour of the code that the generator makes of the made-up schema with every feature.

#include <array>
#include <cstdint>
#include <limits>
#include <string>

#include <doctest/doctest.h>

#include "protocol/messages/every_feature_request.h"
#include "protocol/messages/every_feature_response.h"
#include "protocol/wire/json_node.h"
#include "protocol/wire/json_writer.h"
#include "protocol/wire/message.h"
#include "protocol/wire/registry.h"

using moldau::BrokerId;
using moldau::Bytes;
using moldau::ByteView;
using moldau::ErrorCode;
using moldau::GroupId;
using moldau::ProducerId;
using moldau::TopicName;
using moldau::TransactionalId;
using moldau::Uuid;
using moldau::protocol::EveryFeatureRequest;
using moldau::protocol::EveryFeatureResponse;
using moldau::wire::decode_message;
using moldau::wire::encode_message;

namespace {

constexpr std::array<std::uint8_t, 3> kPayload = {0x00, 0xFF, 0x7F};

/// A message whose every field that exists in `version` differs from its default.
EveryFeatureRequest filled(std::int16_t version) {
  EveryFeatureRequest message;
  message.flag = false;
  message.tiny = 5;
  message.port = 65535;
  message.leader_id = BrokerId(7);
  message.checksum = 0xFFFFFFFF;
  message.producer_id = ProducerId(1'000'000'000'000);
  message.largest = 1;
  message.ratio = -2.25;
  message.group_id = GroupId("group");
  message.label.reset();
  message.plain_text = "plain";
  message.payload = ByteView(kPayload);
  message.batches = moldau::wire::Records{ByteView(kPayload)};
  message.numbers = {1, -2, std::numeric_limits<std::int32_t>::min()};
  message.brokers = {BrokerId(1), BrokerId(2)};
  message.names = {TopicName("a"), TopicName("")};
  message.topics.resize(2);
  message.topics[0].name = TopicName("orders");
  message.topics[0].leader.host = "host-1";
  message.topics[0].partitions->resize(1);
  message.topics[1].partitions.reset();
  if (version <= 2) message.class_ = TopicName("old");
  if (version >= 2) {
    message.error_code = ErrorCode::kUnknownTopicOrPartition;
    message.smallest = 0;
    message.address = "elsewhere";
    message.transactional_id = TransactionalId("txn");
    message.extra = ByteView(kPayload);
    message.topics[0].partitions->front().epoch = 9;
    message.controller.emplace().host = "controller";
    message.cursor->position = 77;
    message.retries = 4;
  }
  if (version >= 3) {
    message.topic_id = Uuid(1, 2);
    message.ids = {Uuid(3, 4)};
    message.replica.node_id = BrokerId(3);
    message.fallback.emplace();
    message.hints = {"one", ""};
    message.unknown_tags.add(3, kPayload);
    message.topics[0].unknown_tags.add(0, {});
  }
  if (version >= 4) {
    message.raw = moldau::wire::Records{ByteView(kPayload)};
    message.topics[0].leader.zone = "";
    message.cursor.reset();
    message.weights.reset();
    message.token = ByteView(kPayload);
    message.unknown_tags.add(9, {});
  }
  return message;
}

std::string encode_error(const EveryFeatureRequest& message, std::int16_t version) {
  const auto bytes = encode_message(message, version);
  return bytes ? "" : bytes.error().message;
}

}  // namespace

TEST_CASE("the message's constants are the schema's") {
  CHECK(EveryFeatureRequest::kName == "EveryFeatureRequest");
  CHECK(EveryFeatureRequest::kApiKey == 300);
  CHECK(EveryFeatureRequest::kVersions == moldau::wire::VersionRange{1, 4});
  CHECK(EveryFeatureRequest::kFlexibleVersions == moldau::wire::VersionRange{3, 4});
  CHECK(EveryFeatureResponse::kFlexibleVersions.empty());
  CHECK(encode_message(EveryFeatureResponse{}, 1).value().empty());
}

TEST_CASE("a filled message comes back equal at every version, and its bytes are stable") {
  for (std::int16_t version = 1; version <= 4; ++version) {
    CAPTURE(version);
    const EveryFeatureRequest message = filled(version);
    const auto bytes = encode_message(message, version);
    REQUIRE_MESSAGE(bytes.has_value(), bytes.error().message);
    const auto back = decode_message<EveryFeatureRequest>(*bytes, version);
    REQUIRE_MESSAGE(back.has_value(), back.error().message);
    CHECK(*back == message);
    CHECK(encode_message(*back, version).value() == *bytes);
    for (std::size_t size = 0; size < bytes->size(); ++size) {
      CHECK_FALSE(decode_message<EveryFeatureRequest>(ByteView(*bytes).first(size), version).has_value());
    }
  }
}

TEST_CASE("JSON carries the same as bytes, but no unknown tags") {
  for (std::int16_t version = 1; version <= 4; ++version) {
    CAPTURE(version);
    EveryFeatureRequest message = filled(version);
    message.unknown_tags = {};
    message.topics[0].unknown_tags = {};
    moldau::wire::JsonWriter json;
    message.write_json(version, json);
    const auto document = moldau::wire::JsonDocument::parse(json.text());
    REQUIRE(document.has_value());
    EveryFeatureRequest back;
    back.read_json(version, (*document)->root());
    CHECK_MESSAGE((*document)->ok(), (*document)->reason());
    CHECK(back == message);
  }
}

TEST_CASE("defaults that are null need not be sent, values that a version lacks cannot be") {
  EveryFeatureRequest message;
  CHECK(encode_error(message, 1) == "Numbers: null in a version that forbids it");
  message.numbers.emplace();
  CHECK(encode_error(message, 1).empty());
  message.error_code = ErrorCode::kNotController;  // ignorable
  message.topic_id = Uuid(1, 1);                   // ignorable
  CHECK(encode_error(message, 1).empty());
  message.address = "elsewhere";
  CHECK(encode_error(message, 1) == "Address: this version has no such field");
  CHECK(encode_error(message, 2).empty());
  message.address = "localhost";
  message.group_id.reset();
  CHECK(encode_error(message, 1) == "GroupId: null in a version that forbids it");
  message.cursor.reset();
  CHECK(encode_error(message, 3) == "Cursor: null in a version that forbids it");
  CHECK(encode_error(message, 4).empty());
  message.class_ = TopicName("old");
  CHECK(encode_error(message, 3) == "Class: this version has no such field");
  CHECK(encode_error(message, 5) == "EveryFeatureRequest: no version 5");
  CHECK(encode_message(message, 0).error().code == ErrorCode::kUnsupportedVersion);
}

TEST_CASE("what is too long or tagged in a plain version is refused before it is written") {
  EveryFeatureRequest message = filled(2);
  const std::string longest(32767, 'x');
  message.address = longest;
  CHECK(encode_error(message, 2).empty());
  const std::string longer(32768, 'x');
  message.address = longer;
  CHECK(encode_error(message, 2) == "Address: a string is longer than 32767 bytes");
  message.address = "short";
  message.unknown_tags.add(0, {});
  CHECK(encode_error(message, 2) == "tagged fields: this version has none");
}

TEST_CASE("unknown tagged fields leave in order between the known ones, or not at all") {
  EveryFeatureRequest message = filled(4);
  CHECK(encode_error(message, 4).empty());
  message.unknown_tags.add(8, {});
  CHECK(encode_error(message, 4) == "tagged fields: their tags do not rise");
  message.unknown_tags = {};
  message.unknown_tags.add(5, {});
  CHECK(encode_error(message, 4) == "tagged fields: their tags do not rise");
  message.unknown_tags = {};
  message.unknown_tags.add(7, {});
  message.unknown_tags.add(7, {});
  CHECK(encode_error(message, 4) == "tagged fields: their tags do not rise");
}

TEST_CASE("a tagged field with its default is not written; null where null is not the default is") {
  EveryFeatureRequest message = filled(4);
  const std::size_t full = encode_message(message, 4).value().size();
  message.retries = 3;  // tag, size, int32
  CHECK(encode_message(message, 4).value().size() == full - 6);
  message.weights.emplace();  // tag, size, null
  CHECK(encode_message(message, 4).value().size() == full - 9);
  message.token = ByteView();  // an empty text is not the null that is the default
  CHECK(encode_message(message, 4).value().size() == full - 12);
}

TEST_CASE("a known tag is refused in versions that do not have it, and read anew when it comes twice") {
  EveryFeatureRequest message;
  message.numbers.emplace();
  const Bytes plain = encode_message(message, 3).value();
  const auto with_tags = [&](const Bytes& section) {
    Bytes bytes(plain.begin(), plain.end() - 1);
    bytes.insert(bytes.end(), section.begin(), section.end());
    return bytes;
  };
  const Bytes retries_tag = with_tags({0x01, 0x04, 0x04, 0, 0, 0, 1});
  CHECK_FALSE(decode_message<EveryFeatureRequest>(retries_tag, 3).has_value());
  const Bytes hints_twice = with_tags({0x02, 0x02, 0x03, 0x02, 0x02, 'a', 0x02, 0x03, 0x02, 0x02, 'b'});
  const auto twice = decode_message<EveryFeatureRequest>(hints_twice, 3);
  REQUIRE(twice.has_value());
  CHECK(twice->hints == std::vector<std::string_view>{"b"});
  // The endpoint's own tag 0 exists from version 4 on.
  const Bytes zone = with_tags({0x01, 0x00, 0x08, 0, 0, 0, 1, 0x01, 0x01, 0x00, 0x00});
  CHECK_FALSE(decode_message<EveryFeatureRequest>(zone, 3).has_value());
}

TEST_CASE("unknown error codes and booleans over one are kept as Kafka keeps them") {
  Bytes bytes = encode_message(filled(2), 2).value();
  bytes[0] = 0x40;                // flag
  bytes[2] = 0x7F, bytes[3] = 0;  // error code
  const auto message = decode_message<EveryFeatureRequest>(bytes, 2);
  REQUIRE(message.has_value());
  CHECK(message->flag);
  CHECK(static_cast<std::int16_t>(message->error_code) == 0x7F00);
  const Bytes again = encode_message(*message, 2).value();
  CHECK(again[0] == 1);
  CHECK(again[2] == 0x7F);
}

TEST_CASE("the registry finds a message by name") {
  CHECK(moldau::wire::all_messages().size() == 2);
  REQUIRE(moldau::wire::find_message("EveryFeatureRequest") != nullptr);
  CHECK(moldau::wire::find_message("EveryFeatureRequest")->type == "request");
  CHECK(moldau::wire::find_message("GoneRequest") == nullptr);
}
