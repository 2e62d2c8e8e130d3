#pragma once

#include <string>
#include <string_view>

#include "base/result.h"

namespace moldau::io::uv {

/// The whole file at `path` as text, a pipe up to its end. Blocks; for what a program reads once.
/// kKafkaStorageError with the system's reason.
Result<std::string> read_text_file(const std::string& path);

/// Puts the whole text into the file at `path`, in place of what it held; not synced. Fails as above.
Result<void> write_text_file(const std::string& path, std::string_view text);

}  // namespace moldau::io::uv
