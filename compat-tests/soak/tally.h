#pragma once

// How often each kind of work was done and answered, for all threads of the load.

#include <map>
#include <mutex>
#include <string>

namespace soak {

class Tally {
 public:
  void add(const std::string& kind, int times = 1) {
    const std::scoped_lock lock(mutex_);
    counts_[kind] += times;
  }

  std::map<std::string, int> counts() const {
    const std::scoped_lock lock(mutex_);
    return counts_;
  }

 private:
  mutable std::mutex mutex_;
  std::map<std::string, int> counts_;
};

}  // namespace soak
