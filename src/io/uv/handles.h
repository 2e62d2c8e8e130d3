#pragma once

#include <functional>
#include <memory>
#include <utility>

#include <uv.h>

namespace moldau::io::uv {

/// A libuv handle that may be destroyed at any moment, even from its own callback: the handle itself lives
/// until libuv is done with it, its owner's callback ends at once.
template <class Handle, class Callback>
class OwnedHandle {
 public:
  explicit OwnedHandle(Callback callback) : shared_(new Shared{{}, std::move(callback), true}) {
    shared_->handle.data = shared_;
  }
  ~OwnedHandle() {
    shared_->alive = false;
    ::uv_close(reinterpret_cast<uv_handle_t*>(&shared_->handle),
               [](uv_handle_t* handle) { delete static_cast<Shared*>(handle->data); });
  }
  OwnedHandle(const OwnedHandle&) = delete;
  OwnedHandle& operator=(const OwnedHandle&) = delete;

  Handle* get() { return &shared_->handle; }

  /// Calls the owner unless it is gone.
  template <class... Arguments>
  static void call(Handle* handle, Arguments... arguments) {
    auto* shared = static_cast<Shared*>(handle->data);
    if (shared->alive) shared->callback(arguments...);
  }

 private:
  struct Shared {
    Handle handle;
    Callback callback;
    bool alive;
  };

  Shared* shared_;
};

using PollHandle = OwnedHandle<uv_poll_t, std::function<void(int status, int events)>>;
using TimerHandle = OwnedHandle<uv_timer_t, std::move_only_function<void()>>;

}  // namespace moldau::io::uv
