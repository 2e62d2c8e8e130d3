#include "tools/ready.h"

#include <utility>

namespace moldau::tools {
namespace {

/// Between two attempts.
constexpr Duration kPause = std::chrono::milliseconds(100);

}  // namespace

ReadyWait::ReadyWait(io::Loop& loop, io::SocketAddress address, Duration timeout,
                     std::move_only_function<void(Result<void>)> done)
    : loop_(loop),
      address_(std::move(address)),
      done_(std::move(done)),
      last_error_{ErrorCode::kRequestTimedOut, "no answer in time"},
      pause_(loop.make_timer([this] { attempt(); })),
      end_(loop.make_timer([this] { give_up(); })) {
  end_->arm(loop.clock().now() + timeout);
  attempt();
}

void ReadyWait::attempt() {
  check_ = std::make_unique<BrokerCheck>(loop_, address_,
                                         [this](Result<void> outcome) { attempted(std::move(outcome)); });
}

void ReadyWait::attempted(Result<void> outcome) {
  if (outcome) return finish({});
  last_error_ = std::move(outcome).error();
  pause_->arm(loop_.clock().now() + kPause);
}

void ReadyWait::give_up() {
  finish(fail(last_error_));
}

void ReadyWait::finish(Result<void> outcome) {
  pause_->disarm();
  end_->disarm();
  check_.reset();
  std::exchange(done_, nullptr)(std::move(outcome));
}

}  // namespace moldau::tools
