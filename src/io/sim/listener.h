#pragma once

#include <deque>
#include <memory>

#include "io/sim/network.h"
#include "io/stream.h"

namespace moldau::io::sim {

class SimLoop;

/// A port of a simulated machine. Connections wait in its backlog until they are accepted on its loop.
class SimListener final : public Listener {
 public:
  static Result<std::unique_ptr<Listener>> open(SimLoop& loop, const SocketAddress& address,
                                                ListenerHandler* handler);

  SimListener(SimLoop& loop, ListenerHandler* handler) : loop_(loop), handler_(handler) {}
  ~SimListener() override;
  SimListener(const SimListener&) = delete;
  SimListener& operator=(const SimListener&) = delete;

  SocketAddress local_address() const override { return address_; }
  void set_paused(bool paused) override;

 private:
  void accept_soon();

  SimLoop& loop_;
  ListenerHandler* handler_;
  SocketAddress address_;
  bool paused_ = false;
  std::deque<std::unique_ptr<SimPendingStream>> backlog_;
  /// Tells events under way whether the listener is still there.
  std::shared_ptr<SimListener*> self_ = std::make_shared<SimListener*>(this);
};

}  // namespace moldau::io::sim
