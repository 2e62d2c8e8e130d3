#pragma once

#include <cstddef>
#include <functional>
#include <memory>
#include <utility>

#include "base/result.h"
#include "base/strong_id.h"
#include "base/time.h"
#include "io/clock.h"
#include "io/random.h"
#include "io/stream.h"

namespace moldau::io {

using Task = std::move_only_function<void()>;

/// One timer; destroying it disarms it. The callback runs on its loop, never from inside arm().
class Timer {
 public:
  virtual ~Timer() = default;

  /// Fires once at or soon after `deadline`; an earlier arming is replaced.
  virtual void arm(Instant deadline) = 0;
  virtual void disarm() = 0;
};

/// A thread outside the loops that does blocking work in order, e.g. the sync thread of a log directory.
using LaneId = StrongId<struct LaneIdTag, std::uint32_t>;

/// One event loop: a shard's whole world. Calls are made on the loop's own thread, except post(); before and
/// after the run, the thread that owns the host takes that place.
class Loop {
 public:
  virtual ~Loop() = default;

  virtual const Clock& clock() const = 0;
  virtual Random& random() = 0;

  /// Runs `task` on this loop in a later turn, after the earlier posts of the same thread. From any thread.
  virtual void post(Task task) = 0;

  /// The same for a task of some microseconds: where this loop sleeps, the loop that posts may run it in its
  /// stead, on its own thread, before it sleeps too.
  virtual void post_brief(Task task) { post(std::move(task)); }

  /// Runs `work` in the lane, then `done` on this loop. Work of one lane runs one at a time, in order of
  /// submission from one loop, and so do the `done`s. `work` may only touch what it owns, and is destroyed
  /// before `done` runs.
  virtual void offload(LaneId lane, Task work, Task done) = 0;

  virtual std::unique_ptr<Timer> make_timer(std::move_only_function<void()> fired) = 0;

  /// Binds and listens; the handler outlives the listener. Port 0 takes a free port. An empty host
  /// listens on IPv6 and IPv4. kKafkaStorageError is never used here: a taken or forbidden address
  /// gives kNetworkException with the system's reason.
  virtual Result<std::unique_ptr<Listener>> listen(const SocketAddress& address, int backlog,
                                                   ListenerHandler* handler) = 0;

  /// Makes an accepted connection this loop's own. Buffer sizes are the socket's; -1 keeps the system's.
  virtual std::unique_ptr<Stream> adopt(std::unique_ptr<PendingStream> accepted, int send_buffer_bytes,
                                        int receive_buffer_bytes) = 0;

  /// Looks the name up without blocking and connects, trying each address found; `done` gets the stream or
  /// kNetworkException with the reason, on this loop, never from inside connect(). It is not called when the
  /// host ends first.
  virtual void connect(const SocketAddress& address,
                       std::move_only_function<void(Result<std::unique_ptr<Stream>>)> done) = 0;
};

}  // namespace moldau::io
