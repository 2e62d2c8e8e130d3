// How committed metadata comes to the shards, each change behind those before it.

#include <algorithm>
#include <utility>

#include "metadata/topic.h"
#include "runtime/node.h"
#include "runtime/share_partition_table.h"

namespace moldau::runtime {

template <class Visit>
void Node::for_each_removed(const Change& change, Visit visit) {
  for (const auto& [id, topic] : change.delta->removed_topics) {
    topic->for_each_partition([&, &name = topic->name()](std::int32_t partition, const metadata::Partition&) {
      visit(log::PartitionName{name, partition});
    });
  }
}

void Node::hand_on(std::shared_ptr<Change> change) {
  held_back_.push_back(std::move(change));
  // Most are handed out at once.
  if (held_back_.size() == 1) shards_[ShardId(0)].tasks().spawn(release_changes());
}

std::vector<OffsetCheckpoints::Place> Node::new_places(const Change& change) {
  std::vector<OffsetCheckpoints::Place> places;
  for (const auto& [key, place] : *change.places) {
    if (!place.is_new || !place.log_dir) continue;
    const metadata::Topic* topic = change.view->image.topic(key.first);
    if (topic != nullptr) places.push_back({*place.log_dir, {topic->name(), key.second}});
  }
  return places;
}

bool Node::are_leaving(const std::vector<OffsetCheckpoints::Place>& places) const {
  return std::ranges::any_of(places, [this](const auto& place) { return leaving_.contains(place.second); });
}

Task<void> Node::release_changes() {
  Shard& zero = shards_[ShardId(0)];
  while (!held_back_.empty()) {
    const auto places = new_places(*held_back_.front());
    while (are_leaving(places)) {
      Waiter waiter(zero, Instant::never());
      applied_changes_.add(waiter);
      co_await waiter;
    }
    if (failed_) co_return;
    if (const auto forgotten = co_await checkpoints_.forget(places); !forgotten) {
      fail_node(forgotten.error());
      co_return;
    }
    if (failed_) co_return;
    hand_out(held_back_.front());
    held_back_.pop_front();
  }
}

void Node::hand_out(const std::shared_ptr<Change>& change) {
  for_each_removed(*change, [this](const log::PartitionName& name) { leaving_.insert(name); });
  change->shards_left = states_.size();
  // This shard first: threads that make folders at the same time wait for each other.
  take_up(0, change);
  for (std::size_t i = 1; i < states_.size(); ++i) {
    host_.loop(i).post([this, i, change] { take_up(i, change); });
  }
}

void Node::take_up(std::size_t shard, std::shared_ptr<Change> change) {
  ShardState& state = *states_[shard];
  state.changes.push_back(std::move(change));
  if (state.changes.size() > 1) return;
  shards_[ShardId(static_cast<std::uint32_t>(shard))].tasks().spawn(apply_changes(shard));
}

Task<void> Node::apply_changes(std::size_t shard) {
  ShardState& state = *states_[shard];
  while (!state.changes.empty()) {
    const std::shared_ptr<Change> change = state.changes.front();
    auto outcome = co_await state.partitions.apply(change->view, change->delta, change->places);
    state.groups.apply(*change->view, *change->delta);
    state.transactions.apply(*change->view, *change->delta);
    state.share_states.apply(*change->view, *change->delta);
    state.share_partitions->drop_stale();
    if (change->is_complete) {
      state.view = change->view;
      state.view_changes.wake_all();
    }
    state.changes.pop_front();
    if (shard == 0) {
      // Whoever sees the setting, or the level, may count on the controller's having heard what follows from
      // it.
      const bool is_told_by_heartbeat = !change->delta->configs.empty() && is_cordoning_untold();
      if (is_told_by_heartbeat || change->delta->features) heartbeat_due_.wake_all();
      applied(*change, outcome);
    } else {
      host_.loop(0).post([this, change, outcome = std::move(outcome)] { applied(*change, outcome); });
    }
  }
}

void Node::applied(Change& change, const Result<void>& outcome) {
  if (!outcome) return fail_node(outcome.error());
  if (--change.shards_left > 0) return;
  for_each_removed(change, [this](const log::PartitionName& name) {
    leaving_.erase(name);
    checkpoints_.has_gone(name);
  });
  // No start is to take what is said of a replica that is gone for what is said of a new one of its name.
  if (!change.delta->removed_topics.empty()) checkpoint_soon();
  if (change.is_complete)
    applied_offset_ = std::max(applied_offset_, change.view->image.provenance.end_offset());
  applied_changes_.wake_all();
}

}  // namespace moldau::runtime
