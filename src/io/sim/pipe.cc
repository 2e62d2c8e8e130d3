#include "io/sim/pipe.h"

#include <algorithm>
#include <utility>

#include "base/assert.h"

namespace moldau::io::sim {

void Pipe::send(std::function<void(Pipe&)> event) {
  const Duration delay = wires_.random.between(wires_.latency.least, wires_.latency.most);
  last_arrival_ = std::max(last_arrival_, wires_.schedule.now() + delay);
  wires_.schedule.at(last_arrival_, wires_.owner,
                     [self = shared_from_this(), event = std::move(event)] { event(*self); });
}

void Pipe::tell_sender(std::function<void(Pipe&)> event) {
  const Duration delay = wires_.random.between(wires_.latency.least, wires_.latency.most);
  wires_.schedule.at(wires_.schedule.now() + delay, wires_.owner,
                     [self = shared_from_this(), event = std::move(event)] { event(*self); });
}

void Pipe::push(ByteView bytes) {
  require(bytes.size() <= space(), "a sender asks how much is taken");
  held_ += bytes.size();
  while (!bytes.empty()) {
    // Where a segment ends is no business of those who write and read.
    const bool whole = wires_.random.one_in(2);
    const std::size_t count = whole ? bytes.size() : 1 + wires_.random.below(bytes.size());
    send([piece = Bytes(bytes.begin(), bytes.begin() + static_cast<std::ptrdiff_t>(count))](Pipe& pipe) {
      pipe.arrive(piece);
    });
    bytes = bytes.subspan(count);
  }
}

void Pipe::arrive(const Bytes& bytes) {
  if (reset_arrived_) return;
  if (!has_reader_) {
    tell_sender([](Pipe& pipe) {
      pipe.is_broken_ = true;
      if (pipe.on_room) pipe.on_room();
    });
    return;
  }
  wires_.trace.add(static_cast<std::uint64_t>(wires_.schedule.now().since_start().count()));
  wires_.trace.add(bytes);
  arrived_.insert(arrived_.end(), bytes.begin(), bytes.end());
  if (on_arrival) on_arrival();
}

void Pipe::end() {
  send([](Pipe& pipe) {
    pipe.end_arrived_ = true;
    if (pipe.on_arrival) pipe.on_arrival();
  });
}

void Pipe::reset() {
  is_broken_ = true;
  send([](Pipe& pipe) {
    pipe.reset_arrived_ = true;
    pipe.forget_arrived();
    if (pipe.on_arrival) pipe.on_arrival();
  });
}

std::size_t Pipe::read(MutableBytes into) {
  const std::size_t count = std::min(into.size(), readable_bytes());
  std::copy_n(arrived_.begin() + static_cast<std::ptrdiff_t>(read_), count, into.begin());
  read_ += count;
  if (readable_bytes() == 0) forget_arrived();
  if (count > 0) {
    tell_sender([count](Pipe& pipe) {
      pipe.held_ -= count;
      if (pipe.on_room) pipe.on_room();
    });
  }
  return count;
}

void Pipe::stop_reading() {
  has_reader_ = false;
  forget_arrived();
}

void Pipe::forget_arrived() {
  arrived_.clear();
  read_ = 0;
}

}  // namespace moldau::io::sim
