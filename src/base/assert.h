#pragma once

#include <source_location>
#include <string_view>

namespace moldau {

/// Ends the process with the location and the broken invariant on stderr.
[[noreturn]] void assertion_failed(std::string_view invariant, const std::source_location& where);

/// States an invariant of our own code; stays on in release builds. Never judges bytes from outside:
/// those are answered with an Error.
inline void require(bool holds, std::string_view invariant,
                    const std::source_location& where = std::source_location::current()) {
  if (!holds) [[unlikely]] {
    assertion_failed(invariant, where);
  }
}

}  // namespace moldau
