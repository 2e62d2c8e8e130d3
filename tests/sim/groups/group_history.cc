#include "tests/sim/groups/group_history.h"

#include <algorithm>
#include <chrono>

namespace moldau::sim {
namespace {

/// Nobody is taken for gone sooner.
constexpr Duration kShortestSession = std::chrono::seconds(6);

/// Members of both are in one group while it changes from one to the other (KIP-848).
bool go_together(GroupKind one, GroupKind other) {
  const auto is_consumers = [](GroupKind kind) {
    return kind == GroupKind::kClassic || kind == GroupKind::kConsumer;
  };
  return one == other || (is_consumers(one) && is_consumers(other));
}

}  // namespace

std::string text_of(const Shares& shares) {
  std::string text;
  for (const Share& share : shares)
    text += (text.empty() ? "" : " ") + share.name + "-" + std::to_string(share.partition);
  return text;
}

GroupHistory::Member GroupHistory::add(std::string name) {
  seats_.push_back({.name = std::move(name), .group = {}});
  return seats_.size() - 1;
}

bool GroupHistory::had_members(const std::string& group, Exchange exchange) const {
  return std::ranges::any_of(seats_, [&](const Seat& seat) {
    return seat.group == group && seat.holds(exchange.came) && seat.since < exchange.sent;
  });
}

std::int32_t GroupHistory::highest(const Rising& rising, Instant at) {
  std::int32_t epoch = 0;
  for (const auto& [from, told] : rising) {
    if (from <= at) epoch = told;
  }
  return epoch;
}

void GroupHistory::add(Rising& rising, std::int32_t epoch, Instant at) {
  if (rising.empty() || rising.back().second < epoch) rising.emplace_back(at, epoch);
}

std::string GroupHistory::falls(const std::string& group, std::int32_t least, std::int32_t epoch) {
  if (epoch >= least) return {};
  return "group " + group + " had epoch " + std::to_string(least) + " and goes back to " +
         std::to_string(epoch);
}

bool GroupHistory::looks_at(const std::string& group, Exchange exchange) {
  Epochs& epochs = epochs_[group];
  const bool is_of_this_group = exchange.sent >= epochs.since;
  // An empty group stays, unless it is deleted or becomes one of another kind.
  const bool stays =
      !forgets_empty_ && kinds_[group].size() < 2 && !epochs.may_be_gone && epochs.deletions == 0;
  if (!stays && !had_members(group, exchange))
    epochs = {.since = exchange.came, .deletions = epochs.deletions};
  return is_of_this_group;
}

std::string GroupHistory::keeps_kind(const Seat& seat, Exchange exchange) const {
  const auto other = std::ranges::find_if(seats_, [&](const Seat& one) {
    return &one != &seat && one.group == seat.group && one.holds(exchange.came) &&
           one.since < exchange.sent && !go_together(one.kind, seat.kind);
  });
  if (other == seats_.end()) return {};
  return seat.name + " was let into group " + seat.group + ", in which " + other->name +
         " is of another kind";
}

bool GroupHistory::may_be_forgotten(const Seat& seat, Instant now) const {
  const auto kinds = kinds_.find(seat.group);
  if (seat.kind != GroupKind::kClassic || kinds == kinds_.end()) return false;
  const auto since = kinds->second.find(GroupKind::kConsumer);
  if (since == kinds->second.end()) return false;
  if (std::ranges::any_of(seats_, [&](const Seat& one) {
        return one.group == seat.group && one.kind == GroupKind::kConsumer && one.holds(now) &&
               one.since < seat.shares_since;
      })) {
    return false;
  }
  return since->second < seat.shares_since || now > since->second + kShortestSession ||
         left_by_consumers_.contains(seat.group);
}

std::string GroupHistory::joined(Member member, const std::string& group, GroupKind kind, std::int32_t epoch,
                                 Exchange exchange, Duration lasts) {
  Seat& seat = seats_[member];
  seat = {.name = seat.name,
          .group = group,
          .kind = kind,
          .epoch = epoch,
          .is_taken = true,
          .since = exchange.came,
          .until = exchange.sent + lasts};
  if (auto bad = keeps_kind(seat, exchange); !bad.empty()) return bad;
  if (!looks_at(group, exchange)) return {};
  Epochs& epochs = epochs_[group];
  auto bad = falls(group, highest(epochs.of_assignment, exchange.sent), epoch);
  add(epochs.of_assignment, epoch, exchange.came);
  return bad;
}

std::string GroupHistory::confirmed(Member member, std::int32_t epoch, Exchange exchange, Duration lasts) {
  Seat& seat = seats_[member];
  if (!seat.is_taken) return {};
  seat.until = exchange.sent + lasts;
  seat.gives_back_until = Instant::never();
  if (epoch < seat.epoch) {
    return seat.name + " had epoch " + std::to_string(seat.epoch) + " and goes back to " +
           std::to_string(epoch);
  }
  seat.epoch = epoch;
  // Others may be ahead of it.
  Epochs& epochs = epochs_[seat.group];
  if (exchange.sent >= epochs.since) add(epochs.of_assignment, epoch, exchange.came);
  return {};
}

std::string GroupHistory::owns(Member member, Shares shares, Instant now) {
  Seat& seat = seats_[member];
  seat.shares = std::move(shares);
  seat.shares_since = now;
  if (!seat.holds(now)) return {};
  for (const Seat& other : seats_) {
    if (&other == &seat || other.group != seat.group || !other.holds(now)) continue;
    if (may_be_forgotten(other, now)) continue;
    for (const Share& share : seat.shares) {
      if (!other.shares.contains(share)) continue;
      return "group " + seat.group + ": " + seat.name + " and " + other.name + " both have " + share.name +
             "-" + std::to_string(share.partition);
    }
  }
  return {};
}

void GroupHistory::keeps(Member member, const Shares& shares) {
  std::erase_if(seats_[member].shares, [&shares](const Share& share) { return !shares.contains(share); });
}

void GroupHistory::must_give_back_until(Member member, Instant until) {
  Seat& seat = seats_[member];
  seat.gives_back_until = std::min(seat.gives_back_until, until);
}

void GroupHistory::left(Member member) {
  Seat& seat = seats_[member];
  if (seat.is_taken && seat.kind == GroupKind::kConsumer) left_by_consumers_.insert(seat.group);
  seat.is_taken = false;
  seat.shares.clear();
}

std::string GroupHistory::described(const std::string& group, std::int32_t epoch,
                                    std::int32_t assignment_epoch, Exchange exchange) {
  if (!looks_at(group, exchange)) return {};
  Epochs& epochs = epochs_[group];
  const std::int32_t assigned = highest(epochs.of_assignment, exchange.sent);
  auto bad = falls(group, std::max(assigned, highest(epochs.of_group, exchange.sent)), epoch);
  if (bad.empty()) bad = falls(group, assigned, assignment_epoch);
  add(epochs.of_group, epoch, exchange.came);
  add(epochs.of_assignment, assignment_epoch, exchange.came);
  return bad;
}

std::string GroupHistory::listed(const std::set<std::string>& ids, Exchange exchange) const {
  for (const Seat& seat : seats_) {
    if (seat.holds(exchange.came) && seat.since < exchange.sent && !ids.contains(seat.group)) {
      return "group " + seat.group + " has " + seat.name + " and is not listed";
    }
  }
  return {};
}

std::string GroupHistory::deleted(const std::string& group, Exchange exchange) {
  may_be_gone(group, exchange.came);
  return had_members(group, exchange) ? "group " + group + " was deleted with members in it" : "";
}

void GroupHistory::may_be_gone(const std::string& group, Instant now) {
  epochs_[group] = {.since = now, .deletions = epochs_[group].deletions - 1, .may_be_gone = true};
}

}  // namespace moldau::sim
