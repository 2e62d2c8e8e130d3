#include <initializer_list>
#include <string>

#include <doctest/doctest.h>

#include "protocol/messages/api_versions_request.h"
#include "protocol/messages/api_versions_response.h"
#include "protocol/messages/fetch_response.h"
#include "protocol/messages/metadata_request.h"
#include "protocol/messages/metadata_response.h"
#include "protocol/messages/sasl_handshake_request.h"
#include "protocol/wire/frame/encoded_frame.h"
#include "protocol/wire/frame/received_frame.h"

using moldau::Bytes;
using moldau::ByteView;
using moldau::ErrorCode;
using moldau::TopicName;
using moldau::protocol::ApiKey;
using moldau::protocol::find_api;
namespace protocol = moldau::protocol;
namespace wire = moldau::wire;

namespace {

/// A frame's bytes behind its length.
ByteView payload(const wire::EncodedFrame& frame) {
  return frame.bytes.bytes().subspan(4);
}

Bytes bytes_of(ByteView view) {
  return {view.begin(), view.end()};
}

}  // namespace

TEST_CASE("headers are flexible where the version is, but never that of an answer to ApiVersions") {
  const auto request_version = [](ApiKey key, std::int16_t version) {
    return wire::request_header_version(find_api(static_cast<std::int16_t>(key))->flexible_versions, version);
  };
  const auto response_version = [](ApiKey key, std::int16_t version) {
    const auto number = static_cast<std::int16_t>(key);
    return wire::response_header_version(number, find_api(number)->flexible_versions, version);
  };
  CHECK(request_version(ApiKey::kFetch, 11) == 1);
  CHECK(request_version(ApiKey::kFetch, 12) == 2);
  CHECK(request_version(ApiKey::kSaslHandshake, 1) == 1);
  CHECK(request_version(ApiKey::kApiVersions, 2) == 1);
  CHECK(request_version(ApiKey::kApiVersions, 3) == 2);
  CHECK(request_version(ApiKey::kApiVersions, 99) == 2);
  CHECK(response_version(ApiKey::kFetch, 11) == 0);
  CHECK(response_version(ApiKey::kFetch, 12) == 1);
  CHECK(response_version(ApiKey::kOffsetDelete, 0) == 0);
  CHECK(response_version(ApiKey::kApiVersions, 0) == 0);
  CHECK(response_version(ApiKey::kApiVersions, 4) == 0);
}

TEST_CASE("a request frame is length, header and body") {
  const auto plain = wire::encode_request(protocol::SaslHandshakeRequest{}, 1, 7, "me");
  REQUIRE(plain.has_value());
  CHECK(bytes_of(plain->bytes.bytes()) == Bytes{0, 0, 0, 14, 0, 17, 0, 1, 0, 0, 0, 7, 0, 2, 'm', 'e', 0, 0});
  protocol::MetadataRequest metadata;
  metadata.topics.reset();
  const auto flexible = wire::encode_request(metadata, 9, -1, std::nullopt);
  REQUIRE(flexible.has_value());
  CHECK(bytes_of(flexible->bytes.bytes()) ==
        Bytes{0, 0, 0, 16, 0, 3, 0, 9, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0, 0, 1, 0, 0, 0});
  CHECK(wire::encode_request(metadata, 99, 0, {}).error().code == ErrorCode::kUnsupportedVersion);
}

TEST_CASE("a request is read as it was encoded") {
  protocol::MetadataRequest metadata;
  metadata.topics.emplace().emplace_back().name = TopicName("orders");
  for (const std::int16_t version : std::initializer_list<std::int16_t>{8, 9, 13}) {
    CAPTURE(version);
    const auto frame = wire::encode_request(metadata, version, 42, "client");
    REQUIRE(frame.has_value());
    const auto request = wire::read_request(payload(*frame));
    REQUIRE(request.has_value());
    CHECK(request->api->key == ApiKey::kMetadata);
    CHECK(request->header.request_api_version == version);
    CHECK(request->header.correlation_id == 42);
    CHECK(request->header.client_id == "client");
    CHECK(request->is_known_version);
    CHECK(wire::decode_message<protocol::MetadataRequest>(request->body, version).value() == metadata);
  }
}

