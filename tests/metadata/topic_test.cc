#include "metadata/topic.h"

#include <limits>
#include <vector>

#include <doctest/doctest.h>

namespace moldau::metadata {
namespace {

Partition led_by(std::int32_t broker) {
  Partition partition;
  partition.replicas = {BrokerId(broker)};
  partition.leader = BrokerId(broker);
  return partition;
}

TEST_CASE("partitions are found in order of ids, also where ids are missing") {
  Topic topic("t", Uuid(1, 1));
  const std::vector<std::int32_t> ids{40, 0, 3, 15, 16, std::numeric_limits<std::int32_t>::max(), 1};
  for (const auto id : ids)
    topic = topic.with(id, led_by(id));
  CHECK(topic.partition_count() == ids.size());
  std::vector<std::int32_t> seen;
  topic.for_each_partition([&](std::int32_t id, const Partition& partition) {
    CHECK(partition.leader == BrokerId(id));
    CHECK(topic.find(id) == &partition);
    seen.push_back(id);
  });
  CHECK(seen == std::vector<std::int32_t>{0, 1, 3, 15, 16, 40, std::numeric_limits<std::int32_t>::max()});
  CHECK(topic.find(2) == nullptr);
  CHECK(topic.find(17) == nullptr);
  CHECK(topic.find(-1) == nullptr);
  CHECK(topic.find(16)->leader == BrokerId(16));
}

TEST_CASE("a changed topic leaves the one it came from alone") {
  Topic before("t", Uuid(1, 1));
  for (std::int32_t id = 0; id < 100; ++id)
    before = before.with(id, led_by(1));
  const Topic after = before.with(50, led_by(2));
  CHECK(before.find(50)->leader == BrokerId(1));
  CHECK(after.find(50)->leader == BrokerId(2));
  CHECK(after.partition_count() == 100);
  CHECK(after.find(49) != before.find(49));
  CHECK(after.find(99) == before.find(99));
  CHECK_FALSE(before == after);
  CHECK(after.with(50, led_by(1)) == before);
}

TEST_CASE("topic names are judged in Kafka's words") {
  CHECK(reason_for_invalid_topic_name("a-Z_0.9").empty());
  CHECK(reason_for_invalid_topic_name(std::string(249, 'a')).empty());
  CHECK(reason_for_invalid_topic_name("") == "the empty string is not allowed");
  CHECK(reason_for_invalid_topic_name(".") == "'.' is not allowed");
  CHECK(reason_for_invalid_topic_name("..") == "'..' is not allowed");
  CHECK(reason_for_invalid_topic_name(std::string(250, 'a')) ==
        "the length of '" + std::string(250, 'a') + "' is longer than the max allowed length 249");
  CHECK(reason_for_invalid_topic_name("a b") ==
        "'a b' contains one or more characters other than ASCII alphanumerics, '.', '_' and '-'");
}

TEST_CASE("names collide where dots and underscores are the same") {
  CHECK(has_collision_chars("a.b"));
  CHECK(has_collision_chars("a_b"));
  CHECK_FALSE(has_collision_chars("a-b"));
  CHECK(fold_collision_chars("a.b_c") == "a_b_c");
  CHECK(is_internal_topic("__consumer_offsets"));
  CHECK_FALSE(is_internal_topic("__cluster_metadata"));
}

}  // namespace
}  // namespace moldau::metadata
