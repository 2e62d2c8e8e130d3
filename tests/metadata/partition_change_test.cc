#include "metadata/partition_change.h"

#include <doctest/doctest.h>

#include "metadata/directory_id.h"
#include "tests/metadata/broker_ids.h"

namespace moldau::metadata {
namespace {

const Uuid kDirectory{7, 7};

PartitionRules rules(const Replicas& live, std::int32_t min_isr = 1, bool elr = true,
                     std::int16_t level = 30) {
  return {.version = *MetadataVersion::from_level(level),
          .elr_enabled = elr,
          .min_isr = min_isr,
          .is_acceptable_leader = [live](BrokerId id) { return contains(live, id); },
          .default_directory = [](BrokerId) { return kDirectory; }};
}

Partition partition(Replicas replicas, Replicas isr, BrokerId leader) {
  Partition made;
  made.directories.assign(replicas.size(), kDirectory);
  made.replicas = std::move(replicas);
  made.isr = std::move(isr);
  made.leader = leader;
  made.leader_epoch = 5;
  made.partition_epoch = 9;
  return made;
}

TEST_CASE("nothing to do gives no change") {
  CHECK_FALSE(
      plan_change(partition(ids({1, 2}), ids({1, 2}), BrokerId(1)), {}, rules(ids({1, 2}))).has_value());
}

TEST_CASE("an unclean restart of the only replica leaves it known as the last leader") {
  const Partition before = partition(ids({1}), ids({1}), BrokerId(1));
  const auto change = plan_change(before, {.isr = ids({}), .unclean_shutdown = BrokerId(1)}, rules(ids({})));
  REQUIRE(change.has_value());
  CHECK(*change == PartitionChange{.isr = ids({}), .leader = kNoLeader, .last_known_elr = ids({1})});
  const Partition after = apply_change(before, *change);
  CHECK(after.leader_epoch == 6);
  CHECK(after.partition_epoch == 10);

  // Back and unfenced: the last known leader leads again, and recovers.
  const auto back = plan_change(after, {}, rules(ids({1})));
  REQUIRE(back.has_value());
  CHECK(*back ==
        PartitionChange{
            .isr = ids({1}), .leader = BrokerId(1), .is_recovering = true, .last_known_elr = ids({})});
}

TEST_CASE("a clean stop of the only replica keeps it eligible") {
  const Partition before = partition(ids({1}), ids({1}), BrokerId(1));
  const auto change = plan_change(before, {.isr = ids({})}, rules(ids({})));
  REQUIRE(change.has_value());
  CHECK(*change ==
        PartitionChange{.isr = ids({}), .leader = kNoLeader, .elr = ids({1}), .last_known_elr = ids({1})});
  const auto back = plan_change(apply_change(before, *change), {}, rules(ids({1})));
  REQUIRE(back.has_value());
  CHECK(*back ==
        PartitionChange{.isr = ids({1}), .leader = BrokerId(1), .elr = ids({}), .last_known_elr = ids({})});
}

TEST_CASE("without eligible replicas the ISR never becomes empty") {
  const auto change =
      plan_change(partition(ids({1}), ids({1}), BrokerId(1)), {.isr = ids({})}, rules(ids({}), 1, false));
  REQUIRE(change.has_value());
  CHECK(*change == PartitionChange{.leader = kNoLeader});
}

TEST_CASE("replicas that fall out below the minimum become eligible and lose that above it") {
  const Partition before = partition(ids({1, 2, 3}), ids({1, 2, 3}), BrokerId(1));
  const auto shrink = plan_change(before, {.isr = ids({1})}, rules(ids({1, 2, 3}), 2));
  REQUIRE(shrink.has_value());
  CHECK(*shrink == PartitionChange{.isr = ids({1}), .elr = ids({2, 3})});
  const auto grow =
      plan_change(apply_change(before, *shrink), {.isr = ids({1, 3})}, rules(ids({1, 2, 3}), 2));
  REQUIRE(grow.has_value());
  CHECK(*grow == PartitionChange{.isr = ids({1, 3}), .elr = ids({})});
}

TEST_CASE("the next replica of the assignment leads when the leader leaves") {
  const auto change = plan_change(partition(ids({3, 1, 2}), ids({1, 2, 3}), BrokerId(3)),
                                  {.isr = ids({1, 2})}, rules(ids({1, 2})));
  REQUIRE(change.has_value());
  CHECK(*change == PartitionChange{.isr = ids({1, 2}), .leader = BrokerId(1)});
}

TEST_CASE("a preferred election returns leadership to the first replica") {
  CHECK(plan_change(partition(ids({1, 2}), ids({1, 2}), BrokerId(2)), {.election = Election::kPreferred},
                    rules(ids({1, 2}))) == PartitionChange{.leader = BrokerId(1)});
  CHECK_FALSE(plan_change(partition(ids({1, 2}), ids({2}), BrokerId(2)), {.election = Election::kPreferred},
                          rules(ids({1, 2}))));
}

TEST_CASE("an unclean election takes a live replica from outside and marks it") {
  Partition before = partition(ids({1, 2}), ids({1}), kNoLeader);
  CHECK_FALSE(plan_change(before, {}, rules(ids({2}), 1, false)));
  CHECK(plan_change(before, {.election = Election::kUnclean}, rules(ids({2}), 1, false)) ==
        PartitionChange{.isr = ids({2}), .leader = BrokerId(2), .is_recovering = true});
}

TEST_CASE("old metadata versions start a new leader epoch when the ISR shrinks") {
  const Partition before = partition(ids({1, 2}), ids({1, 2}), BrokerId(1));
  CHECK(plan_change(before, {.isr = ids({1})}, rules(ids({1, 2}), 1, false, 11))->leader == BrokerId(1));
  CHECK_FALSE(plan_change(before, {.isr = ids({1})}, rules(ids({1, 2}), 1, false, 12))->leader.has_value());
}

TEST_CASE("a reassignment completes once its new replicas are in sync") {
  Partition before = partition(ids({2, 1}), ids({1, 2}), BrokerId(1));
  before.adding = ids({2});
  before.removing = ids({1});
  const auto change = plan_change(before, {}, rules(ids({1, 2})));
  REQUIRE(change.has_value());
  CHECK(*change == PartitionChange{.isr = ids({2}),
                                   .leader = BrokerId(2),
                                   .replicas = ids({2}),
                                   .removing = ids({}),
                                   .adding = ids({}),
                                   .directories = std::vector{kDirectory}});
  before.isr = ids({1});
  CHECK_FALSE(plan_change(before, {}, rules(ids({1, 2}))).has_value());
}

TEST_CASE("a replica's directory changes on its own") {
  const Uuid other{8, 8};
  CHECK(plan_change(partition(ids({1, 2}), ids({1, 2}), BrokerId(1)),
                    {.placement = {{.replica = BrokerId(2), .directory = other}}},
                    rules(ids({1, 2}))) == PartitionChange{.directories = std::vector{kDirectory, other}});
}

TEST_CASE("assignments without known directories keep one placeholder for each replica") {
  Partition before = partition(ids({1}), ids({1}), BrokerId(1));
  before.directories = {kMigratingDirectory};
  CHECK(apply_change(before, {.replicas = ids({1, 2})}).directories ==
        std::vector{kMigratingDirectory, kMigratingDirectory});
}

}  // namespace
}  // namespace moldau::metadata
