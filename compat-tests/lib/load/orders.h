#pragma once

// How a load is told what to do: a line on standard input is an order, and is answered by one on standard
// output.

#include <functional>
#include <string>

namespace load {

/// Calls `step` every `tick_ms`, and `answer` for each order as it comes. Until standard input ends.
void serve_orders(int tick_ms, const std::function<void()>& step,
                  const std::function<std::string(const std::string& order)>& answer);

}  // namespace load
