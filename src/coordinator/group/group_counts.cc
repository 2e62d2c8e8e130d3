#include "coordinator/group/group_counts.h"

#include <string>

namespace moldau::coordinator {

std::string_view state_of(const GroupEntry& entry) {
  if (entry.classic) return state_name(entry.classic->state());
  if (entry.consumer) return state_name(entry.consumer->state());
  return entry.share ? entry.share->state_name() : state_name(entry.streams->state());
}

void count_groups(const GroupStore& store, GroupCounts& counts) {
  store.groups().visit_all(kLatest, [&](const std::string&, const GroupEntry& entry) {
    ++counts.groups[{entry.type, state_of(entry)}];
  });
  store.offsets().visit_all(kLatest, [&](const OffsetKey&, const StoredOffset&) { ++counts.offsets; });
}

}  // namespace moldau::coordinator
