#pragma once

#include <cstdint>
#include <limits>
#include <map>
#include <optional>
#include <utility>
#include <vector>

#include "base/ids.h"
#include "base/time.h"

namespace moldau::metadata {

/// What the active controller knows of the brokers' lives, and forgets when it steps down: leases and how far
/// each has read. Apart from the image, because none of it is in the log. A value; time is an argument.
class BrokerSessions {
 public:
  /// `session_timeout` is broker.session.timeout.ms.
  explicit BrokerSessions(Duration session_timeout) : session_timeout_(session_timeout) {}

  /// Life of one broker as heartbeats show it.
  struct State {
    bool is_fenced = true;
    std::int64_t metadata_offset = -1;
    /// Log offset at which the broker's controlled shutdown began; nullopt if it is in none.
    std::optional<std::int64_t> controlled_shutdown_offset = {};

    bool operator==(const State&) const = default;
  };

  /// Begins a lease, or extends it: a heartbeat of that broker epoch came in at `now`.
  void contact(BrokerId broker_id, std::int64_t broker_epoch, Instant now);
  bool has_valid_session(BrokerId broker_id, std::int64_t broker_epoch, Instant now) const;

  /// Notes a broker of the image, new or changed.
  void track(BrokerId broker_id, bool is_fenced);
  void forget(BrokerId broker_id) { states_.erase(broker_id); }
  /// Notes what a heartbeat said; the broker is tracked.
  void touch(BrokerId broker_id, bool is_fenced, std::int64_t metadata_offset);
  /// Notes that the records which began the controlled shutdown end at `offset`. Only the first counts, and
  /// none of a broker that was fenced, or went, while they were on their way.
  void begin_controlled_shutdown(BrokerId broker_id, std::int64_t offset);

  /// nullptr if the broker is not tracked.
  const State* find(BrokerId broker_id) const;
  /// The lowest offset that any active broker (neither fenced nor shutting down) has read; the largest number
  /// if none is active.
  std::int64_t lowest_active_offset() const;

  /// Takes one expired lease out, the one longest over: broker id and broker epoch. nullopt if there is none.
  std::optional<std::pair<BrokerId, std::int64_t>> take_expired(Instant now);
  /// When the next lease runs out; Instant::never() without leases.
  Instant next_expiry() const;

  const std::map<BrokerId, State>& states() const { return states_; }

 private:
  bool is_expired(Instant contact, Instant now) const { return contact + session_timeout_ < now; }

  Duration session_timeout_;
  std::map<BrokerId, State> states_;
  std::map<std::pair<BrokerId, std::int64_t>, Instant> contacts_;
};

}  // namespace moldau::metadata
