#pragma once

#include <atomic>
#include <memory>

namespace moldau::io {

/// Tells work in lanes that it is to end. Set on a loop, asked by the work; copies are one flag.
class StopFlag {
 public:
  void set() { is_set_->store(true); }
  bool is_set() const { return is_set_->load(); }

 private:
  std::shared_ptr<std::atomic<bool>> is_set_ = std::make_shared<std::atomic<bool>>(false);
};

}  // namespace moldau::io
