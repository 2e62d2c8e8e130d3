#include "orders.h"

#include <iostream>
#include <optional>

#include <poll.h>
#include <unistd.h>

namespace load {
namespace {

/// Nothing at the end of standard input. Read without a buffer, in which poll() would not see a second order.
std::optional<std::string> read_line() {
  std::string line;
  while (true) {
    char c = 0;
    if (::read(STDIN_FILENO, &c, 1) != 1) return std::nullopt;
    if (c == '\n') return line;
    line += c;
  }
}

}  // namespace

void serve_orders(int tick_ms, const std::function<void()>& step,
                  const std::function<std::string(const std::string&)>& answer) {
  while (true) {
    step();
    pollfd input{.fd = STDIN_FILENO, .events = POLLIN, .revents = 0};
    if (::poll(&input, 1, tick_ms) <= 0) continue;
    const auto order = read_line();
    if (!order) return;
    std::cout << answer(*order) << std::endl;
  }
}

}  // namespace load
