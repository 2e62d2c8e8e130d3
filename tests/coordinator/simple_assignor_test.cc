#include <algorithm>
#include <array>
#include <vector>

#include <doctest/doctest.h>

#include "coordinator/assignor/assignor.h"
#include "tests/coordinator/assignor_harness.h"

namespace moldau::coordinator {
namespace {

constexpr std::array kTypes = {SubscriptionType::kHomogeneous, SubscriptionType::kHeterogeneous};

/// The partitions of all, ascending.
std::vector<std::int32_t> all_of(const GroupAssignment& assignment) {
  std::vector<std::int32_t> all;
  for (const MemberAssignment& member : assignment) {
    for (const TopicAssignment& topic : member)
      all.insert(all.end(), topic.partitions.begin(), topic.partitions.end());
  }
  std::ranges::sort(all);
  return all;
}

/// True if each member has so many partitions.
bool has_each(const GroupAssignment& assignment, std::size_t count) {
  return std::ranges::all_of(assignment,
                             [&](const MemberAssignment& member) { return count_of(member) == count; });
}

}  // namespace

TEST_CASE("simple gives each partition to one member when there are fewer members") {
  for (const SubscriptionType type : kTypes) {
    AssignorGroup group;
    group.spec.subscription_type = type;
    group.add_topic(1, 4);
    for (const char* id : {"a", "b"})
      group.add_member(id, {1});
    const auto assignment = assign_simple(group.spec);
    REQUIRE(assignment);
    CHECK(has_each(*assignment, 2));
    CHECK(all_of(*assignment) == std::vector<std::int32_t>{0, 1, 2, 3});
  }
}

TEST_CASE("simple shares partitions when there are more members") {
  for (const SubscriptionType type : kTypes) {
    AssignorGroup group;
    group.spec.subscription_type = type;
    group.add_topic(1, 2);
    for (const char* id : {"a", "b", "c", "d"})
      group.add_member(id, {1});
    const auto assignment = assign_simple(group.spec);
    REQUIRE(assignment);
    CHECK(std::ranges::all_of(*assignment,
                              [](const MemberAssignment& member) { return count_of(member) == 1; }));
    group.take(*assignment);
    CHECK(assign_simple(group.spec) == assignment);
  }
}

TEST_CASE("simple assigns only partitions whose state is there") {
  for (const SubscriptionType type : kTypes) {
    AssignorGroup group;
    group.spec.subscription_type = type;
    group.add_topic(1, 4);
    group.add_topic(2, 4);
    group.spec.assignable.emplace()[AssignorGroup::topic(1)] = {1, 2};
    group.add_member("a", {1, 2});
    CHECK(assign_simple(group.spec) == GroupAssignment{{partitions(1, {1, 2})}});
  }
}

TEST_CASE("simple takes partitions from a member that has too many") {
  for (const SubscriptionType type : kTypes) {
    AssignorGroup group;
    group.spec.subscription_type = type;
    group.add_topic(1, 4);
    group.add_member("a", {1}, {partitions(1, {0, 1, 2, 3})});
    group.add_member("b", {1});
    const auto assignment = assign_simple(group.spec);
    REQUIRE(assignment);
    CHECK(has_each(*assignment, 2));
    CHECK(all_of(*assignment) == std::vector<std::int32_t>{0, 1, 2, 3});
  }
}

}  // namespace moldau::coordinator
