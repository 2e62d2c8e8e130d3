#include "tests/assignors/life.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <utility>

namespace moldau::testing {
namespace {

/// The most that a life has of each.
struct Shape {
  int members;
  int topics;
  int partitions;
};

constexpr std::array<std::string_view, 4> kKinds = {"uniform", "range", "simple", "either"};
constexpr std::array<Shape, 10> kShapes = {{{3, 2, 4},
                                            {6, 5, 8},
                                            {6, 5, 8},
                                            {6, 7, 8},
                                            {6, 12, 8},
                                            {20, 20, 40},
                                            {20, 7, 40},
                                            {32, 4, 250},
                                            {12, 30, 6},
                                            {100, 40, 24}}};
constexpr std::string_view kLetters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
/// Of every length in UTF-8, and around the surrogates of UTF-16.
constexpr std::array<std::string_view, 10> kOdd = {"a",      "Z",      "\u00E9", "\u07FF",     "\u0800",
                                                   "\u4E2D", "\uE000", "\uFFFD", "\U00010000", "\U0001F600"};
constexpr int kMostOfOneHash = 7;

}  // namespace

Life::Life(std::uint64_t seed) : chance_(seed), kind_(kKinds[seed % kKinds.size()]) {
  begin();
}

void Life::begin() {
  const Shape shape = kShapes[static_cast<std::size_t>(chance_.below(kShapes.size()))];
  most_members_ = 1 + chance_.below(shape.members);
  const int topic_count = 1 + chance_.below(shape.topics);
  most_partitions_ = shape.partitions;
  has_odd_ids_ = chance_.one_in(4);
  has_few_hashes_ = topic_count <= kMostOfOneHash && chance_.one_in(2);
  turns_ = 4 + chance_.below(4);
  for (int i = 0; i < topic_count; ++i)
    topics_.push_back({.name = make_name("t"), .id = std::nullopt});
  for (Topic& topic : topics_) {
    if (!chance_.one_in(8)) create(topic);
  }
  for (int i = 0; i < 2; ++i)
    regexes_.push_back(some_names(3));
  const int subscriptions = chance_.one_in(3) ? 1 : 1 + chance_.below(4);
  for (int i = 0; i < subscriptions; ++i)
    subscriptions_.push_back(make_subscription());
  const int first = 1 + chance_.below(most_members_);
  for (int i = 0; i < first; ++i)
    members_.push_back(new_member());
}

Life::Turn Life::next(const std::function<void(const Member&)>& left) {
  const int events = chance_.below(4);
  for (int i = 0; i < events; ++i)
    event(left);
  std::string_view assignor = kind_;
  if (kind_ == "either") assignor = chance_.one_in(3) ? "range" : "uniform";
  const int which = chance_.below(4);
  const auto count = static_cast<int>(members_.size());
  if (count == 0 || (which == 0 && count < most_members_)) {
    return {.assignor = assignor, .updated = new_member(), .replaced = std::nullopt};
  }
  Member member = members_[static_cast<std::size_t>(chance_.below(count))];
  if (which == 1 && member.instance) {
    std::string replaced = std::exchange(member.id, make_name("m"));
    member.subscription = any_subscription();
    return {.assignor = assignor, .updated = std::move(member), .replaced = std::move(replaced)};
  }
  if (which == 2) member.subscription = any_subscription();
  return {.assignor = assignor, .updated = std::move(member), .replaced = std::nullopt};
}

void Life::apply(const Turn& turn) {
  if (turn.replaced)
    std::erase_if(members_, [&](const Member& member) { return member.id == *turn.replaced; });
  const auto known = std::ranges::find(members_, turn.updated.id, &Member::id);
  if (known != members_.end()) {
    *known = turn.updated;
  } else {
    members_.push_back(turn.updated);
  }
}

void Life::event(const std::function<void(const Member&)>& left) {
  Topic& topic = topics_[static_cast<std::size_t>(chance_.below(static_cast<int>(topics_.size())))];
  const int what = chance_.below(7);
  if (what <= 1) {
    if (members_.empty()) return;
    const auto leaving = members_.begin() + chance_.below(static_cast<int>(members_.size()));
    const Member member = std::move(*leaving);
    members_.erase(leaving);
    left(member);
  } else if (what == 2) {
    grow(topic);
  } else if (what == 3) {
    toggle(topic);
  } else if (what == 4) {
    // One subscription becomes another, for all who have it.
    const int which = any_subscription();
    subscriptions_[static_cast<std::size_t>(which)] = make_subscription();
  } else if (what == 5) {
    const int subscription = any_subscription();
    if (members_.empty()) return;
    const int which = chance_.below(static_cast<int>(members_.size()));
    members_[static_cast<std::size_t>(which)].subscription = subscription;
  } else {
    topic.initialized = chance_.below(topic.partitions + 1);
  }
}

void Life::create(Topic& topic) {
  const std::uint64_t most = chance_.next();
  std::uint64_t least = chance_.next();
  if (has_few_hashes_) {
    const int high = chance_.below(8);
    least = most ^ static_cast<std::uint64_t>(16 * high + chance_.below(2));
  }
  topic.partitions = 1 + chance_.below(most_partitions_);
  topic.id = Uuid(most, least);
  topic.initialized = chance_.one_in(4) ? chance_.below(topic.partitions + 1) : topic.partitions;
}

void Life::toggle(Topic& topic) {
  if (!topic.id) {
    create(topic);
    return;
  }
  topic.id.reset();
  topic.partitions = 0;
}

void Life::grow(Topic& topic) {
  if (!topic.id) return;
  topic.partitions += 1 + chance_.below(4);
  topic.initialized = topic.partitions;
}

Life::Subscription Life::make_subscription() {
  if (is_share()) return {.names = some_names(12), .regex = -1};
  const int regex = chance_.below(6) - 4;
  const bool has_names = regex < 0 || chance_.one_in(3);
  return {.names = has_names ? some_names(12) : std::vector<std::string>(), .regex = std::max(regex, -1)};
}

/// Names of topics in any order; none with a chance of one in `none`.
std::vector<std::string> Life::some_names(int none) {
  std::vector<std::string> names;
  if (chance_.one_in(none)) return names;
  const int left_out = 1 + chance_.below(6);
  for (const Topic& topic : topics_) {
    if (chance_.one_in(left_out)) continue;
    names.insert(names.begin() + chance_.below(static_cast<int>(names.size()) + 1), topic.name);
  }
  return names;
}

Life::Member Life::new_member() {
  Member member;
  member.id = make_name("m");
  if (!is_share() && chance_.one_in(3)) member.instance = make_name("i");
  member.subscription = any_subscription();
  return member;
}

/// Unique, by its last part.
std::string Life::make_name(std::string_view kind_of_name) {
  std::string name;
  const int length = 3 + chance_.below(8);
  for (int i = 0; i < length; ++i) {
    if (has_odd_ids_ && kind_of_name != "t") {
      name += kOdd[static_cast<std::size_t>(chance_.below(kOdd.size()))];
    } else {
      name += kLetters[static_cast<std::size_t>(chance_.below(kLetters.size()))];
    }
  }
  name += kind_of_name;
  return name + std::to_string(named_++);
}

}  // namespace moldau::testing
