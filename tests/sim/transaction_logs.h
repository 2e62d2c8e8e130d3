#pragma once

#include <string>
#include <string_view>

#include "runtime/node.h"

namespace moldau::sim {

/// What is wrong in the logs of transactions of a node, by TransactionSteps and ProducerOrder, and where its
/// coordinators, or the last stable offsets of `topic`, are not what those logs say; empty where nothing is.
/// Only producers of transactions write to that topic.
std::string judge_transactions(runtime::Node& node, std::string_view topic);

}  // namespace moldau::sim
