#pragma once

#include <memory>

#include "io/stream.h"
#include "io/uv/descriptor.h"
#include "io/uv/handles.h"

namespace moldau::io::uv {

class UvLoop;

/// A listening socket that accepts in batches. It pauses while few descriptors are left, so that connections,
/// however many, leave some to files; clients wait in the system's queue.
class UvListener final : public Listener {
 public:
  static Result<std::unique_ptr<Listener>> open(UvLoop& loop, const SocketAddress& address, int backlog,
                                                ListenerHandler* handler);

  UvListener(UvLoop& loop, Descriptor socket, ListenerHandler* handler);
  ~UvListener() override;

  SocketAddress local_address() const override;
  void set_paused(bool paused) override;

 private:
  void on_connections();
  void update_polling();
  void rest();

  Descriptor socket_;
  ListenerHandler* handler_;
  bool paused_ = false;
  bool resting_ = false;
  /// Tells the accept loop whether a handler destroyed the listener.
  std::shared_ptr<bool> alive_ = std::make_shared<bool>(true);
  std::unique_ptr<PollHandle> poll_;
  std::unique_ptr<TimerHandle> rest_timer_;
};

}  // namespace moldau::io::uv
