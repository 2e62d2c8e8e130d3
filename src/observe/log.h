#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string_view>
#include <utility>

#include <fmt/core.h>

namespace moldau::observe {

enum class Level : std::uint8_t { kDebug, kInfo, kWarn, kError };

/// Hands one line to the log: without a sink of its own, to stderr through a bounded ring that drops lines,
/// and counts them, while the output blocks. Never blocks the caller. From any thread.
void log(Level level, std::string_view line);

/// Lines below `level` are not written. Default: kInfo.
void set_level(Level level);
bool is_enabled(Level level);

/// Sends lines to `sink` instead; an empty one restores stderr. For tests and the simulator, before any
/// other thread logs.
void set_sink(std::function<void(Level, std::string_view)> sink);

/// Writes out what waits in the ring; before the process ends.
void flush_log();

template <class... Arguments>
void debug(fmt::format_string<Arguments...> format, Arguments&&... arguments) {
  if (is_enabled(Level::kDebug))
    log(Level::kDebug, fmt::format(format, std::forward<Arguments>(arguments)...));
}

template <class... Arguments>
void info(fmt::format_string<Arguments...> format, Arguments&&... arguments) {
  if (is_enabled(Level::kInfo)) log(Level::kInfo, fmt::format(format, std::forward<Arguments>(arguments)...));
}

template <class... Arguments>
void warn(fmt::format_string<Arguments...> format, Arguments&&... arguments) {
  if (is_enabled(Level::kWarn)) log(Level::kWarn, fmt::format(format, std::forward<Arguments>(arguments)...));
}

template <class... Arguments>
void error(fmt::format_string<Arguments...> format, Arguments&&... arguments) {
  if (is_enabled(Level::kError))
    log(Level::kError, fmt::format(format, std::forward<Arguments>(arguments)...));
}

}  // namespace moldau::observe
