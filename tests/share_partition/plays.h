#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace moldau::testing {

/// The text of a script; of a seed it is always the same.
using Play = std::string (*)(std::uint64_t seed);

/// What happens to a share partition.
std::string play_partition(std::uint64_t seed);

/// What is asked of share sessions.
std::string play_session(std::uint64_t seed);

/// nullptr for a name that is none: "partition", "session".
Play play_of(std::string_view name);

/// Whether the text of the script is that of a line of a golden sample: seed, lines, their hash. Where Apache
/// Kafka fails the line tells of what came before.
bool is_played(Play play, std::string_view line);

}  // namespace moldau::testing
