#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace moldau::config {

/// Milliseconds of an ISO 8601 duration as Java's Duration.parse() reads it, PnDTnHnMn.nS in any case;
/// nullopt for another text, one with a negative part, and one that is too long to be counted in
/// milliseconds.
std::optional<std::int64_t> parse_iso_duration_ms(std::string_view text);

}  // namespace moldau::config
