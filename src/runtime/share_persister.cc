#include "runtime/share_persister.h"

#include <cstddef>

#include "runtime/together.h"

namespace moldau::runtime {
namespace {

using coordinator::ShareCoordinator;
using coordinator::ShareMoment;
using coordinator::SharePartitionKey;

template <class Outcome, class Decide>
Task<void> persist_one(Node& node, Shard& here, SharePartitionKey key, const Decide& decide,
                       std::size_t place, PersistedState<Outcome>& persisted) {
  persisted.topic_id = key.topic_id;
  persisted.outcome = co_await persist_share_state<Outcome>(
      node, here, key, [&](ShareCoordinator& coordinator, const ShareMoment& at) {
        return decide(coordinator, at, key, place);
      });
}

/// Asks for all of them: `decide(coordinator, moment, key, place among the keys)`.
template <class Outcome, class Decide>
Task<PersistedStates<Outcome>> persist_all(Node& node, Shard& here, std::vector<SharePartitionKey> keys,
                                           Decide decide) {
  PersistedStates<Outcome> all(keys.size());
  co_await together(here, keys.size(), kShareStatesAtOnce, [&](std::size_t i) {
    return persist_one<Outcome>(node, here, keys[i], decide, i, all[i]);
  });
  co_return all;
}

}  // namespace

Task<PersistedStates<ShareCoordinator::InitializeResult>> initialize_share_states(
    Node& node, Shard& here, coordinator::InitializeShareStates request) {
  std::vector<SharePartitionKey> keys;
  std::vector<protocol::InitializeShareGroupStateRequest::PartitionData> begins;
  for (const auto& [topic_id, of_topic] : request.start_offsets) {
    for (const auto& [partition, start_offset] : of_topic) {
      keys.push_back({.group = request.group, .topic_id = topic_id, .partition = partition});
      auto& begin = begins.emplace_back();
      begin.partition = partition;
      begin.state_epoch = request.state_epoch;
      begin.start_offset = start_offset;
    }
  }
  co_return co_await persist_all<ShareCoordinator::InitializeResult>(
      node, here, std::move(keys),
      [&begins](ShareCoordinator& coordinator, const ShareMoment& at, const SharePartitionKey& key,
                std::size_t place) { return coordinator.initialize(at, key, begins[place]); });
}

Task<PersistedStates<ShareCoordinator::DeleteResult>> delete_share_states(
    Node& node, Shard& here, std::string group, coordinator::PartitionSets partitions) {
  std::vector<SharePartitionKey> keys;
  for (const auto& [topic_id, of_topic] : partitions) {
    for (const std::int32_t partition : of_topic)
      keys.push_back({.group = group, .topic_id = topic_id, .partition = partition});
  }
  co_return co_await persist_all<ShareCoordinator::DeleteResult>(
      node, here, std::move(keys),
      [](ShareCoordinator& coordinator, const ShareMoment& at, const SharePartitionKey& key, std::size_t) {
        return coordinator.remove(at, key);
      });
}

Task<PersistedStates<ShareCoordinator::SummaryResult>> summarize_share_states(
    Node& node, Shard& here, std::string group, std::vector<std::pair<Uuid, std::int32_t>> partitions) {
  std::vector<SharePartitionKey> keys;
  for (const auto& [topic_id, partition] : partitions)
    keys.push_back({.group = group, .topic_id = topic_id, .partition = partition});
  co_return co_await persist_all<ShareCoordinator::SummaryResult>(
      node, here, std::move(keys),
      [](ShareCoordinator& coordinator, const ShareMoment& at, const SharePartitionKey& key, std::size_t) {
        return coordinator.summary(at, key);
      });
}

}  // namespace moldau::runtime
