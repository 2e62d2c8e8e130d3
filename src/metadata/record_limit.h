#pragma once

#include <span>

#include "base/bytes.h"
#include "base/result.h"

namespace moldau::metadata {

/// POLICY_VIOLATION, in Kafka's words, if these are more than kMaxRecordsPerRequest: nothing of the request
/// is done then.
Result<void> check_record_count(std::span<const Bytes> records);

}  // namespace moldau::metadata
