#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/error_code.h"
#include "base/result.h"

namespace moldau::metadata {

/// What became of one partition that a client named.
struct PartitionOutcome {
  std::int32_t partition_id = 0;
  ErrorCode error = ErrorCode::kNone;
  std::optional<std::string> error_message = {};
};

/// The partitions of one topic, in the order of the answer.
struct TopicOutcome {
  std::string name;
  std::vector<PartitionOutcome> partitions = {};
};

/// The answer of a partition that was done, or why it was not.
PartitionOutcome outcome_of(std::int32_t partition_id, const Result<void>& done);

}  // namespace moldau::metadata
