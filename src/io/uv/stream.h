#pragma once

#include <cstdint>
#include <deque>
#include <memory>
#include <optional>
#include <vector>

#include "io/stream.h"
#include "io/uv/descriptor.h"
#include "io/uv/handles.h"

namespace moldau::io::uv {

class UvLoop;

/// An accepted descriptor on its way to a loop.
class UvPendingStream final : public PendingStream {
 public:
  UvPendingStream(Descriptor socket, SocketAddress peer)
      : socket_(std::move(socket)), peer_(std::move(peer)) {}
  Descriptor take() { return std::move(socket_); }
  const SocketAddress& peer_address() const override { return peer_; }

 private:
  Descriptor socket_;
  SocketAddress peer_;
};

/// A TCP connection on a non-blocking descriptor: writes and sendfile at once, the poll handle only when the
/// socket is full (docs/architecture.md, Sockets).
class UvStream final : public Stream {
 public:
  UvStream(UvLoop& loop, Descriptor socket);
  ~UvStream() override;

  void set_handler(StreamHandler* handler) override;
  Result<ReadOutcome> read(MutableBytes into) override;
  void send(std::vector<Piece> pieces) override;
  std::uint64_t queued_bytes() const override { return queued_bytes_; }
  void set_muted(bool muted) override;
  bool can_send_file() const override { return true; }
  SocketAddress local_address() const override;

  /// Sends what has waited for the loop's posted tasks to end. Not from an event; may destroy the stream.
  void send_queued();
  /// The loop's turn in which the peer was last heard.
  std::uint64_t heard_in_turn() const { return heard_in_turn_; }

 private:
  struct Outgoing {
    std::vector<Piece> pieces;
    std::size_t next = 0;    ///< first piece that is not wholly in the kernel
    std::uint64_t sent = 0;  ///< bytes of that piece that are
  };
  enum class Progress { kDone, kBlocked, kTurnOver, kReadingAhead, kBroken };

  void on_events(int status, int events);
  /// Tells the handler what it has not heard; it may destroy the stream.
  void report();
  /// The same where no event is under way.
  void report_as_event();
  void report_later();
  bool has_news() const { return unreported_sent_ > 0 || broken_; }
  void update_events();
  /// Sends what the socket takes, up to the share of one turn.
  void flush();
  Progress flush_some(std::uint64_t& turn_bytes);
  Progress flush_buffers(std::uint64_t& turn_bytes);
  Progress flush_slice(const FileSlice& slice, std::uint64_t& turn_bytes);
  /// Brings a range of a file into the page cache in its read lane, then goes on sending.
  void read_ahead(const FileSlice& slice, std::uint64_t position, std::uint64_t size_bytes);
  void advance(std::uint64_t count);
  void skip_empty();
  void break_off(Error reason);
  Error socket_error() const;

  UvLoop& loop_;
  Descriptor socket_;
  StreamHandler* handler_ = nullptr;
  std::vector<Outgoing> queue_;  ///< oldest first; short, since clients have few requests under way
  std::uint64_t queued_bytes_ = 0;
  std::size_t unreported_sent_ = 0;
  std::optional<Error> broken_;
  bool muted_ = false;
  bool wants_writable_ = false;
  bool reading_ahead_ = false;
  std::uint64_t cached_bytes_ = 0;  ///< of the slice under way, taken to be in the page cache up to here
  bool in_event_ = false;
  bool is_reading_ = false;  ///< on_readable() is under way
  std::uint64_t heard_in_turn_ = 0;
  bool is_flush_due_ = false;  ///< at its end, or at that of the loop's posted tasks
  bool report_posted_ = false;
  int polled_events_ = 0;
  /// Tells posted reports whether the stream is still there.
  std::shared_ptr<UvStream*> self_;
  std::unique_ptr<PollHandle> poll_;
};

}  // namespace moldau::io::uv
