#pragma once

#include <functional>
#include <string>

#include "tests/sim/groups/group_actor.h"

namespace moldau::sim {

/// Reads all that a share group has left, as somebody new whom nothing was given before, and accepts it.
/// `reader` is its number in `stage.shares`. What is wrong about it; empty where nothing is.
std::string drain(GroupStage& stage, const std::string& group, ShareHistory::Reader reader,
                  const std::function<bool()>& go_on);

}  // namespace moldau::sim
