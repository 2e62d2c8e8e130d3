#pragma once

#include "base/result.h"
#include "config/properties.h"

namespace moldau::config {

/// Checks the configurations of a client metrics subscription (KIP-714). kInvalidRequest with Apache's text
/// for unknown names and an interval outside of 100 ms to an hour, kInvalidConfig for values that are none
/// and for patterns of `match` that are no regular expression (in the language of RE2).
Result<void> validate_client_metrics(const Properties& properties);

}  // namespace moldau::config
