#include "tests/assignors/lives.h"

#include <functional>
#include <initializer_list>
#include <optional>
#include <string_view>
#include <utility>
#include <vector>

#include "tests/assignors/group.h"
#include "tests/assignors/life.h"
#include "tests/support/fnv.h"

namespace moldau::testing {
namespace {

template <class Items, class Text>
std::string joined(const Items& items, Text text) {
  std::string all;
  for (const auto& item : items) {
    if (&item != &items.front()) all += ',';
    all += text(item);
  }
  return all;
}

std::string names_of(const std::vector<std::string>& names) {
  return joined(names, std::identity());
}

/// The words with blanks between them, as a line.
std::string line(std::initializer_list<std::string_view> words) {
  std::string text;
  for (const std::string_view word : words) {
    if (!text.empty()) text += ' ';
    text += word;
  }
  return text + '\n';
}

std::string member_text(const Life& life, const Life::Member& member) {
  const Life::Subscription& subscription =
      life.subscriptions()[static_cast<std::size_t>(member.subscription)];
  return line({"member", member.id, member.instance.value_or("null"), std::to_string(subscription.regex),
               names_of(subscription.names)});
}

std::string input_text(const Life& life, const Life::Turn& turn) {
  const bool is_homogeneous = subscription_type(life, turn) == coordinator::SubscriptionType::kHomogeneous;
  std::string text = line({turn.assignor, is_homogeneous ? "HOMOGENEOUS" : "HETEROGENEOUS"});
  text += "updated " + member_text(life, turn.updated);
  text += line({"replaced", turn.replaced.value_or("null")});
  for (const Life::Member& member : life.members())
    text += member_text(life, member);
  for (const std::vector<std::string>& names : life.regexes())
    text += line({"regex", names_of(names)});
  for (const Life::Topic& topic : life.topics()) {
    text += line({"topic", topic.name, topic.id ? topic.id->to_string() : "null",
                  std::to_string(topic.partitions), std::to_string(topic.initialized)});
  }
  return text;
}

std::string records_text(const std::optional<Group::Targets>& targets) {
  if (!targets) return "error\n";
  std::string text;
  for (const auto& [member, assignment] : *targets) {
    text += member;
    for (const coordinator::TopicAssignment& topic : assignment) {
      text += " " + topic.topic_id.to_string() + "=";
      text += joined(topic.partitions, [](std::int32_t partition) { return std::to_string(partition); });
    }
    text += "\n";
  }
  return text;
}

/// Visits the input and the records of each turn.
template <class Visit>
std::string live(std::uint64_t seed, Visit visit) {
  Life life(seed);
  Group group(life);
  for (int i = 0; i < life.turns(); ++i) {
    const Life::Turn turn = life.next([&](const Life::Member& member) { group.remove(member.id); });
    const std::string input = input_text(life, turn);
    const std::optional<Group::Targets> targets = group.assign(turn);
    life.apply(turn);
    visit(i, input, records_text(targets));
  }
  return std::string(life.kind());
}

}  // namespace

std::string life_in_brief(std::uint64_t seed) {
  std::string hashes;
  const std::string kind = live(seed, [&](int turn, const std::string& input, const std::string& records) {
    hashes += (turn == 0 ? "" : " ") + fnv_of(input) + ":" + fnv_of(records);
  });
  return std::to_string(seed) + "\t" + kind + "\t" + hashes;
}

std::string life_in_full(std::uint64_t seed) {
  std::string text = line({"life", std::to_string(seed)});
  live(seed, [&](int turn, const std::string& input, const std::string& records) {
    text += line({"turn", std::to_string(turn)}) + input + "records\n" + records;
  });
  return text;
}

}  // namespace moldau::testing
