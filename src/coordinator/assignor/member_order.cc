#include "coordinator/assignor/member_order.h"

#include <algorithm>
#include <bit>
#include <cstdint>
#include <utility>

#include "base/java_hash.h"
#include "coordinator/assignor/java_hash_map.h"

namespace moldau::coordinator {
namespace {

/// How many slots the table of a group's members has (Apache Kafka's TimelineHashMap): each time a member is
/// put into it, it doubles if three quarters of the members and one more would not fit.
std::size_t slot_count(std::size_t most_members) {
  std::size_t slots = 2;
  while ((most_members + 1) * 3 > slots * 4)
    slots *= 2;
  return slots;
}

/// The members in the order of that table: by the highest bits of the hash code times a constant of Fibonacci
/// hashing; in one slot who came last is first.
std::vector<std::string_view> in_table_order(const GroupMembers& members) {
  constexpr std::uint64_t kFactor = 0x9E3779B97F4A7C15ULL;
  const int shift = 64 - std::countr_zero(slot_count(members.most_members));
  struct Member {
    std::uint64_t slot;
    std::size_t others_behind;
    std::string_view id;
  };
  std::vector<Member> table;
  for (const std::string_view id : members.joined) {
    const std::uint64_t slot = (static_cast<std::uint64_t>(std::int64_t{java_hash(id)}) * kFactor) >> shift;
    table.push_back({.slot = slot, .others_behind = members.joined.size() - table.size(), .id = id});
  }
  std::ranges::sort(table, {},
                    [](const Member& member) { return std::pair(member.slot, member.others_behind); });
  std::vector<std::string_view> ordered;
  for (const Member& member : table)
    ordered.push_back(member.id);
  return ordered;
}

}  // namespace

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
  for (const std::string_view id : in_table_order(members))
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
