#include "metadata/broker_sessions.h"

#include <algorithm>

#include "base/assert.h"

namespace moldau::metadata {

void BrokerSessions::contact(BrokerId broker_id, std::int64_t broker_epoch, Instant now) {
  contacts_[{broker_id, broker_epoch}] = now;
}

bool BrokerSessions::has_valid_session(BrokerId broker_id, std::int64_t broker_epoch, Instant now) const {
  const auto found = contacts_.find({broker_id, broker_epoch});
  return found != contacts_.end() && !is_expired(found->second, now);
}

void BrokerSessions::track(BrokerId broker_id, bool is_fenced) {
  const auto [state, is_new] = states_.try_emplace(broker_id, State{.is_fenced = is_fenced});
  // What a broker had read before it was fenced or unfenced still holds; a new registration starts anew.
  const bool changed = !is_new && state->second.is_fenced != is_fenced;
  touch(broker_id, is_fenced, changed ? state->second.metadata_offset : -1);
}

void BrokerSessions::touch(BrokerId broker_id, bool is_fenced, std::int64_t metadata_offset) {
  const auto state = states_.find(broker_id);
  require(state != states_.end(), "only tracked brokers are touched");
  state->second.is_fenced = is_fenced;
  state->second.metadata_offset = metadata_offset;
  if (is_fenced) state->second.controlled_shutdown_offset.reset();
}

void BrokerSessions::begin_controlled_shutdown(BrokerId broker_id, std::int64_t offset) {
  const auto state = states_.find(broker_id);
  if (state == states_.end() || state->second.is_fenced) return;
  if (!state->second.controlled_shutdown_offset) state->second.controlled_shutdown_offset = offset;
}

const BrokerSessions::State* BrokerSessions::find(BrokerId broker_id) const {
  const auto found = states_.find(broker_id);
  return found == states_.end() ? nullptr : &found->second;
}

std::int64_t BrokerSessions::lowest_active_offset() const {
  std::int64_t lowest = std::numeric_limits<std::int64_t>::max();
  for (const auto& [id, state] : states_) {
    if (!state.is_fenced && !state.controlled_shutdown_offset)
      lowest = std::min(lowest, state.metadata_offset);
  }
  return lowest;
}

std::optional<std::pair<BrokerId, std::int64_t>> BrokerSessions::take_expired(Instant now) {
  const auto oldest = std::ranges::min_element(contacts_, {}, [](const auto& entry) { return entry.second; });
  if (oldest == contacts_.end() || !is_expired(oldest->second, now)) return std::nullopt;
  const auto key = oldest->first;
  contacts_.erase(oldest);
  return key;
}

Instant BrokerSessions::next_expiry() const {
  Instant next = Instant::never();
  for (const auto& [key, contact] : contacts_)
    next = std::min(next, contact + session_timeout_);
  return next;
}

}  // namespace moldau::metadata
