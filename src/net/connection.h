#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "base/time.h"
#include "io/stream.h"
#include "net/frame_reader.h"
#include "net/memory_budget.h"

namespace moldau::net {

class Connection;

/// What a connection knows of the door it came through.
struct ListenerInfo {
  std::string name;            ///< upper case, as in `listeners`
  bool is_controller = false;  ///< one of `controller.listener.names`
};

/// The meaning of requests; the net room knows only their sizes.
class Service {
 public:
  virtual ~Service() = default;

  /// Answers `frame` by exactly one call of connection.answer(), answer_nothing() or refuse(), now or
  /// later. Called for one request of a connection at a time, as Apache Kafka's processors do, so answers
  /// keep order. The connection lives until then, even if its peer is gone.
  virtual void serve(Connection& connection, Frame frame) = 0;

  /// The connection is closed, by either side; a request of it may still be under way.
  virtual void on_closed(Connection& connection) = 0;
};

/// Owner of the connections of one shard.
class ConnectionOwner {
 public:
  virtual ~ConnectionOwner() = default;

  /// The connection is over and nothing uses it; it may be destroyed from here.
  virtual void on_finished(Connection& connection) = 0;

  /// A request came; for the idle limit.
  virtual void on_active(Connection& connection) = 0;
};

/// One client: frames in, answers out, in order. Reads ahead by at most one frame while a request is
/// under way, and stops reading while the budget is spent or the peer does not take its answers.
class Connection final : public io::StreamHandler, private MemoryBudget::Waiter {
 public:
  struct Options {
    std::uint64_t id = 0;  ///< another than of the shard's connections before it
    std::size_t max_frame_bytes = 0;
    /// With more than this queued for the peer, no further request is begun.
    std::uint64_t max_queued_bytes = 1024 * 1024;
  };

  /// `listener`, `service`, `owner`, `budget` and `spare` (FrameReader) outlive the connection.
  Connection(std::unique_ptr<io::Stream> stream, const ListenerInfo& listener, const Options& options,
             Service& service, ConnectionOwner& owner, MemoryBudget& budget, Buffer& spare);
  ~Connection() override;
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;

  // Each of the next three may destroy the connection: the caller does not touch it afterwards.

  /// Sends the answer to the request under way: one whole frame, length prefix included.
  void answer(std::vector<io::Piece> pieces);

  /// Ends the request under way without an answer (Produce with acks 0).
  void answer_nothing();

  /// Ends the request under way by closing the connection, as Kafka does where it cannot answer.
  void refuse();

  /// Begins no further request; closes when the one under way is answered and sent.
  void finish();

  /// Begins no request before resume(): a throttled client (KIP-219).
  void pause();
  void resume();

  std::uint64_t id() const { return id_; }
  const ListenerInfo& listener() const { return listener_; }
  const io::SocketAddress& peer_address() const { return peer_address_; }

  /// No request is under way and nothing waits to be sent.
  bool is_idle() const { return !request_under_way_ && unsent_charges_.empty(); }

 private:
  void on_readable() override;
  void on_sent(std::size_t count) override;
  void on_broken(const Error& error) override;
  void on_admitted() override;

  /// False when there is no more to read in this event.
  bool read_once();
  /// Charges what the frame being received costs by now; false when that has to wait.
  bool admit();
  void begin_requests();
  bool may_begin() const;
  void update_muting();
  void request_done();
  void close();
  void finish_if_over();

  std::unique_ptr<io::Stream> stream_;
  std::uint64_t id_;
  io::SocketAddress peer_address_;
  const ListenerInfo& listener_;
  Service& service_;
  ConnectionOwner& owner_;
  MemoryBudget& budget_;
  std::uint64_t max_queued_bytes_;
  FrameReader reader_;
  std::size_t charged_bytes_ = 0;  ///< for the frame being received
  std::size_t serving_bytes_ = 0;  ///< for the request under way
  std::vector<std::size_t> unsent_charges_;
  std::size_t may_read_bytes_ = 0;  ///< in the event under way
  bool waits_for_budget_ = false;
  bool request_under_way_ = false;
  bool beginning_ = false;
  bool paused_ = false;
  bool finishing_ = false;
  bool muted_ = false;
  bool peer_ended_ = false;
};

}  // namespace moldau::net
