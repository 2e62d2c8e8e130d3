#include <utility>

#include "base/assert.h"
#include "share/share_partition.h"

namespace moldau::share {

void SharePartition::add_state(std::vector<protocol::WriteShareGroupStateRequest::StateBatch>& batches,
                               std::int64_t first_offset, std::int64_t last_offset,
                               const InFlightState& state) {
  batches.push_back({.first_offset = first_offset,
                     .last_offset = last_offset,
                     .delivery_state = static_cast<std::int8_t>(state.state()),
                     .delivery_count = static_cast<std::int16_t>(state.delivery_count()),
                     .unknown_tags = {}});
}

void SharePartition::begin(Transition& transition, InFlightBatch::StateRef state, std::int64_t first_offset,
                           std::int64_t last_offset, RecordState to) {
  state->begin_transition(to, limits_.max_delivery_count);
  add_state(transition.data.state_batches, first_offset, last_offset, *state);
  if (is_terminal(state->state())) delivery_complete_count_ += count_in_flight(first_offset, last_offset);
  const RecordState written = state->state();
  transition.changes.push_back({.state = std::move(state),
                                .first_offset = first_offset,
                                .last_offset = last_offset,
                                .written = written});
}

std::optional<SharePartition::Write> SharePartition::end(Transition transition) {
  if (transition.changes.empty()) return std::nullopt;
  return write(std::move(transition.data), std::move(transition.changes));
}

void SharePartition::roll_back(const std::vector<Change>& changes) {
  for (const Change& change : changes) {
    change.state->end_transition(false, locks_);
    if (change.state->state() == RecordState::kAvailable) is_next_fetch_sought_ = true;
    if (is_terminal(change.written) && !is_terminal(change.state->state())) {
      delivery_complete_count_ -= count_in_flight(change.first_offset, change.last_offset);
    }
  }
}

SharePartition::Write SharePartition::write(protocol::WriteShareGroupStateRequest::PartitionData data,
                                            std::vector<Change> changes) {
  data.partition = id_.partition;
  data.state_epoch = state_epoch_;
  data.leader_epoch = leader_epoch_;
  data.start_offset = start_offset_;
  data.delivery_complete_count = delivery_complete_count_;
  writes_.emplace(++last_write_, std::move(changes));
  return {.id = last_write_, .data = std::move(data)};
}

bool SharePartition::finish_write(WriteId id, bool is_written) {
  const auto found = writes_.find(id);
  require(found != writes_.end(), "a write ends once");
  const std::vector<Change> changes = std::move(found->second);
  writes_.erase(found);
  if (!is_written && !changes.empty()) {
    roll_back(changes);
    return false;
  }
  for (const Change& change : changes) {
    change.state->end_transition(true, locks_);
    if (change.state->state() == RecordState::kAvailable) is_next_fetch_sought_ = true;
  }
  return move_start();
}

}  // namespace moldau::share
