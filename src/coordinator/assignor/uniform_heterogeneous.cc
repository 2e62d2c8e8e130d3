#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <numeric>
#include <optional>
#include <unordered_map>
#include <utility>
#include <vector>

#include "coordinator/assignor/assignor_errors.h"
#include "coordinator/assignor/java_text_order.h"
#include "coordinator/assignor/member_balancer.h"
#include "coordinator/assignor/target.h"
#include "coordinator/assignor/uniform.h"

namespace moldau::coordinator {
namespace {

/// Topic by topic, members keep what they have and still subscribe to, free partitions go to the subscriber
/// with least, and then partitions move from the subscribers with most to those with least, until a round
/// over the topics moves nothing or there were enough rounds.
class UniformHeterogeneous {
 public:
  explicit UniformHeterogeneous(const GroupSpec& spec)
      : spec_(spec), targets_(targets_of(spec)), sizes_(spec.members.size()), balancer_(sizes_) {}

  Result<GroupAssignment> build() {
    for (std::size_t member = 0; member < spec_.members.size(); ++member) {
      if (Result<void> added = add_subscriber(member); !added) return fail(std::move(added).error());
    }
    if (topics_.empty()) return GroupAssignment(spec_.members.size());
    for (std::size_t member = 0; member < spec_.members.size(); ++member) {
      if (Result<void> kept = keep(member); !kept) return fail(std::move(kept).error());
    }
    const std::vector<std::size_t> order = topic_order();
    for (const std::size_t topic : order)
      assign_free(topics_[topic]);
    balance(order);
    return take_all(targets_);
  }

 private:
  /// Rounds of moving partitions over all topics, at most.
  static constexpr int kMostRounds = 16;

  static constexpr std::size_t kNobody = static_cast<std::size_t>(-1);

  struct Topic {
    Uuid id;
    /// Places of members in the group, ascending.
    std::vector<std::size_t> subscribers = {};
    /// Who has each partition.
    std::vector<std::size_t> owners;
    /// The last member that was looked at as a subscriber.
    std::size_t last_subscriber = kNobody;
  };

  /// A topic's partitions, those of each owner side by side.
  struct Holdings {
    struct Range {
      std::size_t begin = 0;
      std::size_t end = 0;
    };

    std::vector<std::size_t> partitions;
    /// By member: its part of `partitions`. What it gave away lies behind the end.
    std::vector<Range> ranges;
  };

  Result<void> add_subscriber(std::size_t member) {
    for (const Uuid& topic_id : spec_.members[member].subscribed->topic_ids) {
      const auto [place, is_new] = places_.try_emplace(topic_id, topics_.size());
      if (is_new) {
        const auto count = spec_.partition_counts.find(topic_id);
        if (count == spec_.partition_counts.end()) return no_such_topic(topic_id);
        topics_.push_back(
            {.id = topic_id, .owners = std::vector(static_cast<std::size_t>(count->second), kNobody)});
      }
      topics_[place->second].subscribers.push_back(member);
    }
    return {};
  }

  /// Leaves the member what it has of topics it subscribes to.
  Result<void> keep(std::size_t member) {
    for (const Uuid& topic_id : spec_.members[member].subscribed->topic_ids) {
      topics_[places_.at(topic_id)].last_subscriber = member;
    }
    Target& target = targets_[member];
    for (const TopicAssignment& assigned : target.assigned()) {
      const auto place = places_.find(assigned.topic_id);
      if (place == places_.end() || topics_[place->second].last_subscriber != member) {
        target.remove(assigned.topic_id);
        continue;
      }
      Topic& topic = topics_[place->second];
      for (const std::int32_t partition : assigned.partitions) {
        const auto at = static_cast<std::size_t>(partition);
        if (at >= topic.owners.size())
          return fail(ErrorCode::kUnknownServerError, "A member has a partition too many");
        topic.owners[at] = member;
      }
      sizes_[member] += static_cast<std::int32_t>(assigned.partitions.size());
    }
    return {};
  }

  /// Those with most partitions to a subscriber first, then those with fewer subscribers.
  std::vector<std::size_t> topic_order() const {
    std::vector<std::size_t> order(topics_.size());
    std::iota(order.begin(), order.end(), std::size_t{0});
    std::ranges::sort(order, [this](std::size_t one, std::size_t other) {
      const Topic& a = topics_[one];
      const Topic& b = topics_[other];
      const double share_of_a =
          static_cast<double>(a.owners.size()) / static_cast<double>(a.subscribers.size());
      const double share_of_b =
          static_cast<double>(b.owners.size()) / static_cast<double>(b.subscribers.size());
      if (share_of_a != share_of_b) return share_of_a > share_of_b;
      if (a.subscribers.size() != b.subscribers.size()) return a.subscribers.size() < b.subscribers.size();
      return is_before_in_java(a.id, b.id);
    });
    return order;
  }

