#pragma once

#include <cstdint>
#include <string>

namespace moldau::testing {

/// A life in one line: seed, then for each turn the hash of its input and of the outcome in Moldau's streams
/// group, as compat-tests/streams-groups/src/StreamsGroups.java writes it of Apache Kafka's.
std::string streams_life_in_brief(std::uint64_t seed);

/// The inputs and outcomes themselves.
std::string streams_life_in_full(std::uint64_t seed);

}  // namespace moldau::testing
