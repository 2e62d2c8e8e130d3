#pragma once

#include <condition_variable>
#include <deque>
#include <functional>
#include <mutex>
#include <string>
#include <thread>

#include "base/time.h"
#include "io/loop.h"

namespace moldau::io::uv {

/// A thread that does blocking work in order of submission. Ends, after the work it has, when destroyed.
class Lane {
 public:
  explicit Lane(std::string name);
  ~Lane();
  Lane(const Lane&) = delete;
  Lane& operator=(const Lane&) = delete;

  /// From any thread.
  void submit(Task work);

  /// From the work under way: waits for that long, or until the lane is to end.
  void rest(Duration span);

 private:
  void run();

  std::string name_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<Task> work_;
  bool ending_ = false;
  std::thread thread_;
};

}  // namespace moldau::io::uv