TEST_CASE("a request whose key or version is not of the release is refused, other than ApiVersions") {
  const auto read = [](const Bytes& bytes) { return wire::read_request(bytes); };
  CHECK(read({0, 93, 0, 0, 0, 0, 0, 1, 0, 0}).error().code == ErrorCode::kInvalidRequest);
  CHECK(read({0, 4, 0, 0, 0, 0, 0, 1, 0, 0}).error().code == ErrorCode::kInvalidRequest);
  CHECK(read({0xFF, 0xFF, 0, 0, 0, 0, 0, 1, 0, 0}).error().code == ErrorCode::kInvalidRequest);
  CHECK(read({0, 3, 0, 99, 0, 0, 0, 1, 0, 0, 0}).error().code == ErrorCode::kUnsupportedVersion);
  CHECK(read({0, 0, 0, 2, 0, 0, 0, 1, 0, 0}).error().code == ErrorCode::kUnsupportedVersion);
  const Bytes newer{0, 18, 0, 99, 0, 0, 0, 5, 0, 0, 0, 0xAB};
  const auto api_versions = read(newer);
  REQUIRE(api_versions.has_value());
  CHECK_FALSE(api_versions->is_known_version);
  CHECK(api_versions->header.correlation_id == 5);
  CHECK(bytes_of(api_versions->body) == Bytes{0xAB});
}

TEST_CASE("a request header that ends early or has a broken client id is refused") {
  const Bytes whole{0, 3, 0, 9, 0, 0, 0, 1, 0, 1, 'c', 0};
  CHECK(wire::read_request(whole).has_value());
  for (std::size_t size = 0; size < whole.size(); ++size) {
    CHECK_FALSE(wire::read_request(ByteView(whole).first(size)).has_value());
  }
  const Bytes lying{0, 3, 0, 9, 0, 0, 0, 1, 0, 9, 'c', 0};
  CHECK_FALSE(wire::read_request(lying).has_value());
}

TEST_CASE("an answer is decoded behind its header, and more bytes may follow") {
  protocol::MetadataResponse response;
  response.throttle_time_ms = 3;
  for (const std::int16_t version : std::initializer_list<std::int16_t>{8, 9, 13}) {
    CAPTURE(version);
    const auto frame = wire::encode_response(response, version, 11);
    REQUIRE(frame.has_value());
    CHECK(wire::read_correlation_id(payload(*frame)).value() == 11);
    CHECK(wire::decode_response<protocol::MetadataResponse>(payload(*frame), version).value() == response);
    Bytes longer = bytes_of(payload(*frame));
    longer.push_back(1);
    CHECK(wire::decode_response<protocol::MetadataResponse>(longer, version).has_value());
  }
  CHECK_FALSE(wire::read_correlation_id(Bytes{0, 0, 1}).has_value());
  CHECK_FALSE(wire::decode_response<protocol::MetadataResponse>(Bytes{0, 0, 1}, 9).has_value());
}

TEST_CASE("the answer to an unknown version of ApiVersions is what a running Kafka sends") {
  protocol::ApiVersionsResponse response;
  response.error_code = ErrorCode::kUnsupportedVersion;
  response.api_keys.emplace_back().api_key = 18;
  response.api_keys.back().max_version = 4;
  const auto frame = wire::encode_response(response, 0, 0x4D);
  REQUIRE(frame.has_value());
  CHECK(bytes_of(payload(*frame)) == Bytes{0, 0, 0, 0x4D, 0, 0x23, 0, 0, 0, 1, 0, 0x12, 0, 0, 0, 4});
}

TEST_CASE("external records count in the lengths and leave a place in the bytes") {
  protocol::FetchResponse response;
  auto& partitions = response.responses.emplace_back().partitions;
  partitions.resize(2);
  partitions[0].records = wire::Records{.bytes = {}, .external_bytes = 1000};
  const Bytes held(5, 0xEE);
  partitions[1].records = wire::Records{.bytes = ByteView(held), .external_bytes = 0};
  const auto frame = wire::encode_response(response, 17, 1);
  REQUIRE(frame.has_value());
  REQUIRE(frame->splices.size() == 1);
  CHECK(frame->splices[0].size_bytes == 1000);

  // With the records put into their place, the frame is an ordinary one.
  Bytes whole = bytes_of(frame->bytes.bytes());
  const Bytes external(1000, 0xAA);
  whole.insert(whole.begin() + static_cast<std::ptrdiff_t>(frame->splices[0].position), external.begin(),
               external.end());
  CHECK(moldau::load_big_endian<std::int32_t>(whole.data()) + 4 == static_cast<std::int32_t>(whole.size()));
  const auto back = wire::decode_response<protocol::FetchResponse>(ByteView(whole).subspan(4), 17);
  REQUIRE(back.has_value());
  CHECK(bytes_of(back->responses[0].partitions[0].records->bytes) == external);
  CHECK(bytes_of(back->responses[0].partitions[1].records->bytes) == held);
}
