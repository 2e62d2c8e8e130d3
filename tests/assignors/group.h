#pragma once

#include <cstddef>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "coordinator/assignor/assignor.h"
#include "tests/assignors/life.h"

namespace moldau::testing {

/// A life's group with its target assignments, as Moldau's assignors find them.
class Group {
 public:
  /// The ids of members whose assignment changes with the new ones, in the order of the records.
  using Targets = std::vector<std::pair<std::string, coordinator::MemberAssignment>>;

  explicit Group(const Life& life);

  /// A member is gone, and its target assignment.
  void remove(std::string_view id);

  /// The changes of a turn, which are now part of the group; nullopt when the assignor fails.
  std::optional<Targets> assign(const Life::Turn& turn);

 private:
  using Result = ::moldau::Result<coordinator::GroupAssignment>;

  std::vector<std::string_view> order(const Life::Turn& turn) const;
  coordinator::SubscribedTopics subscribed(const Life::Subscription& subscription) const;
  coordinator::GroupSpec spec(const Life::Turn& turn, const std::vector<std::string_view>& ids,
                              const std::vector<coordinator::SubscribedTopics>& subscribed) const;
  const coordinator::MemberAssignment* target_of(std::string_view id) const;
  void join(const Life::Turn& turn);

  const Life& life_;
  /// In the order in which they came.
  std::vector<std::string> joined_;
  std::size_t most_members_ = 0;
  std::map<std::string, coordinator::MemberAssignment, std::less<>> targets_;
};

/// Homogeneous when all ask for the same names and no regular expression, or for the same one and no names.
coordinator::SubscriptionType subscription_type(const Life& life, const Life::Turn& turn);

}  // namespace moldau::testing
