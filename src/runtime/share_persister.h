#pragma once

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "coordinator/share/share_coordinator.h"
#include "coordinator/share_group/share_group_update.h"
#include "runtime/coordinator_access.h"
#include "runtime/internal_topics.h"
#include "runtime/share_state_table.h"
#include "runtime/waiter.h"

/// How the brokers of share groups reach the share coordinators, which keep the state of share partitions
/// (KIP-932).
namespace moldau::runtime {

/// Of how many share partitions the coordinators are asked at the same time for one request.
inline constexpr std::size_t kShareStatesAtOnce = 32;

/// Asks the share coordinator of `key` once: `decide(ShareCoordinator&, const ShareMoment&)` gives a
/// ShareDecision<Outcome>. NOT_COORDINATOR where this node is not it; the errors of
/// ShareStatePartition::answer().
template <class Outcome, class Decide>
Task<Result<Outcome>> ask_share_coordinator(Node& node, Shard& here,
                                            const coordinator::SharePartitionKey& key, Decide decide) {
  const ClusterViewPtr view = node.cluster_view(here);
  const metadata::Topic* topic = view->image.topic(key.topic_id);
  const bool is_known = topic != nullptr && std::cmp_less(key.partition, topic->partition_count());
  const std::string name = key.to_string();
  co_return co_await ask_coordinator_of<Result<Outcome>>(
      node, here, kShareStateTopic, &Node::share_states, name,
      [&](ShareStatePartition& share_state) {
        return share_state.answer<Outcome>(
            [&](coordinator::ShareCoordinator& coordinator, coordinator::ShareMoment at) {
              at.is_partition_known = is_known;
              return decide(coordinator, at);
            });
      },
      [](ErrorCode error) -> Result<Outcome> { return fail(error, "This is not the correct coordinator."); });
}

/// How long to ask again where a coordinator, or its topic, is on its way.
class PersisterPatience {
 public:
  explicit PersisterPatience(Instant now) : give_up_(now + kPatience) {}

  /// Whether it is worth to ask again after that error.
  bool allows(ErrorCode error, Instant now) const {
    return now < give_up_ &&
           (error == ErrorCode::kCoordinatorNotAvailable || error == ErrorCode::kCoordinatorLoadInProgress ||
            error == ErrorCode::kNotCoordinator || error == ErrorCode::kUnknownTopicOrPartition);
  }
  /// How long to wait before the next attempt.
  std::chrono::milliseconds pause() { return std::exchange(pause_, std::min(2 * pause_, kLongestPause)); }

 private:
  /// As long as Apache Kafka's five attempts take.
  static constexpr std::chrono::seconds kPatience{15};
  static constexpr std::chrono::milliseconds kLongestPause{1000};

  Instant give_up_;
  std::chrono::milliseconds pause_{20};
};

/// What is known of a share partition whose state nobody keeps.
template <class Outcome>
Outcome unkept_share_state(std::int32_t partition) {
  Outcome outcome;
  outcome.partition = partition;
  if constexpr (requires { outcome.start_offset; }) outcome.start_offset = -1;
  if constexpr (requires { outcome.delivery_complete_count; }) outcome.delivery_complete_count = -1;
  return outcome;
}

/// As ask_share_coordinator(), with patience, and makes the coordinator's topic where it is missing. The
/// outcome holds the error, without words where the coordinator could not be asked. Without a persister
/// (group.share.persister.class.name) nobody is asked.
template <class Outcome, class Decide>
Task<Outcome> persist_share_state(Node& node, Shard& here, coordinator::SharePartitionKey key,
                                  Decide decide) {
  if (!node.config().groups.persists_share_state) co_return unkept_share_state<Outcome>(key.partition);
  PersisterPatience patience(here.now());
  while (true) {
    co_await make_internal_topic(node, here, kShareStateTopic);
    auto asked = co_await ask_share_coordinator<Outcome>(node, here, key, decide);
    Outcome outcome;
    if (asked) {
      outcome = *std::move(asked);
    } else {
      outcome.partition = key.partition;
      outcome.error_code = asked.error().code;
    }
    if (!patience.allows(outcome.error_code, here.now())) co_return outcome;
    Waiter pause(here, here.now() + patience.pause());
    co_await pause;
  }
}

/// What became of one share partition; `Outcome` is a PartitionResult of one of the share coordinators' keys.
template <class Outcome>
struct PersistedState {
  Uuid topic_id;
  Outcome outcome;
};

/// In the order of topic ids and partitions.
template <class Outcome>
using PersistedStates = std::vector<PersistedState<Outcome>>;

/// InitializeShareGroupState of all the partitions.
Task<PersistedStates<coordinator::ShareCoordinator::InitializeResult>> initialize_share_states(
    Node& node, Shard& here, coordinator::InitializeShareStates request);

/// DeleteShareGroupState of all the partitions.
Task<PersistedStates<coordinator::ShareCoordinator::DeleteResult>> delete_share_states(
    Node& node, Shard& here, std::string group, coordinator::PartitionSets partitions);

/// ReadShareGroupStateSummary of the partitions, in the order in which they are named.
Task<PersistedStates<coordinator::ShareCoordinator::SummaryResult>> summarize_share_states(
    Node& node, Shard& here, std::string group, std::vector<std::pair<Uuid, std::int32_t>> partitions);

}  // namespace moldau::runtime
