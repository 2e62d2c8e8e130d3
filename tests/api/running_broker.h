#pragma once

#include <functional>
#include <future>
#include <string>
#include <thread>

#include "base/result.h"
#include "io/stream.h"
#include "io/uv/host.h"

namespace moldau::testing {

/// A single-node broker in this process, on real sockets: its loops on threads of its own, its data in a
/// temporary folder, stopped cleanly at its end.
class RunningBroker {
 public:
  /// Returns when clients are served.
  explicit RunningBroker(std::size_t loops);
  ~RunningBroker();
  RunningBroker(const RunningBroker&) = delete;
  RunningBroker& operator=(const RunningBroker&) = delete;

  const io::SocketAddress& address() const { return address_; }

  /// Runs `task` on each of the broker's loops in turn and waits for it.
  void on_each_loop(const std::function<void()>& task);

 private:
  void run(std::size_t loops, std::promise<Result<io::SocketAddress>> ready);

  std::string folder_;
  io::SocketAddress address_;
  io::uv::UvHost* host_ = nullptr;  ///< lives on thread_
  std::function<void()> stop_;      ///< to be called on loop 0
  std::thread thread_;
};

}  // namespace moldau::testing
