#pragma once

// Connections that last for a moment, of a client that knows only bytes: requests that librdkafka does not
// make (fetch sessions), and ends that no client should make.

#include <stop_token>

#include "tally.h"

namespace soak {

void visit(std::stop_token stop, const std::string& bootstrap, Tally& tally);

}  // namespace soak
