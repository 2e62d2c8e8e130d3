#include "base/uuid.h"

#include <doctest/doctest.h>

using moldau::Uuid;

TEST_CASE("a uuid prints and parses as Apache Kafka's base64url form") {
  CHECK(moldau::kClusterMetadataTopicId.to_string() == "AAAAAAAAAAAAAAAAAAAAAQ");
  const Uuid id(0x0123456789abcdefULL, 0xfedcba9876543210ULL);
  CHECK(id.to_string() == "ASNFZ4mrze_-3LqYdlQyEA");
  CHECK(id.to_hex() == "0123456789abcdeffedcba9876543210");
  CHECK(Uuid::parse("ASNFZ4mrze_-3LqYdlQyEA").value() == id);
  CHECK(Uuid::parse("ASNFZ4mrze_-3LqYdlQyEA==").value() == id);
}

TEST_CASE("texts that are no uuid are refused") {
  for (const auto* text :
       {"", "ASNFZ4mrze_-3LqYdlQyE", "ASNFZ4mrze_-3LqYdlQyEA1", "ASNFZ4mrze/-3LqYdlQyEA"}) {
    CAPTURE(text);
    CHECK_FALSE(Uuid::parse(text).has_value());
  }
}
