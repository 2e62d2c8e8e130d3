#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/uuid.h"
#include "tests/support/chance.h"

namespace moldau::testing {

/// A made-up group: topics come, grow and go, members join, leave and change what they want. Every choice is
/// drawn from the seed, none from what was assigned. compat-tests/assignors/src/Life.java makes the same.
class Life {
 public:
  struct Topic {
    std::string name;
    /// nullopt while there is no such topic.
    std::optional<Uuid> id;
    int partitions = 0;
    /// How many of its partitions, the first ones, a share group has state for.
    int initialized = 0;
  };

  /// What a member asks for: names in the order of its request, and the place of a regular expression or -1.
  struct Subscription {
    std::vector<std::string> names;
    int regex = -1;
  };

  struct Member {
    std::string id;
    std::optional<std::string> instance;
    int subscription = 0;
  };

  /// Whom a target assignment is computed for, and the static member whose place it takes.
  struct Turn {
    std::string_view assignor;
    Member updated;
    std::optional<std::string> replaced;
  };

  explicit Life(std::uint64_t seed);

  std::string_view kind() const { return kind_; }
  int turns() const { return turns_; }
  const std::vector<Topic>& topics() const { return topics_; }
  const std::vector<Subscription>& subscriptions() const { return subscriptions_; }

  /// The names that each regular expression stands for.
  const std::vector<std::vector<std::string>>& regexes() const { return regexes_; }

  /// In the order in which they came.
  const std::vector<Member>& members() const { return members_; }

  bool is_share() const { return kind_ == "simple"; }

  /// What happens before the next assignment, and whom it is for. `left` hears of each member that leaves.
  Turn next(const std::function<void(const Member&)>& left);

  /// The group after the turn: the updated member is there, in its old place or last.
  void apply(const Turn& turn);

 private:
  /// The first topics and members.
  void begin();
  void event(const std::function<void(const Member&)>& left);
  void create(Topic& topic);
  void toggle(Topic& topic);
  void grow(Topic& topic);
  Subscription make_subscription();
  std::vector<std::string> some_names(int none);
  Member new_member();
  std::string make_name(std::string_view kind_of_name);
  int any_subscription() { return chance_.below(static_cast<int>(subscriptions_.size())); }

  Chance chance_;
  std::string_view kind_;
  int turns_ = 0;
  std::vector<Topic> topics_;
  std::vector<Subscription> subscriptions_;
  std::vector<std::vector<std::string>> regexes_;
  std::vector<Member> members_;
  int most_members_ = 0;
  int most_partitions_ = 0;
  bool has_odd_ids_ = false;
  bool has_few_hashes_ = false;
  int named_ = 0;
};

}  // namespace moldau::testing
