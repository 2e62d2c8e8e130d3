#pragma once

#include <cstdint>
#include <nlohmann/json.hpp>
#include <random>

#include "protocol/generator/model.h"

namespace moldau::testing {

/// Random values for a message, made from its schema alone: the JSON of a message of that version in which
/// every field may be empty, null, extreme or random and tagged fields may be missing.
class RandomJson {
 public:
  RandomJson(const generator::Message& message, std::int16_t version, std::uint64_t seed)
      : message_(message), version_(version), random_(seed) {}

  nlohmann::json message() { return structure(message_.structs.back()); }

 private:
  std::uint64_t below(std::uint64_t bound) { return random_() % bound; }
  nlohmann::json structure(const generator::Struct& structure);
  nlohmann::json field(const generator::Field& field);
  nlohmann::json value(const generator::Field& field);
  std::int64_t integer(std::int64_t least, std::int64_t greatest);
  std::string text();
  std::string base64();

  const generator::Message& message_;
  std::int16_t version_;
  std::mt19937_64 random_;
};

}  // namespace moldau::testing
