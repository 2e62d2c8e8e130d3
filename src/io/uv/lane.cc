#include "io/uv/lane.h"

#include <utility>

#include <pthread.h>

namespace moldau::io::uv {

Lane::Lane(std::string name) : name_(std::move(name)), thread_([this] { run(); }) {
  // The kernel takes at most 15 characters.
  ::pthread_setname_np(thread_.native_handle(), name_.substr(0, 15).c_str());
}

Lane::~Lane() {
  {
    const std::lock_guard guard(mutex_);
    ending_ = true;
  }
  changed_.notify_one();
  thread_.join();
}

void Lane::submit(Task work) {
  {
    const std::lock_guard guard(mutex_);
    work_.push_back(std::move(work));
  }
  changed_.notify_one();
}

void Lane::rest(Duration span) {
  std::unique_lock guard(mutex_);
  changed_.wait_for(guard, span, [this] { return ending_; });
}

void Lane::run() {
  std::unique_lock guard(mutex_);
  while (true) {
    changed_.wait(guard, [this] { return ending_ || !work_.empty(); });
    if (work_.empty()) return;
    Task work = std::move(work_.front());
    work_.pop_front();
    guard.unlock();
    work();
    guard.lock();
  }
}

}  // namespace moldau::io::uv
