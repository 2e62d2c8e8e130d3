#pragma once

#include <cstdint>
#include <string>

namespace moldau::testing {

/// A life in one line: seed, kind, then for each turn the hash of its input and of the records that Moldau's
/// assignor gives, as compat-tests/assignors/src/Assignors.java writes it of Apache Kafka's.
std::string life_in_brief(std::uint64_t seed);

/// The inputs and records themselves.
std::string life_in_full(std::uint64_t seed);

}  // namespace moldau::testing
