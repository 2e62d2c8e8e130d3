#pragma once

// Groups whose members join, read, commit and leave, or are gone without a word, all the time.

#include <stop_token>

#include "tally.h"

namespace soak {

void join_and_leave(std::stop_token stop, const std::string& bootstrap, std::uint64_t seed, Tally& tally);

}  // namespace soak
