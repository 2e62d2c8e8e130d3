#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <variant>
#include <vector>

#include "base/buffer.h"
#include "base/result.h"
#include "io/file.h"

namespace moldau::io {

/// An IP endpoint. `host` is a literal address or a name; an empty host means every interface.
struct SocketAddress {
  std::string host;
  std::uint16_t port = 0;

  bool operator==(const SocketAddress&) const = default;
};

/// What one send() carries, in order: owned bytes or a slice of a file.
using Piece = std::variant<Buffer, FileSlice>;

struct ReadOutcome {
  std::size_t size_bytes = 0;  ///< 0 without `end`: nothing to read now
  bool end = false;            ///< the peer has sent its last byte
};

/// Told about a stream's events, always from its loop and never from inside a call to the stream. The
/// stream may be destroyed from inside each of these.
class StreamHandler {
 public:
  virtual ~StreamHandler() = default;

  /// Bytes or the end wait to be read. Repeated every turn of the loop until read or muted.
  virtual void on_readable() = 0;

  /// The last byte of the oldest `count` send() calls not yet reported is in the kernel.
  virtual void on_sent(std::size_t count) = 0;

  /// The connection broke; no further event comes.
  virtual void on_broken(const Error& error) = 0;
};

/// One connection, owned by one loop; every call is made on that loop. Destroying it closes it and drops
/// what is queued here; what the kernel has taken still goes out, unless received bytes were left unread.
class Stream {
 public:
  virtual ~Stream() = default;

  /// Starts events. The handler outlives the stream or is replaced first. Reading starts unmuted.
  virtual void set_handler(StreamHandler* handler) = 0;

  /// Takes what has arrived, up to into.size() bytes. Never blocks. A failure means that the connection
  /// broke; on_broken follows unless the stream is destroyed first.
  virtual Result<ReadOutcome> read(MutableBytes into) = 0;

  /// Queues the pieces behind what is queued already, and sends what the socket takes: now, or when the
  /// on_readable() under way ends, so that several answers leave as one. Nothing happens on a broken stream.
  /// A slice whose file turns out to be shorter breaks the connection.
  virtual void send(std::vector<Piece> pieces) = 0;

  /// Bytes and slices queued and not yet in the kernel.
  virtual std::uint64_t queued_bytes() const = 0;

  /// While muted, on_readable does not come, and a break may stay unnoticed until something is sent.
  virtual void set_muted(bool muted) = 0;

  /// Whether a FileSlice leaves without a copy through user space.
  virtual bool can_send_file() const = 0;

  virtual SocketAddress local_address() const = 0;
};

/// An accepted connection that no loop owns yet; may be handed to another loop.
class PendingStream {
 public:
  virtual ~PendingStream() = default;

  /// Numeric.
  virtual const SocketAddress& peer_address() const = 0;
};

/// Told about new connections on the loop that listens.
class ListenerHandler {
 public:
  virtual ~ListenerHandler() = default;
  virtual void on_accept(std::unique_ptr<PendingStream> accepted) = 0;
};

/// A listening socket; destroying it stops listening.
class Listener {
 public:
  virtual ~Listener() = default;

  /// The address bound, with the port chosen when 0 was asked for.
  virtual SocketAddress local_address() const = 0;

  /// While paused, connections wait in the kernel's backlog.
  virtual void set_paused(bool paused) = 0;
};

}  // namespace moldau::io
