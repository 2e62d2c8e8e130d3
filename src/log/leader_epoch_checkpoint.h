#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace moldau::log {

/// The offset at which a leader epoch began in this log.
struct EpochEntry {
  std::int32_t epoch = 0;
  std::int64_t start_offset = 0;

  bool operator==(const EpochEntry&) const = default;
};

/// Content of leader-epoch-checkpoint (docs/formats/checkpoints.md).
std::string format_leader_epochs(std::span<const EpochEntry> entries);

/// KAFKA_STORAGE_ERROR if the text is no checkpoint or a line is not two numbers >= 0.
Result<std::vector<EpochEntry>> parse_leader_epochs(std::string_view text);

}  // namespace moldau::log
