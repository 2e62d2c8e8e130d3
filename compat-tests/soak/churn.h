#pragma once

// What an administrator does all the time: topics come, grow, are set otherwise and go; records and groups
// are deleted. Names come again, so that the cluster is of the same size all the time.

#include <stop_token>

#include "tally.h"

namespace soak {

void churn(std::stop_token stop, const std::string& bootstrap, Tally& tally);

}  // namespace soak
