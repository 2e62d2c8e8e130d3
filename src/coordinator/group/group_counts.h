#pragma once

#include <cstdint>
#include <map>
#include <string_view>
#include <utility>

#include "coordinator/group/group_store.h"

namespace moldau::coordinator {

/// How many groups and offsets there are.
struct GroupCounts {
  std::map<std::pair<GroupType, std::string_view>, std::uint64_t> groups;  ///< by type and name of the state
  std::uint64_t offsets = 0;  ///< without those of open transactions
};

/// "Stable" and the like, of a group of any kind. Static storage.
std::string_view state_of(const GroupEntry& entry);

/// Adds what the store has to the counts.
void count_groups(const GroupStore& store, GroupCounts& counts);

}  // namespace moldau::coordinator
