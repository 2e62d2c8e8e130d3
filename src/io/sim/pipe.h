#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>

#include "base/bytes.h"
#include "base/time.h"
#include "io/sim/random.h"
#include "io/sim/schedule.h"
#include "io/sim/trace.h"

namespace moldau::io::sim {

/// How long bytes are under way.
struct Latency {
  Duration least = std::chrono::microseconds(20);
  Duration most = std::chrono::microseconds(500);
};

/// What all pipes of a network share.
struct Wires {
  Schedule& schedule;
  SimRandom random;
  OwnerId owner;
  Latency latency;
  Trace trace;
};

/// One direction of a connection. Bytes keep their order and arrive in pieces of any size; what the sender
/// may hand over before the receiver has read is bounded. Held by both ends and by what is under way.
class Pipe : public std::enable_shared_from_this<Pipe> {
 public:
  Pipe(Wires& wires, std::size_t capacity_bytes) : wires_(wires), capacity_(capacity_bytes) {}

  // The sender's end.

  /// How much is taken now.
  std::size_t space() const { return is_broken_ ? 0 : capacity_ - held_; }
  /// At most space() bytes.
  void push(ByteView bytes);
  /// Nothing more will be sent.
  void end();
  /// The connection is torn down: what is under way is lost.
  void reset();
  bool is_broken() const { return is_broken_; }

  // The receiver's end.

  std::size_t readable_bytes() const { return arrived_.size() - read_; }
  std::size_t read(MutableBytes into);
  /// The end has arrived and all before it was read.
  bool at_end() const { return end_arrived_ && readable_bytes() == 0; }
  bool was_reset() const { return reset_arrived_; }
  /// Nobody will read: what arrives from now on is answered by a reset.
  void stop_reading();

  /// Told when bytes, the end or a reset have arrived, and when there is room again or the peer has gone.
  std::function<void()> on_arrival;
  std::function<void()> on_room;

 private:
  /// `event` after all that was sent before it.
  void send(std::function<void(Pipe&)> event);
  void arrive(const Bytes& bytes);
  void forget_arrived();
  void tell_sender(std::function<void(Pipe&)> event);

  Wires& wires_;
  std::size_t capacity_;
  std::size_t held_ = 0;  ///< taken and not read
  Instant last_arrival_;
  Bytes arrived_;
  std::size_t read_ = 0;  ///< how much of arrived_ was read
  bool has_reader_ = true;
  bool is_broken_ = false;
  bool end_arrived_ = false;
  bool reset_arrived_ = false;
};

}  // namespace moldau::io::sim
