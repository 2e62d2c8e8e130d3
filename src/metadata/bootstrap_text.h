#pragma once

#include <string>

#include "metadata/activation.h"

namespace moldau::metadata {

/// The bootstrap records in the words of Apache Kafka's storage tool: "BootstrapMetadata(records=[...],
/// ...)". The records are ones that formatting writes: feature levels and SCRAM credentials.
std::string describe(const BootstrapMetadata& bootstrap);

}  // namespace moldau::metadata
