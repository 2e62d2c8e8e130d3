#include "metadata/record_limit.h"

#include "metadata/decision.h"

namespace moldau::metadata {

Result<void> check_record_count(std::span<const Bytes> records) {
  if (records.size() <= kMaxRecordsPerRequest) return {};
  return fail(ErrorCode::kPolicyViolation, "Unable to perform excessively large batch operation.");
}

}  // namespace moldau::metadata
