#pragma once

#include <csignal>
#include <memory>
#include <thread>
#include <vector>

#include "io/host.h"
#include "io/uv/lane.h"
#include "io/uv/loop.h"

namespace moldau::io::uv {

/// The real machine. Made and run on the main thread, which becomes loop 0; the other loops get threads.
class UvHost final : public Host {
 public:
  /// Raises the limit of open files to what the system allows and ignores SIGPIPE.
  explicit UvHost(std::size_t loop_count);
  ~UvHost() override;

  /// Runs all loops until stop(); returns when every loop has ended.
  void run();
  /// From any thread.
  void stop();

  /// Calls `task` on loop 0 for each `signal` from here on. Before run().
  void on_signal(int signal, std::function<void()> task);

  std::size_t loop_count() const override { return loops_.size(); }
  Loop& loop(std::size_t index) override { return *loops_[index]; }
  Result<std::shared_ptr<Directory>> open_root(std::string_view path) override;
  LaneId make_lane(std::string_view name) override;

 private:
  Lane& lane(LaneId id);

  std::mutex lanes_mutex_;
  std::vector<std::unique_ptr<Lane>> lanes_;
  std::vector<std::unique_ptr<UvLoop>> loops_;
  struct Signal;
  std::vector<std::unique_ptr<Signal>> signals_;
};

}  // namespace moldau::io::uv
