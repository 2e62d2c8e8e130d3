#include "tests/streams_groups/life.h"

#include <array>
#include <iterator>
#include <limits>

#include "coordinator/assignor/java_hash_map.h"

namespace moldau::testing {
namespace {

constexpr std::string_view kLetters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
constexpr std::array<int, 3> kRebalanceTimeouts = {1000, 30'000, 300'000};
constexpr std::array<int, 4> kDelays = {0, 0, 1000, 3000};
constexpr std::array<int, 7> kSteps = {1, 500, 1000, 3000, 5000, 20'000, 46'000};

template <class Items>
int count_of(const Items& items) {
  return static_cast<int>(items.size());
}

template <class Items>
const auto& at(const Items& items, int place) {
  return items[static_cast<std::size_t>(place)];
}

}  // namespace

StreamsLife::StreamsLife(std::uint64_t seed) : chance_(seed), is_wild_(seed % 6 == 5) {
  begin();
}

void StreamsLife::begin() {
  initial_delay_ms_ = at(kDelays, chance_.below(count_of(kDelays)));
  standby_replicas_ = chance_.below(3);
  assignment_interval_ms_ = chance_.one_in(2) ? 0 : 1000;
  most_ = 1 + chance_.below(10);
  most_members_ = chance_.one_in(8) ? 1 + chance_.below(4) : std::numeric_limits<std::int32_t>::max();
  most_partitions_ = chance_.one_in(3) ? 20 : 5;
  even_partitions_ = chance_.one_in(3) ? 0 : 1 + chance_.below(most_partitions_);
  turns_ = 25 + chance_.below(50);
  const int processes = 1 + chance_.below(4);
  for (int i = 0; i < processes; ++i)
    processes_.push_back(name("p"));
  const int external = 1 + chance_.below(4);
  for (int i = 0; i < external; ++i)
    external_.push_back(name("t"));
  for (const std::string& topic : external_) {
    if (!chance_.one_in(25)) create(topic, some_partitions());
  }
  make_topology();
}

void StreamsLife::turn(World& world) {
  act(world);
  if (!members_.empty() && chance_.one_in(2)) commit(world);
}

void StreamsLife::commit(World& world) {
  const Member& member = any_member();
  Commit commit;
  commit.epoch = member.epoch + 1 - chance_.below(4);
  commit.is_transactional = chance_.one_in(4);
  commit.version = chance_.one_in(10) ? 8 : 9;
  commit.topic = at(external_, chance_.below(count_of(external_)));
  commit.partition = chance_.below(most_partitions_);
  if (!chance_.one_in(15)) commit.member = member.id;
  world.commit(commit);
}

void StreamsLife::act(World& world) {
  const int what = chance_.below(24);
  if (members_.empty() || (what <= 2 && count_of(members_) < most_)) {
    members_.push_back(new_member());
    heartbeat(world, members_.back());
  } else if (what == 3) {
    leave(world);
  } else if (what == 4) {
    change_topic();
    world.topics(topics_);
  } else if (what == 5 || what == 6) {
    create_wanted();
    world.topics(topics_);
  } else if (what >= 7 && what <= 9) {
    const int step = chance_.below(3 * count_of(kSteps));
    world.pass(at(kSteps, step < count_of(kSteps) ? step : step % 4));
  } else if (what == 10) {
    world.standby_replicas(chance_.below(3));
  } else if (what == 11) {
    if (chance_.one_in(3)) world.fail_over();
  } else if (what == 12) {
    world.remove_group();
  } else {
    heartbeat(world, any_member());
  }
}

int StreamsLife::some_partitions() {
  return even_partitions_ > 0 ? even_partitions_ : 1 + chance_.below(most_partitions_);
}

void StreamsLife::change_topic() {
  const int what = chance_.below(8);
  if (what <= 1 && !topics_.empty()) {
    const auto topic = std::next(topics_.begin(), chance_.below(count_of(topics_)));
    if (what == 0) {
      topics_.erase(topic);
    } else {
      topic->second.partitions += 1 + chance_.below(3);
    }
    return;
  }
  for (const std::string& topic : external_) {
    if (!topics_.contains(topic)) create(topic, some_partitions());
  }
}

void StreamsLife::create_wanted() {
  for (const auto& [topic, partitions] : wanted_) {
    if (chance_.one_in(20)) continue;
    create(topic, partitions + (chance_.one_in(60) ? 1 : 0));
  }
}

void StreamsLife::create(const std::string& name, std::int32_t partitions) {
  const std::uint64_t most_significant = chance_.next();
  const std::uint64_t least_significant = chance_.next();
  topics_.insert_or_assign(
      name, StreamsTopics::Topic{.id = Uuid(most_significant, least_significant), .partitions = partitions});
}

StreamsLife::Member& StreamsLife::any_member() {
  return *std::next(members_.begin(), chance_.below(count_of(members_)));
}

StreamsLife::Member StreamsLife::new_member() {
  Member member;
  do {
    member.id = name("m");
  } while (!has_its_place(member.id));
  member.process = at(processes_, chance_.below(count_of(processes_)));
  if (chance_.one_in(4)) member.host = name("h");
  if (chance_.one_in(4)) member.rack = name("r");
  if (chance_.one_in(4)) member.tag = chance_.below(3);
  member.rebalance_timeout_ms = at(kRebalanceTimeouts, chance_.below(count_of(kRebalanceTimeouts)));
  return member;
}

/// Of members that share a place in both of Apache Kafka's hash tables the order is that in which they
/// joined, which a group of Moldau's does not remember.
bool StreamsLife::has_its_place(std::string_view id) {
  const std::uint32_t hash = coordinator::java_hash_code(id);
  const auto bucket = static_cast<int>((hash ^ (hash >> 16)) & 15U);
  const auto wide = static_cast<std::uint64_t>(std::int64_t{static_cast<std::int32_t>(hash)});
  const auto slot = static_cast<int>((wide * 0x9E3779B97F4A7C15ULL) >> 62);
  return places_.insert(bucket * 4 + slot).second;
}

/// Unique, by its last part.
std::string StreamsLife::name(std::string_view kind) {
  std::string text;
  const int length = 1 + chance_.below(6);
  for (int i = 0; i < length; ++i)
    text += at(kLetters, chance_.below(count_of(kLetters)));
  text += kind;
  return text + std::to_string(named_++);
}

}  // namespace moldau::testing