  void assign_free(Topic& topic) {
    if (std::ranges::find(topic.owners, kNobody) == topic.owners.end()) return;
    balancer_.start(topic.subscribers);
    for (std::size_t partition = 0; partition < topic.owners.size(); ++partition) {
      if (topic.owners[partition] == kNobody) give(topic, partition, balancer_.next_receiver());
    }
  }

  /// Moves partitions until nothing is to be gained. A topic with one subscriber has nowhere to move them.
  void balance(const std::vector<std::size_t>& order) {
    std::vector<std::size_t> movable;
    for (const std::size_t topic : order) {
      if (topics_[topic].subscribers.size() > 1) movable.push_back(topic);
    }
    std::size_t last_moved = kNobody;
    for (int round = 0; round < kMostRounds; ++round) {
      for (std::size_t i = 0; i < movable.size(); ++i) {
        // All the others were looked at since this one changed.
        if (i == last_moved) return;
        if (balance(topics_[movable[i]]) || last_moved == kNobody) last_moved = i;
      }
    }
  }

  /// True if a partition moved.
  bool balance(Topic& topic) {
    if (balancer_.start(topic.subscribers) <= 1) return false;
    Holdings holdings = holdings_of(topic);
    bool has_moved = false;
    while (!balancer_.is_balanced()) {
      const std::optional<std::size_t> giver = next_giver(holdings);
      if (!giver) break;
      const std::size_t partition = holdings.partitions[--holdings.ranges[*giver].end];
      const std::size_t receiver = balancer_.next_receiver();
      if (balancer_.is_balanced()) break;
      take_away(topic, partition);
      give(topic, partition, receiver);
      has_moved = true;
    }
    return has_moved;
  }

  Holdings holdings_of(const Topic& topic) const {
    Holdings holdings{.partitions = std::vector<std::size_t>(topic.owners.size()),
                      .ranges = std::vector<Holdings::Range>(targets_.size())};
    std::iota(holdings.partitions.begin(), holdings.partitions.end(), std::size_t{0});
    std::ranges::sort(holdings.partitions, {}, [&topic](std::size_t partition) {
      return std::pair(topic.owners[partition], partition);
    });
    for (std::size_t i = 0; i < holdings.partitions.size(); ++i) {
      Holdings::Range& range = holdings.ranges[topic.owners[holdings.partitions[i]]];
      if (range.end == 0) range.begin = i;
      range.end = i + 1;
    }
    return holdings;
  }

  /// Who has most and has something of the topic.
  std::optional<std::size_t> next_giver(const Holdings& holdings) {
    while (const std::optional<std::size_t> giver = balancer_.next_giver()) {
      const Holdings::Range& range = holdings.ranges[*giver];
      if (range.end > range.begin) return giver;
      balancer_.exclude_giver();
    }
    return std::nullopt;
  }

  void take_away(Topic& topic, std::size_t partition) {
    const std::size_t owner = std::exchange(topic.owners[partition], kNobody);
    targets_[owner].remove(topic.id, static_cast<std::int32_t>(partition));
    --sizes_[owner];
  }

  void give(Topic& topic, std::size_t partition, std::size_t member) {
    const std::size_t subscribers = topic.subscribers.size();
    const std::size_t expected = (topic.owners.size() + subscribers - 1) / subscribers;
    targets_[member].add(topic.id, static_cast<std::int32_t>(partition), java_capacity_for(expected));
    topic.owners[partition] = member;
    ++sizes_[member];
  }

  const GroupSpec& spec_;
  std::vector<Target> targets_;
  /// How many partitions each member has.
  std::vector<std::int32_t> sizes_;
  MemberBalancer balancer_;
  std::vector<Topic> topics_;
  /// Each topic's place in topics_.
  std::unordered_map<Uuid, std::size_t> places_;
};

}  // namespace

Result<GroupAssignment> assign_uniform_heterogeneous(const GroupSpec& spec) {
  return UniformHeterogeneous(spec).build();
}

}  // namespace moldau::coordinator
