#pragma once

#include <memory>
#include <mutex>
#include <vector>

#include "io/host.h"
#include "io/uv/lane.h"
#include "io/uv/loop.h"

namespace moldau::io::uv {

/// The real machine. Made, run and destroyed on one thread, which runs loop 0; the other loops get threads of
/// their own during run(). Streams, listeners and timers are destroyed before the host, work in lanes ends
/// with it; tasks that were posted and did not run are destroyed.
class UvHost final : public Host {
 public:
  /// Processors this process may use; at least 1.
  static std::size_t available_cores();

  /// For the whole process: raises the limit of open files to what the system allows and makes room for many,
  /// ignores SIGPIPE, and lets glibc make as many heaps as there are loops, and keep large blocks out of
  /// them. While there is one thread.
  explicit UvHost(std::size_t loop_count);
  ~UvHost() override;

  /// For the whole process, once it serves: gives free memory of the heaps back to the system, from between
  /// blocks in use too, and lets them keep more from then on. Other threads' allocations wait for it.
  static void give_back_memory();

  /// Runs all loops until stop(); returns when every loop has ended. May be called again.
  void run();
  /// Lets every loop end after the turn under way, or after the first one when it does not run yet. From any
  /// thread.
  void stop();

  /// Calls `task` on loop 0 for each `signal` from here on. Before or after run(), or on loop 0.
  void on_signal(int signal, Task task);

  std::size_t loop_count() const override { return loops_.size(); }
  Loop& loop(std::size_t index) override { return *loops_[index]; }
  Result<std::shared_ptr<Directory>> open_root(std::string_view path) override;
  Result<std::shared_ptr<Directory>> find_root(std::string_view path) override;
  Result<std::vector<std::string>> addresses_of(const std::string& host) override;
  LaneId make_lane(std::string_view name) override;
  void rest_lane(LaneId lane, Duration span) override;

 private:
  Lane& lane(LaneId id);
  /// A lane for reads of the folder's files.
  LaneId read_lane(std::string_view path);

  std::mutex lanes_mutex_;
  std::vector<std::unique_ptr<Lane>> lanes_;
  std::vector<std::unique_ptr<UvLoop>> loops_;
  struct Signal;
  std::vector<std::unique_ptr<Signal>> signals_;
};

}  // namespace moldau::io::uv
