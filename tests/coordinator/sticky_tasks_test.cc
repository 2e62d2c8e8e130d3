#include <set>
#include <string>
#include <utility>
#include <vector>

#include <doctest/doctest.h>

#include "coordinator/assignor/task_assignor.h"

namespace moldau::coordinator {
namespace {

struct Member {
  std::string id;
  std::string process;
  Tasks tasks = {};
};

std::vector<Tasks> assign(const std::vector<Member>& members, std::int32_t standby_replicas,
                          bool is_stateful = true) {
  TaskGroupSpec spec{.members = {},
                     .subtopologies = {{.id = "0", .task_count = 4, .is_stateful = is_stateful}},
                     .standby_replicas = standby_replicas};
  for (const Member& member : members)
    spec.members.push_back({.id = member.id, .process_id = member.process, .assigned = &member.tasks});
  auto assigned = assign_sticky_tasks(spec);
  REQUIRE(assigned);
  return *std::move(assigned);
}

TaskSets tasks(std::set<std::int32_t> partitions) {
  return {{"0", std::move(partitions)}};
}

}  // namespace

TEST_CASE("tasks go to the least loaded client, by how many threads it has") {
  const auto assigned = assign({{"a", "one"}, {"b", "one"}, {"c", "one"}, {"d", "other"}}, 0);
  for (const Tasks& tasks : assigned)
    CHECK(tasks.active.at("0").size() == 1);
}

TEST_CASE("tasks stay where they were as far as that is even") {
  const std::vector<Member> members = {{"a", "one", {.active = tasks({1, 2, 3})}},
                                       {"b", "other", {.standby = tasks({0, 3})}}};
  const auto assigned = assign(members, 0);
  CHECK(assigned[0].active == tasks({1, 2}));
  CHECK(assigned[1].active == tasks({0, 3}));
}

TEST_CASE("copies of stateful tasks go to other clients, as many as there are") {
  const std::vector<Member> members = {{"a", "one"}, {"b", "other"}};
  const auto assigned = assign(members, 2);
  for (const auto& [one, other] :
       {std::pair(assigned[0], assigned[1]), std::pair(assigned[1], assigned[0])}) {
    CHECK(one.standby == other.active);
    CHECK(one.warmup.empty());
  }
  CHECK(assign(members, 2, false)[0].standby.empty());
  CHECK(assign({{"a", "one"}, {"b", "one"}}, 1)[1].standby.empty());
}

TEST_CASE("tasks want members") {
  TaskGroupSpec spec;
  CHECK(assign_sticky_tasks(spec)->empty());
  spec.subtopologies = {{.id = "0", .task_count = 1, .is_stateful = false}};
  CHECK(assign_sticky_tasks(spec).error().code == ErrorCode::kUnknownServerError);
}

}  // namespace moldau::coordinator
