#include "coordinator/assignor/member_order.h"

#include "coordinator/assignor/java_hash_map.h"
#include "coordinator/assignor/table_order.h"

namespace moldau::coordinator {

std::vector<std::string_view> subscribed_names(std::span<const std::string_view> names,
                                               std::span<const std::string_view> regex_names) {
  const auto own = JavaHashSet<std::string_view>::of(names);
  const auto of_regex = JavaHashSet<std::string_view>::of(regex_names);
  const bool own_first = own.size() > of_regex.size();
  std::vector<std::string_view> ordered = own_first ? own.keys() : of_regex.keys();
  const JavaHashSet<std::string_view>& first = own_first ? own : of_regex;
  for (const std::string_view name : own_first ? of_regex.keys() : own.keys()) {
    if (!first.contains(name)) ordered.push_back(name);
  }
  return ordered;
}

std::vector<std::string_view> member_order(const GroupMembers& members, std::string_view updated,
                                           std::optional<std::string_view> replaced) {
  JavaHashSet<std::string_view> specs;
  for (const std::string_view id : in_table_order(members.joined, members.most_members))
    specs.add(id);
  // The changes are made in the order of a hash table as well; one more member may enlarge the table.
  JavaHashSet<std::string_view> changes;
  changes.add(updated);
  if (replaced) changes.add(*replaced);
  for (const std::string_view id : changes.keys()) {
    if (id == updated) {
      specs.add(id);
    } else {
      specs.erase(id);
    }
  }
  return specs.keys();
}

}  // namespace moldau::coordinator
