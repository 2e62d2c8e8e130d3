#pragma once

#include <cstdint>
#include <map>
#include <utility>

#include "base/strong_id.h"
#include "base/time.h"
#include "io/loop.h"

namespace moldau::io::sim {

/// Whose an event is: with its owner it goes.
using OwnerId = StrongId<struct OwnerIdTag, std::uint64_t>;

/// What is to happen, in the order of virtual time; what falls on one instant happens in the order in which
/// it was asked for. Time moves only from one event to the next.
class Schedule {
 public:
  /// Names an event until it happens or is cancelled.
  using EventId = std::pair<Instant, std::uint64_t>;

  explicit Schedule(Instant start) : now_(start) {}

  Instant now() const { return now_; }

  OwnerId make_owner() { return OwnerId(++owners_); }

  /// `event` happens at `when`, or next where that has passed already.
  EventId at(Instant when, OwnerId owner, Task event);

  /// Nothing happens when the event has happened.
  void cancel(const EventId& id) { events_.erase(id); }

  /// Destroys all events of the owner, and those that are asked for while that is done.
  void drop(OwnerId owner);

  /// Lets the next event happen unless it lies behind `limit`. False when there was none.
  bool run_next(Instant limit);

  /// Moves the time on where nothing is to happen before.
  void advance_to(Instant when);

 private:
  struct Event {
    OwnerId owner;
    Task task;
  };

  Instant now_;
  std::uint64_t owners_ = 0;
  std::uint64_t sequence_ = 0;
  std::map<EventId, Event> events_;
};

}  // namespace moldau::io::sim
