#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "base/result.h"
#include "base/time.h"
#include "io/stream.h"
#include "net/frame_reader.h"
#include "net/memory_budget.h"
#include "net/responder.h"

namespace moldau::net {

/// What a connection knows of the door it came through.
struct ListenerInfo {
  std::string name;            ///< upper case, as in `listeners`
  bool is_controller = false;  ///< one of `controller.listener.names`
};

/// The meaning of requests; the net room knows only their sizes.
class Service {
 public:
  virtual ~Service() = default;

  /// Answers `frame` through `responder`, now or later. Called for one request of a connection at a time, as
  /// by Apache Kafka's processors, unless the request before has called let_follow() and this one may follow.
  /// The connection lives until then, even if its peer is gone.
  virtual void serve(Connection& connection, Responder responder, Frame frame) = 0;

  /// Whether this request may begin while the one before, which lets it, is under way.
  virtual bool may_follow(ByteView frame) const = 0;

  /// The connection is closed, by either side; a request of it may still be under way.
  virtual void on_closed(Connection& connection) = 0;
};

/// Owner of the connections of one shard.
class ConnectionOwner {
 public:
  virtual ~ConnectionOwner() = default;

  /// The connection is closed, by either side; a request of it may still be under way.
  virtual void on_disconnected(Connection& connection) = 0;

  /// The connection is over and nothing uses it; it may be destroyed from here.
  virtual void on_finished(Connection& connection) = 0;

  /// A request came; for the idle limit.
  virtual void on_active(Connection& connection) = 0;
};

/// One client: frames in, answers out, in order. Reads ahead by at most one frame that may not begin yet, and
/// stops reading while the budget is spent or the peer does not take its answers.
class Connection final : public io::StreamHandler, private MemoryBudget::Waiter {
 public:
  struct Options {
    std::uint64_t id = 0;  ///< another than of the shard's connections before it
    io::SocketAddress peer = {};
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

  /// Begins no further request; closes when those under way are answered and sent. May destroy it.
  void finish();

  /// Closes at once, whatever waits to be sent. May destroy it.
  void abandon();

  /// Begins no request before resume(): a throttled client (KIP-219).
  void pause();
  void resume();

  std::uint64_t id() const { return id_; }
  const ListenerInfo& listener() const { return listener_; }
  const io::SocketAddress& peer_address() const { return peer_address_; }

  /// It may live on for what is under way.
  bool is_closed() const { return stream_ == nullptr; }
  /// No request is under way and nothing waits to be sent.
  bool is_idle() const { return under_way_.empty() && unsent_count_ == 0; }
  /// What waits to be sent.
  std::uint64_t unsent_bytes() const { return stream_ ? stream_->queued_bytes() : 0; }

 private:
  friend class Responder;

  /// How a request ends.
  struct Answered {
    std::vector<io::Piece> pieces;
  };
  struct AnsweredNothing {};
  struct Refused {};
  using Outcome = std::variant<Answered, AnsweredNothing, Refused>;

  /// A request that has begun and whose outcome, or that of one before, is not there.
  struct UnderWay {
    std::size_t charged_bytes = 0;
    bool lets_follow = false;
    std::optional<Outcome> outcome = {};
  };

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
  /// Whether the next frame has to wait for nothing that is under way.
  bool may_follow() const;
  std::size_t under_way_bytes() const;
  void begin_next();
  void update_muting();
  UnderWay& under_way(std::uint64_t number);
  void end(std::uint64_t number, Outcome outcome);
  /// Takes the oldest outcomes that are there.
  void settle();
  /// Of the frame being received, which is the next to be under way.
  std::uint64_t next_number() const { return first_under_way_ + under_way_.size(); }
  /// Gives a request's charge back to the budget; the connection is still there afterwards.
  /// begin_requests() is due then.
  void release(std::size_t size_bytes, std::uint64_t number);
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
  std::size_t charged_bytes_ = 0;      ///< for the frame being received
  std::vector<UnderWay> under_way_;    ///< oldest first; short
  std::uint64_t first_under_way_ = 0;  ///< number of the oldest
  std::size_t unsent_count_ = 0;       ///< answers
  std::size_t may_read_bytes_ = 0;     ///< in the event under way
  bool waits_for_budget_ = false;
  bool beginning_ = false;
  bool paused_ = false;
  bool finishing_ = false;
  bool muted_ = false;
  bool input_ended_ = false;  ///< by the peer, or by a length that cannot be
};

}  // namespace moldau::net
