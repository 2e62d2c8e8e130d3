#include <doctest/doctest.h>

#include "coordinator/assignor/assignor.h"
#include "tests/coordinator/assignor_harness.h"

namespace moldau::coordinator {

TEST_CASE("range gives contiguous partitions, and the first members one more") {
  AssignorGroup group;
  group.add_topic(1, 7);
  for (const char* id : {"c", "a", "b"})
    group.add_member(id, {1});
  CHECK(assign_range(group.spec) ==
        GroupAssignment{{partitions(1, {5, 6})}, {partitions(1, {0, 1, 2})}, {partitions(1, {3, 4})}});
}

TEST_CASE("range gives a member the same partitions of topics of one size") {
  AssignorGroup group;
  group.add_topic(1, 4);
  group.add_topic(2, 4);
  for (const char* id : {"a", "b"})
    group.add_member(id, {1, 2});
  const auto assignment = assign_range(group.spec);
  REQUIRE(assignment);
  for (const MemberAssignment& member : *assignment) {
    REQUIRE(member.size() == 2);
    CHECK(member[0].partitions == member[1].partitions);
  }
}

TEST_CASE("range leaves the last members without partitions when there are more members") {
  AssignorGroup group;
  group.add_topic(1, 2);
  for (const char* id : {"a", "b", "c"})
    group.add_member(id, {1});
  CHECK(assign_range(group.spec) == GroupAssignment{{partitions(1, {0})}, {partitions(1, {1})}, {}});
}

TEST_CASE("range puts static members first, by instance id") {
  AssignorGroup group;
  group.add_topic(1, 3);
  group.add_member("a", {1});
  group.add_member("b", {1}, {}, "z");
  group.add_member("c", {1}, {}, "y");
  CHECK(assign_range(group.spec) ==
        GroupAssignment{{partitions(1, {2})}, {partitions(1, {1})}, {partitions(1, {0})}});
}

TEST_CASE("range orders ids by their UTF-16 units") {
  AssignorGroup group;
  group.add_topic(1, 3);
  group.add_member("\uE000", {1});
  group.add_member("\U00010000", {1});
  group.add_member("\u4E2D", {1});
  CHECK(assign_range(group.spec) ==
        GroupAssignment{{partitions(1, {2})}, {partitions(1, {1})}, {partitions(1, {0})}});
}

TEST_CASE("range gives a topic to its subscribers only") {
  AssignorGroup group;
  group.spec.subscription_type = SubscriptionType::kHeterogeneous;
  group.add_topic(1, 4);
  group.add_topic(2, 3);
  group.add_member("a", {1});
  group.add_member("b", {1, 2});
  CHECK(assign_range(group.spec) ==
        GroupAssignment{{partitions(1, {0, 1})}, {partitions(1, {2, 3}), partitions(2, {0, 1, 2})}});
}

TEST_CASE("range takes no account of what members have") {
  AssignorGroup group;
  group.add_topic(1, 2);
  group.add_member("a", {1}, {partitions(1, {1})});
  group.add_member("b", {1}, {partitions(1, {0})});
  CHECK(assign_range(group.spec) == GroupAssignment{{partitions(1, {0})}, {partitions(1, {1})}});
}

TEST_CASE("every assignor gives nobody anything, and refuses a topic that does not exist") {
  for (const auto assign : {assign_range, assign_uniform, assign_simple}) {
    for (const auto type : {SubscriptionType::kHomogeneous, SubscriptionType::kHeterogeneous}) {
      AssignorGroup group;
      group.spec.subscription_type = type;
      CHECK(assign(group.spec) == GroupAssignment{});
      group.add_member("a", {});
      CHECK(assign(group.spec) == GroupAssignment{{}});
      group.add_member("b", {1});
      if (type == SubscriptionType::kHomogeneous) group.spec.members.front() = group.spec.members.back();
      const auto refused = assign(group.spec);
      REQUIRE_FALSE(refused);
      CHECK(refused.error().code == ErrorCode::kUnknownServerError);
    }
  }
}

TEST_CASE("consumer groups have uniform, by default, and range") {
  const auto assignors = consumer_group_assignors();
  REQUIRE(assignors.size() == 2);
  CHECK(assignors[0].name == "uniform");
  CHECK(assignors[1].name == "range");
  CHECK((find_consumer_group_assignor("range")->assign == assign_range));
  CHECK((find_consumer_group_assignor("uniform")->assign == assign_uniform));
  CHECK(find_consumer_group_assignor("simple") == nullptr);
}

TEST_CASE("assignments are the same in any order") {
  CHECK(is_same_assignment({partitions(1, {0, 1}), partitions(2, {3})},
                           {partitions(2, {3}), partitions(1, {1, 0})}));
  CHECK_FALSE(is_same_assignment({partitions(1, {0, 1})}, {partitions(1, {0})}));
  CHECK_FALSE(is_same_assignment({partitions(1, {0})}, {partitions(1, {0}), partitions(2, {})}));
}

}  // namespace moldau::coordinator
