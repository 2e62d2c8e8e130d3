#include "security/scram.h"

#include <string>

#include <doctest/doctest.h>

#include "base/base64.h"

using namespace moldau;
using namespace moldau::security;

namespace {

std::string hex(const Bytes& bytes) {
  constexpr std::string_view kDigits = "0123456789abcdef";
  std::string text;
  for (const std::uint8_t byte : bytes) {
    text += kDigits[byte >> 4];
    text += kDigits[byte & 0x0F];
  }
  return text;
}

}  // namespace

TEST_CASE("the example of RFC 7677 gives the keys that its server keeps") {
  const Bytes salt = *decode_base64("W22ZaJ0SNY7soEsUEjb6gQ==");
  const auto salted = salted_password(ScramMechanism::kSha256, "pencil", salt, 4096);
  REQUIRE(salted.has_value());
  CHECK(hex(*salted) == "c4a49510323ab4f952cac1fa99441939e78ea74d6be81ddf7096e87513dc615d");
  const auto keys = derive_keys(ScramMechanism::kSha256, *salted);
  REQUIRE(keys.has_value());
  CHECK(keys->stored_key == *decode_base64("WG5d8oPm3OtcPnkdi4Uo7BkeZkBFzpcXkuLmtbsT4qY="));
  CHECK(keys->server_key == *decode_base64("wfPLwcE6nTWhTAmQ7tl2KeoiWGPlZqQxSrmfPwDl2dU="));
}

TEST_CASE("the keys of SHA-512 are as long as its digest") {
  const auto salted = salted_password(ScramMechanism::kSha512, "pencil", {}, kMostIterations);
  REQUIRE(salted.has_value());
  CHECK(salted->size() == 64);
  CHECK(derive_keys(ScramMechanism::kSha512, *salted)->stored_key.size() == 64);
}

TEST_CASE("an empty password has no keys") {
  CHECK(salted_password(ScramMechanism::kSha256, "", {}, 4096).error().code == ErrorCode::kInvalidRequest);
  CHECK(derive_keys(ScramMechanism::kSha256, {}).error().code == ErrorCode::kInvalidRequest);
}

TEST_CASE("mechanisms are known by their exact names") {
  CHECK(parse_mechanism("SCRAM-SHA-256") == ScramMechanism::kSha256);
  CHECK(parse_mechanism("SCRAM-SHA-512") == ScramMechanism::kSha512);
  CHECK_FALSE(parse_mechanism("scram-sha-256").has_value());
  CHECK_FALSE(parse_mechanism("SCRAM-SHA-1").has_value());
}
