#include "metadata/partition_outcome.h"

namespace moldau::metadata {

PartitionOutcome outcome_of(std::int32_t partition_id, const Result<void>& done) {
  PartitionOutcome outcome{.partition_id = partition_id};
  if (done) return outcome;
  outcome.error = done.error().code;
  if (!done.error().message.empty()) outcome.error_message = done.error().message;
  return outcome;
}

}  // namespace moldau::metadata
