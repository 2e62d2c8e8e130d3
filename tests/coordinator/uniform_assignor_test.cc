#include <algorithm>

#include <doctest/doctest.h>

#include "coordinator/assignor/assignor.h"
#include "tests/coordinator/assignor_harness.h"

namespace moldau::coordinator {

TEST_CASE("uniform gives members as many partitions as each other, in the order of the group") {
  AssignorGroup group;
  group.add_topic(1, 5);
  group.add_topic(2, 3);
  for (const char* id : {"a", "b", "c"})
    group.add_member(id, {1, 2});
  // Of three members the last two get the third partition; the first leaves it to them.
  CHECK(assign_uniform(group.spec) ==
        GroupAssignment{{partitions(1, {0, 1})}, {partitions(1, {2, 3, 4})}, {partitions(2, {0, 1, 2})}});
}

TEST_CASE("uniform leaves members without partitions when there are more members") {
  AssignorGroup group;
  group.add_topic(1, 2);
  for (const char* id : {"a", "b", "c", "d"})
    group.add_member(id, {1});
  const auto assignment = assign_uniform(group.spec);
  REQUIRE(assignment);
  CHECK(count_of(*assignment) == 2);
  CHECK(
      std::ranges::all_of(*assignment, [](const MemberAssignment& member) { return count_of(member) <= 1; }));
}

TEST_CASE("uniform moves no more than it must when a member joins or leaves") {
  AssignorGroup group;
  group.add_topic(1, 12);
  group.add_member("a", {1}, {partitions(1, {0, 1, 2, 3, 4, 5})});
  group.add_member("b", {1}, {partitions(1, {6, 7, 8, 9, 10, 11})});
  group.add_member("c", {1});
  const auto three = assign_uniform(group.spec);
  CHECK(three == GroupAssignment{{partitions(1, {0, 1, 2, 3})},
                                 {partitions(1, {6, 7, 8, 9})},
                                 {partitions(1, {4, 5, 10, 11})}});
  REQUIRE(three);
  group.take(*three);
  CHECK(assign_uniform(group.spec) == three);
  group.spec.members.erase(group.spec.members.begin());
  CHECK(assign_uniform(group.spec) ==
        GroupAssignment{{partitions(1, {0, 1, 6, 7, 8, 9})}, {partitions(1, {2, 3, 4, 5, 10, 11})}});
}

TEST_CASE("uniform takes back what is no longer subscribed") {
  AssignorGroup group;
  group.add_topic(1, 2);
  group.add_topic(2, 2);
  group.add_member("a", {1}, {partitions(2, {0, 1}), partitions(1, {0})});
  group.add_member("b", {1}, {partitions(3, {0})});
  CHECK(assign_uniform(group.spec) == GroupAssignment{{partitions(1, {0})}, {partitions(1, {1})}});
  group.spec.subscription_type = SubscriptionType::kHeterogeneous;
  CHECK(assign_uniform(group.spec) == GroupAssignment{{partitions(1, {0})}, {partitions(1, {1})}});
}

TEST_CASE("uniform assigns nothing when nobody subscribes") {
  AssignorGroup group;
  group.add_topic(1, 2);
  group.add_member("a", {}, {partitions(1, {0, 1})});
  CHECK(assign_uniform(group.spec) == GroupAssignment{{}});
  group.spec.subscription_type = SubscriptionType::kHeterogeneous;
  CHECK(assign_uniform(group.spec) == GroupAssignment{{}});
}

TEST_CASE("uniform balances the subscribers of each topic, where subscriptions overlap") {
  AssignorGroup group;
  group.spec.subscription_type = SubscriptionType::kHeterogeneous;
  group.add_topic(1, 6);
  group.add_topic(2, 6);
  group.add_member("a", {1});
  group.add_member("b", {1, 2});
  group.add_member("c", {2});
  const auto assignment = assign_uniform(group.spec);
  REQUIRE(assignment);
  // Four for each would take a move along the chain of topics; Apache Kafka looks at one topic at a time.
  CHECK(count_of((*assignment)[0]) == 3);
  CHECK(count_of((*assignment)[1]) == 4);
  CHECK(count_of((*assignment)[2]) == 5);
  group.take(*assignment);
  const auto again = assign_uniform(group.spec);
  REQUIRE(again);
  CHECK(std::ranges::equal(*again, *assignment, is_same_assignment));
}

TEST_CASE("uniform moves partitions from who has most to who has least of a topic's subscribers") {
  AssignorGroup group;
  group.spec.subscription_type = SubscriptionType::kHeterogeneous;
  group.add_topic(1, 4);
  group.add_topic(2, 1);
  group.add_member("a", {1}, {partitions(1, {0, 1, 2, 3})});
  group.add_member("b", {1, 2}, {partitions(2, {0})});
  CHECK(assign_uniform(group.spec) ==
        GroupAssignment{{partitions(1, {0, 1, 2})}, {partitions(2, {0}), partitions(1, {3})}});
}

TEST_CASE("uniform refuses partitions that a topic has not") {
  AssignorGroup group;
  group.spec.subscription_type = SubscriptionType::kHeterogeneous;
  group.add_topic(1, 2);
  for (const std::int32_t partition : {2, -1}) {
    AssignorGroup wrong = group;
    wrong.add_member("a", {1}, {partitions(1, {partition})});
    const auto refused = assign_uniform(wrong.spec);
    REQUIRE_FALSE(refused);
    CHECK(refused.error().code == ErrorCode::kUnknownServerError);
  }
}

}  // namespace moldau::coordinator
