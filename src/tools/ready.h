#pragma once

#include <functional>
#include <memory>

#include "base/result.h"
#include "base/time.h"
#include "io/loop.h"
#include "tools/broker_check.h"

namespace moldau::tools {

/// Asks the broker at an address again and again until it serves clients, or until the time is over. Lives on
/// its loop; destroying it ends it without a word.
class ReadyWait {
 public:
  /// `done` is called once, from the loop: with nothing when the broker serves, or with what was amiss last
  /// when `timeout` is over; REQUEST_TIMED_OUT when it said nothing at all. At least one attempt begins.
  ReadyWait(io::Loop& loop, io::SocketAddress address, Duration timeout,
            std::move_only_function<void(Result<void>)> done);

 private:
  void attempt();
  void attempted(Result<void> outcome);
  void give_up();
  void finish(Result<void> outcome);

  io::Loop& loop_;
  io::SocketAddress address_;
  std::move_only_function<void(Result<void>)> done_;
  Error last_error_;
  std::unique_ptr<BrokerCheck> check_;
  std::unique_ptr<io::Timer> pause_;
  std::unique_ptr<io::Timer> end_;
};

}  // namespace moldau::tools
