#include "tests/streams_groups/sticky.h"

#include <array>
#include <iterator>
#include <map>
#include <utility>
#include <vector>

#include "base/assert.h"
#include "coordinator/assignor/task_assignor.h"
#include "tests/assignors/life.h"
#include "tests/streams_groups/text.h"
#include "tests/support/fnv.h"

namespace moldau::testing {
namespace {

using coordinator::Tasks;
using coordinator::TaskSets;

constexpr std::string_view kLetters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
constexpr std::array<std::pair<int, int>, 6> kShapes = {
    {{3, 3}, {8, 6}, {8, 20}, {30, 12}, {30, 60}, {100, 40}}};
constexpr int kTurns = 6;

/// compat-tests/streams-groups/src/StickyTasks.java makes the same groups.
class TaskGroup {
 public:
  explicit TaskGroup(std::uint64_t seed) : chance_(seed) { begin(); }

  void change() {
    std::erase_if(members_, [&](const Member&) { return chance_.one_in(6); });
    const int joining = chance_.below(1 + most_ - member_count());
    for (int i = 0; i < joining || members_.empty(); ++i) {
      Member& member = members_.emplace_back();
      member.id = name("m");
      member.process =
          processes_[static_cast<std::size_t>(chance_.below(static_cast<int>(processes_.size())))];
    }
    for (auto& [id, part] : parts_) {
      if (chance_.one_in(5)) part.tasks += chance_.below(4);
    }
    if (chance_.one_in(4)) standby_replicas_ = chance_.below(4);
    const int moves = chance_.one_in(2) ? chance_.below(10) : 0;
    for (int i = 0; i < moves; ++i)
      move();
  }

  void assign() {
    coordinator::TaskGroupSpec spec{
        .members = {}, .subtopologies = {}, .standby_replicas = standby_replicas_};
    for (const Member& member : members_)
      spec.members.push_back({.id = member.id, .process_id = member.process, .assigned = &member.tasks});
    for (const auto& [id, part] : parts_)
      spec.subtopologies.push_back({.id = id, .task_count = part.tasks, .is_stateful = part.is_stateful});
    auto assigned = coordinator::assign_sticky_tasks(spec);
    require(assigned.has_value(), "a group with members gets its tasks");
    for (std::size_t i = 0; i < members_.size(); ++i)
      members_[i].tasks = std::move((*assigned)[i]);
  }

  std::string text() const {
    std::string text = "standby " + std::to_string(standby_replicas_) + "\n";
    for (const auto& [id, part] : parts_) {
      text += "part " + id + " " + std::to_string(part.tasks) + (part.is_stateful ? " true\n" : " false\n");
    }
    for (const Member& member : members_) {
      text += "member " + member.id + " " + member.process + " " + tasks_text(member.tasks.active) + " " +
              tasks_text(member.tasks.standby) + "\n";
    }
    return text;
  }

 private:
  struct Member {
    std::string id;
    std::string process;
    Tasks tasks;
  };
  struct Part {
    std::int32_t tasks = 0;
    bool is_stateful = false;
  };

  /// The settings and the topology.
  void begin() {
    const auto [members, tasks] = kShapes[static_cast<std::size_t>(chance_.below(kShapes.size()))];
    most_ = 1 + chance_.below(members);
    const int processes = 1 + chance_.below(most_);
    for (int i = 0; i < processes; ++i)
      processes_.push_back(name("p"));
    const int parts = 1 + chance_.below(6);
    for (int i = 0; i < parts; ++i) {
      Part& part = parts_[name("s")];
      part.tasks = 1 + chance_.below(tasks);
      part.is_stateful = !chance_.one_in(3);
    }
    standby_replicas_ = chance_.below(4);
  }

  /// A copy of some member's tasks of a subtopology goes to another, as active or standby tasks.
  void move() {
    Member& from = any_member();
    Member& to = any_member();
    const bool is_active = chance_.one_in(2);
    const bool stays = chance_.one_in(2);
    const bool becomes_active = chance_.one_in(2);
    TaskSets& tasks = is_active ? from.tasks.active : from.tasks.standby;
    if (&from == &to || tasks.empty()) return;
    const auto part = std::next(tasks.begin(), chance_.below(static_cast<int>(tasks.size())));
    TaskSets& given = becomes_active ? to.tasks.active : to.tasks.standby;
    given[part->first].insert(part->second.begin(), part->second.end());
    if (!stays) tasks.erase(part);
  }

  int member_count() const { return static_cast<int>(members_.size()); }
  Member& any_member() { return members_[static_cast<std::size_t>(chance_.below(member_count()))]; }

  /// Unique, by its last part.
  std::string name(std::string_view kind) {
    std::string text;
    const int length = 1 + chance_.below(6);
    for (int i = 0; i < length; ++i)
      text += kLetters[static_cast<std::size_t>(chance_.below(static_cast<int>(kLetters.size())))];
    text += kind;
    return text + std::to_string(named_++);
  }

  Chance chance_;
  int most_ = 0;
  std::vector<std::string> processes_;
  std::vector<Member> members_;
  std::map<std::string, Part> parts_;
  std::int32_t standby_replicas_ = 0;
  int named_ = 0;
};

/// Visits the input and the targets of each turn.
template <class Visit>
void live(std::uint64_t seed, Visit visit) {
  TaskGroup group(seed);
  for (int i = 0; i < kTurns; ++i) {
    group.change();
    const std::string input = group.text();
    group.assign();
    visit(i, input, group.text());
  }
}

}  // namespace

std::string sticky_tasks_in_brief(std::uint64_t seed) {
  std::string line = std::to_string(seed) + "\t";
  live(seed, [&](int turn, const std::string& input, const std::string& targets) {
    line += (turn == 0 ? "" : " ") + fnv_of(input) + ":" + fnv_of(targets);
  });
  return line;
}

std::string sticky_tasks_in_full(std::uint64_t seed) {
  std::string text = "tasks " + std::to_string(seed) + "\n";
  live(seed, [&](int turn, const std::string& input, const std::string& targets) {
    text += "turn " + std::to_string(turn) + "\n" + input + "targets\n" + targets;
  });
  return text;
}

}  // namespace moldau::testing
