#pragma once

#include <span>
#include <string>
#include <vector>

#include "base/bytes.h"
#include "base/result.h"
#include "metadata/decision.h"

namespace moldau::runtime {

/// The records of the SCRAM credentials that formatting was given, made of their passwords. INVALID_CONFIG in
/// Apache's words where one cannot be. `random` makes the salts that are missing.
Result<std::vector<Bytes>> credential_records(std::span<const std::string> arguments,
                                              metadata::RandomBits& random);

}  // namespace moldau::runtime
