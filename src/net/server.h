#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <list>
#include <memory>
#include <unordered_map>

#include "base/buffer.h"
#include "base/time.h"
#include "io/loop.h"
#include "net/connection.h"
#include "net/memory_budget.h"

namespace moldau::net {

/// The connections of one shard.
class Server final : private ConnectionOwner {
 public:
  struct Options {
    std::size_t max_frame_bytes = 104857600;       ///< `socket.request.max.bytes`
    std::size_t budget_bytes = 0;                  ///< this shard's share of `queued.max.request.bytes`
    int send_buffer_bytes = 102400;                ///< `socket.send.buffer.bytes`
    int receive_buffer_bytes = 102400;             ///< `socket.receive.buffer.bytes`
    Duration max_idle = std::chrono::minutes(10);  ///< `connections.max.idle.ms`; no limit if negative
  };

  /// `loop` and `service` outlive the server.
  Server(io::Loop& loop, const Options& options, Service& service);
  ~Server() override;

  /// Told that a connection is closed, by either side; a request of it may still be under way.
  using Gone = std::move_only_function<void(const io::SocketAddress& peer)>;

  /// Takes a connection over; `gone` is called when it is closed. `listener` outlives the server.
  void take(std::unique_ptr<io::PendingStream> accepted, const ListenerInfo& listener, Gone gone);

  /// Closes, whatever it waits for, the connection of that listener from which no request has come for the
  /// longest time, if there is one.
  void close_least_active(const ListenerInfo& listener);

  /// Begins no new requests; calls `done` when the last answer is sent, at once if there is none.
  void finish(std::move_only_function<void()> done);

  std::size_t connection_count() const { return connections_.size(); }

 private:
  struct Entry {
    std::unique_ptr<Connection> connection;
    Gone gone;
    Instant last_active;
    std::uint64_t unsent_bytes = 0;  ///< when it was looked at last, if no request came since
  };
  /// Least recently active first, so that the idle sweep stops at the first young one.
  using Entries = std::list<Entry>;

  void on_disconnected(Connection& connection) override;
  void on_finished(Connection& connection) override;
  void on_active(Connection& connection) override;
  void close_idle();
  void arm_idle_sweep();

  io::Loop& loop_;
  Options options_;
  Service& service_;
  MemoryBudget budget_;
  std::uint64_t last_connection_id_ = 0;
  Buffer spare_;  ///< for what idle connections read next
  Entries connections_;
  std::unordered_map<const Connection*, Entries::iterator> places_;
  std::unique_ptr<io::Timer> idle_timer_;
  std::move_only_function<void()> finished_;
};

}  // namespace moldau::net
