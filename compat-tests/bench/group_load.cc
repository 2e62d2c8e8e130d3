#include "group_load.h"

#include <algorithm>
#include <cstdio>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

#include "coordinator.h"
#include "deadline.h"
#include "group_member.h"
#include "io/uv/host.h"
#include "mode.h"
#include "stretch.h"

namespace moldau::bench {
namespace {

constexpr auto kPatience = std::chrono::seconds(120);

using Members = std::vector<std::unique_ptr<Member>>;

/// One group from its first join to its last member's leaving.
class Round {
 public:
  Round(io::uv::UvHost& host, Members& members, const std::string& group)
      : host_(host), members_(members), group_(group) {}

  /// Gives the time until the group was stable.
  Duration run() {
    const Deadline deadline(host_.loop(0), kPatience, "a group");
    const io::Clock& clock = host_.loop(0).clock();
    step([this](Member& member, auto done) { member.find_coordinator(group_, std::move(done)); });
    const Instant begin = clock.now();
    become_stable();
    const Duration taken = clock.now() - begin;
    check_assignments();
    step([](Member& member, auto done) { member.end_heartbeats(std::move(done)); });
    step([](Member& member, auto done) { member.leave(std::move(done)); });
    return taken;
  }

  /// Of the stable group.
  std::int32_t generation() const { return generation_; }

 private:
  /// Lets all members take a step at once and runs the host until each has.
  template <class Take>
  void step(Take take) {
    std::size_t left = members_.size();
    for (const auto& member : members_) {
      take(*member, [this, &left] {
        if (--left == 0) host_.stop();
      });
    }
    while (left > 0) {
      host_.run();
    }
  }

  /// Until all have their assignment of one generation.
  void become_stable() {
    for (const auto& member : members_) {
      member->join([this](std::int32_t generation) {
        if (generation != generation_) synced_ = 0;
        generation_ = generation;
        if (++synced_ == members_.size()) host_.stop();
      });
    }
    while (synced_ < members_.size()) {
      host_.run();
    }
  }

  /// Each member has a partition that no other has.
  void check_assignments() const {
    std::vector<bool> taken(members_.size());
    for (const auto& member : members_) {
      const auto partition = static_cast<std::size_t>(member->assigned_partition());
      if (partition >= taken.size() || taken[partition]) die("in a group", "not the leader's assignment");
      taken[partition] = true;
    }
  }

  io::uv::UvHost& host_;
  Members& members_;
  const std::string& group_;
  std::int32_t generation_ = 0;  ///< that a member last had its assignment of
  std::size_t synced_ = 0;       ///< members that have theirs of it
};

double median(std::vector<double> values) {
  std::ranges::sort(values);
  return (values[(values.size() - 1) / 2] + values[values.size() / 2]) / 2;
}

}  // namespace

Mode add_group(CLI::App& app) {
  const auto load = std::make_shared<GroupLoad>();
  CLI::App& command = *app.add_subcommand("group", "Let a classic group form, and leave it");
  add_broker(command, load->address);
  add_process(command, load->process);
  command.add_option("--group", load->group, "How the names of the groups begin");
  command.add_option("--members", load->members, "Members of a group")->check(CLI::PositiveNumber);
  command.add_option("--rounds", load->rounds, "Groups, one after another");
  command.add_option("--warm-up", load->warm_up, "Groups of these that are not measured");
  command.add_option("--heartbeat-ms", load->heartbeat_ms, "Between the heartbeats of a member");
  return {&command, [load] { bench::run(*load); }};
}

void run(const GroupLoad& load) {
  if (load.warm_up >= load.rounds) die("forming groups", "no round to measure");
  io::uv::UvHost host(1);
  const io::Clock& clock = host.loop(0).clock();
  std::vector<std::string> groups;
  for (std::size_t i = 0; i < load.rounds; ++i) {
    groups.push_back(load.group + "-" + std::to_string(i));
    await_coordinator(host, load.address, groups.back());
  }
  Members members;
  for (std::size_t i = 0; i < load.members; ++i) {
    members.push_back(std::make_unique<Member>(host, load.address, from_ms(load.heartbeat_ms)));
  }
  std::optional<Mark> begin;
  std::vector<double> stable_ms;
  std::int32_t generations = 0;
  for (std::size_t i = 0; i < load.rounds; ++i) {
    if (i == load.warm_up) begin = mark_now(clock, load.process);
    Round round(host, members, groups[i]);
    const double taken_ms = milliseconds(round.run());
    if (!begin) continue;
    stable_ms.push_back(taken_ms);
    generations = std::max(generations, round.generation());
  }
  const Stretch stretch(*begin, mark_now(clock, load.process));
  const auto measured = static_cast<double>(stable_ms.size());
  std::printf(
      R"({"groups": %zu, "members": %zu, "most_generations": %d, "cpu_ms_per_group": %.3f, "wall_ms": %.1f, %s})"
      "\n",
      stable_ms.size(), load.members, generations, stretch.cpu_seconds() * 1e3 / measured, median(stable_ms),
      stretch.fields().c_str());
}

}  // namespace moldau::bench
