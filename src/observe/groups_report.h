#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

namespace moldau::observe {

/// The groups of one type in one state, by their names as they are listed; in static storage.
struct GroupCount {
  std::string_view type;
  std::string_view state;
  std::uint64_t groups = 0;
};

/// What the group coordinators of one shard have, and what they did since the node started.
struct GroupsReport {
  std::vector<GroupCount> counts;
  std::uint64_t offsets = 0;
  std::uint64_t committed_offsets = 0;
  std::uint64_t expired_offsets = 0;
  std::uint64_t deleted_offsets = 0;
  std::uint64_t completed_rebalances = 0;  ///< of classic groups
  std::uint64_t consumer_rebalances = 0;
  std::uint64_t share_rebalances = 0;
  std::uint64_t streams_rebalances = 0;
};

}  // namespace moldau::observe
