#pragma once

#include <string>
#include <string_view>

#include "base/result.h"
#include "base/uuid.h"

namespace moldau::log {

/// Content of partition.metadata (docs/formats/small-files.md), without a newline at the end.
std::string format_partition_metadata(const Uuid& topic_id);

/// The topic id. KAFKA_STORAGE_ERROR if the version or the id is missing or malformed, or the id is zero.
Result<Uuid> parse_partition_metadata(std::string_view text);

}  // namespace moldau::log
