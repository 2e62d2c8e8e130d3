#include "io/sim/schedule.h"

#include <algorithm>
#include <vector>

namespace moldau::io::sim {

Schedule::EventId Schedule::at(Instant when, OwnerId owner, Task event) {
  const EventId id{std::max(when, now_), ++sequence_};
  events_.emplace(id, Event{owner, std::move(event)});
  return id;
}

void Schedule::drop(OwnerId owner) {
  // What an event owns may ask for more when it is destroyed.
  while (true) {
    std::vector<Event> dropped;
    for (auto at = events_.begin(); at != events_.end();) {
      if (at->second.owner == owner) {
        dropped.push_back(std::move(at->second));
        at = events_.erase(at);
      } else {
        ++at;
      }
    }
    if (dropped.empty()) return;
  }
}

bool Schedule::run_next(Instant limit) {
  if (events_.empty() || events_.begin()->first.first > limit) return false;
  const auto next = events_.extract(events_.begin());
  now_ = next.key().first;
  next.mapped().task();
  return true;
}

void Schedule::advance_to(Instant when) {
  now_ = std::max(now_, when);
}

}  // namespace moldau::io::sim
