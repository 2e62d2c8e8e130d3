#pragma once

#include <memory>

#include "io/loop.h"
#include "process.h"

namespace moldau::bench {

/// Ends the program when it lives on for its span: what waits for answers does not wait for ever.
class Deadline {
 public:
  /// `what` is text that outlives it.
  Deadline(io::Loop& loop, Duration span, const char* what)
      : timer_(loop.make_timer([what] { die(what, "not done in time"); })) {
    timer_->arm(loop.clock().now() + span);
  }

 private:
  std::unique_ptr<io::Timer> timer_;
};

}  // namespace moldau::bench
