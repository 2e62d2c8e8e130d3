#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

namespace moldau::coordinator {

/// The order in which Apache Kafka walks the names that a member asks for: those of its request or record in
/// `names`, and those that its regular expression stands for in `regex_names`, both in the order of their
/// lists. Each name once; views into the arguments.
std::vector<std::string_view> subscribed_names(std::span<const std::string_view> names,
                                               std::span<const std::string_view> regex_names);

/// A group's members as its state has them when a target assignment is asked for.
struct GroupMembers {
  /// Their ids, in the order in which their records brought them into the group.
  std::span<const std::string_view> joined;
  /// The most members there ever were at once since the group was loaded: its table does not shrink.
  std::size_t most_members = 0;
};

/// Whom the members of an assignment are, in the order in which Apache Kafka's assignors walk them: those of
/// the group, `updated`, whose heartbeat asks for the assignment and who may be new, and without `replaced`,
/// the former id of a static member whose place `updated` takes. Views into the arguments.
std::vector<std::string_view> member_order(const GroupMembers& members, std::string_view updated,
                                           std::optional<std::string_view> replaced);

}  // namespace moldau::coordinator
