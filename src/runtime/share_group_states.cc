#include "runtime/share_group_states.h"

#include <algorithm>
#include <string>
#include <utility>

#include "observe/log.h"
#include "runtime/group_table.h"

namespace moldau::runtime {
namespace {

using coordinator::PartitionSets;
using coordinator::ShareCoordinator;
using Initialized = PersistedState<ShareCoordinator::InitializeResult>;
using Decision = coordinator::Answer<ErrorCode> (coordinator::ShareGroups::*)(const coordinator::Moment&,
                                                                              std::string_view,
                                                                              const PartitionSets&);

/// Tells the group's coordinator what became of the partitions.
Task<void> tell(Node& node, Shard& here, const std::string& group, const PartitionSets& partitions,
                Decision decision) {
  const auto told = co_await ask_coordinator_of<coordinator::Reply<ErrorCode>>(
      node, here, kOffsetsTopic, &Node::groups, group,
      [&](GroupPartition& groups) {
        return groups.answer<ErrorCode>(
            [&](coordinator::GroupCoordinator& coordinator) {
              return (coordinator.share_groups().*decision)(groups.moment(), group, partitions);
            },
            [](ErrorCode error) { return error; });
      },
      [](ErrorCode error) {
        return coordinator::Reply<ErrorCode>(std::move(error));  // NOLINT(*-move-const-arg): a Reply takes it
      });
  if (told.message != ErrorCode::kNone)
    observe::warn("share group {}: what its partitions begin with could not be written", group);
}

}  // namespace

Task<PersistedStates<ShareCoordinator::InitializeResult>> begin_share_states(
    Node& node, Shard& here, coordinator::InitializeShareStates request, OnRefusal on_refusal) {
  const std::string group = request.group;
  auto all = co_await initialize_share_states(node, here, std::move(request));
  PartitionSets partitions;
  for (const Initialized& one : all)
    partitions[one.topic_id].insert(one.outcome.partition);
  const bool has_failed = std::ranges::any_of(
      all, [](const Initialized& one) { return one.outcome.error_code != ErrorCode::kNone; });
  if (!has_failed) {
    co_await tell(node, here, group, partitions, &coordinator::ShareGroups::states_initialized);
  } else if (on_refusal == OnRefusal::kAskAgain) {
    co_await tell(node, here, group, partitions, &coordinator::ShareGroups::states_refused);
  }
  co_return all;
}

Task<void> begin_share_states_apart(Node& node, Shard& here, coordinator::InitializeShareStates request) {
  co_await begin_share_states(node, here, std::move(request), OnRefusal::kAskAgain);
}

}  // namespace moldau::runtime
