#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/result.h"
#include "quorum/election_state.h"

namespace moldau::quorum {

/// The file's name in the metadata log's folder; a new content is written to the second name, synced and
/// renamed over the first.
inline constexpr std::string_view kQuorumStateFileName = "quorum-state";
inline constexpr std::string_view kQuorumStateTemporaryName = "quorum-state.tmp";

/// Content of the quorum-state file, byte for byte as Apache Kafka 4.3 writes it (docs/formats/
/// quorum-state.md): data version 0 under kraft.version 0, else 1. No newline at the end.
std::string format_quorum_state(const ElectionState& state, std::int16_t kraft_version);

/// Reads either version; unknown fields are skipped, as Kafka does. CORRUPT_MESSAGE with a reason if the text
/// is no JSON object, if a field of its version is missing or of another type, or if the version is unknown.
Result<ElectionState> parse_quorum_state(std::string_view text);

}  // namespace moldau::quorum
