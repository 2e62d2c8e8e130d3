#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace moldau::log {

/// Largest checkpoint file that is read: some million partitions.
inline constexpr std::size_t kLargestCheckpointBytes = std::size_t{256} << 20;

/// The text of a checkpoint (docs/formats/checkpoints.md): version 0, the number of entries, one line each.
std::string format_checkpoint(std::span<const std::string> lines);

/// The entries' lines, borrowed from `text`. KAFKA_STORAGE_ERROR if the version is not 0 or the count is not
/// that of the lines. A line may end with CR LF.
Result<std::vector<std::string_view>> parse_checkpoint(std::string_view text);

/// The words of a line, cut at white space.
std::vector<std::string_view> words_of(std::string_view line);

}  // namespace moldau::log
