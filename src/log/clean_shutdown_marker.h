#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"
#include "io/directory.h"

namespace moldau::log {

/// What a log directory's `.kafka_cleanshutdown` says (docs/formats/small-files.md).
struct CleanShutdown {
  bool is_marked = false;                         ///< The file is there, whatever is in it.
  std::optional<std::int64_t> broker_epoch = {};  ///< Nullopt if the file does not tell it.

  bool operator==(const CleanShutdown&) const = default;
};

std::string format_clean_shutdown(std::int64_t broker_epoch);

/// The broker epoch; nullopt if the text is no JSON object with a version and an epoch.
std::optional<std::int64_t> parse_clean_shutdown(std::string_view text);

/// Looks for the marker.
Result<CleanShutdown> read_clean_shutdown(io::Directory& log_dir);

/// Writes the marker when all logs of the directory are closed. Blocks until it is durable.
Result<void> write_clean_shutdown(io::Directory& log_dir, std::int64_t broker_epoch);

/// Removes the marker before the first log is opened for writing. Blocks until that is durable.
Result<void> remove_clean_shutdown(io::Directory& log_dir);

}  // namespace moldau::log
