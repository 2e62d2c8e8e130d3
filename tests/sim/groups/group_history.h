#pragma once

#include <compare>
#include <cstddef>
#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/time.h"

namespace moldau::sim {

enum class GroupKind : std::uint8_t { kClassic, kConsumer, kShare, kStreams };

/// What members of a group share among them: a partition of a topic, or of a subtopology.
struct Share {
  std::string name;
  std::int32_t partition = 0;

  auto operator<=>(const Share&) const = default;
};
using Shares = std::set<Share>;

/// "a-0 a-1 b-0".
std::string text_of(const Shares& shares);

/// Memberships as the members were told of them, and what follows: while a group exists its epochs rise,
/// nothing belongs to two of its members, and it stays of its kind.
///
/// A member that was acknowledged is in the group for as long as its session lasts, counted from when it sent
/// what was acknowledged, whether the broker is killed meanwhile or not; by then, not longer, others have to
/// respect it. Answers are complaints, or nothing.
class GroupHistory {
 public:
  using Member = std::size_t;

  /// An answer: when its request was sent, and when it came.
  struct Exchange {
    Instant sent;
    Instant came;
  };

  /// With `forgets_empty` the broker removes empty groups by itself.
  explicit GroupHistory(bool forgets_empty = false) : forgets_empty_(forgets_empty) {}

  Member add(std::string name);

  /// It asks to be let in. An empty group becomes one of its kind, and nobody need hear of it.
  void asks_in(const std::string& group, GroupKind kind, Instant now) { kinds_[group].emplace(kind, now); }
  /// The member was told that it is in the group, with that epoch or generation of its own. `lasts` is how
  /// long it may count on it, from when it asked.
  std::string joined(Member member, const std::string& group, GroupKind kind, std::int32_t epoch,
                     Exchange exchange, Duration lasts);
  /// It was told once more.
  std::string confirmed(Member member, std::int32_t epoch, Exchange exchange, Duration lasts);
  /// It was told what is its own; share groups give the same to several.
  std::string owns(Member member, Shares shares, Instant now);
  /// It sends that it has no more than that.
  void keeps(Member member, const Shares& shares);
  /// It may have been told to give something back, and counts on the rest no longer than that, or until it is
  /// confirmed.
  void must_give_back_until(Member member, Instant until);
  /// It sends that it leaves, or was told that it is out.
  void left(Member member);

  const Shares& shares_of(Member member) const { return seats_[member].shares; }

  /// What a description of the group says of its epoch and of that of its assignment, which members have when
  /// they have followed it.
  std::string described(const std::string& group, std::int32_t epoch, std::int32_t assignment_epoch,
                        Exchange exchange);
  /// The ids of all groups.
  std::string listed(const std::set<std::string>& ids, Exchange exchange) const;
  /// Somebody asks for the group to be deleted.
  void deletion_sent(const std::string& group) { ++epochs_[group].deletions; }
  /// That was done.
  std::string deleted(const std::string& group, Exchange exchange);
  /// It was refused.
  void not_deleted(const std::string& group) { --epochs_[group].deletions; }
  /// It has no answer.
  void may_be_deleted(const std::string& group, Instant now) { may_be_gone(group, now); }

  /// Whether somebody was in the group, and counted on it, all the while.
  bool had_members(const std::string& group, Exchange exchange) const;

 private:
  struct Seat {
    std::string name;
    std::string group;
    GroupKind kind = GroupKind::kClassic;
    std::int32_t epoch = 0;
    Shares shares = {};
    Instant shares_since = {};
    bool is_taken = false;
    Instant since = {};
    Instant until = {};
    Instant gives_back_until = Instant::never();

    bool holds(Instant now) const { return is_taken && until > now && gives_back_until > now; }
  };

  /// An epoch that was told, from when on; each higher than those before.
  using Rising = std::vector<std::pair<Instant, std::int32_t>>;

  /// The epochs of a group that were told.
  struct Epochs {
    Rising of_group = {};       ///< what members have may be behind it
    Rising of_assignment = {};  ///< and of members
    Instant since = {};         ///< what was asked before tells of another group
    int deletions = 0;          ///< under way
    bool may_be_gone = false;
  };

  /// Makes another group of it, where it may be one. Whether the answer tells of the group that there is.
  bool looks_at(const std::string& group, Exchange exchange);
  static std::int32_t highest(const Rising& rising, Instant at);
  static void add(Rising& rising, std::int32_t epoch, Instant at);
  static std::string falls(const std::string& group, std::int32_t least, std::int32_t epoch);
  /// Whether what the classic member has may be forgotten. A consumer group that becomes a classic one gives
  /// its members what was to be theirs in place of what they have, as in Apache Kafka. They hear soon that
  /// they have to join again, but another consumer of the new protocol may come before that.
  bool may_be_forgotten(const Seat& seat, Instant now) const;
  std::string keeps_kind(const Seat& seat, Exchange exchange) const;
  /// A deletion that was under way may have been done.
  void may_be_gone(const std::string& group, Instant now);

  bool forgets_empty_;
  std::vector<Seat> seats_;
  std::map<std::string, Epochs> epochs_;
  /// Of which kinds each group may have been, and from when on.
  std::map<std::string, std::map<GroupKind, Instant>> kinds_;
  std::set<std::string> left_by_consumers_;  ///< groups of which a consumer of the new protocol has gone
};

}  // namespace moldau::sim
