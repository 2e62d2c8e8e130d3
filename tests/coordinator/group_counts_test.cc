// What group coordinators count for operators.

#include "coordinator/group/group_counts.h"

#include <chrono>
#include <string_view>

#include <doctest/doctest.h>

#include "consumer_harness.h"

namespace moldau::coordinator {
namespace {

using namespace std::chrono_literals;

void commit(Harness& harness, std::string_view group, std::string_view topic) {
  protocol::OffsetCommitRequest request;
  request.group_id = GroupId(group);
  auto& committed = request.topics.emplace_back();
  committed.name = TopicName(topic);
  committed.partitions.resize(2);
  committed.partitions[1].partition_index = 1;
  harness.take(harness.coordinator.commit_offsets(harness.context(9), request));
}

void delete_offset(Harness& harness, std::string_view group, std::string_view topic) {
  protocol::OffsetDeleteRequest request;
  request.group_id = GroupId(group);
  auto& deleted = request.topics.emplace_back();
  deleted.name = TopicName(topic);
  deleted.partitions.emplace_back();
  harness.take(harness.coordinator.delete_offsets(harness.context(0), request));
}

GroupCounts counts_of(const Harness& harness) {
  GroupCounts counts;
  count_groups(harness.coordinator.store(), counts);
  return counts;
}

TEST_CASE("groups are counted by type and state, and offsets as they are committed, deleted and expire") {
  ConsumerHarness harness;
  const GroupCounters& counters = *harness.config.counters;
  commit(harness, "a", "topic");
  commit(harness, "b", "topic");
  delete_offset(harness, "b", "topic");
  delete_offset(harness, "b", "topic");
  CHECK(counters.committed_offsets == 4);
  CHECK(counters.deleted_offsets == 1);
  GroupCounts counts = counts_of(harness);
  CHECK(counts.offsets == 3);
  CHECK(counts.groups.at({GroupType::kClassic, "Empty"}) == 2);
  harness.heartbeat(joining("m"));
  counts = counts_of(harness);
  CHECK(counts.groups.at({GroupType::kConsumer, "Stable"}) == 1);
  harness.pass(24h * 8);
  CHECK(counters.expired_offsets == 3);
  CHECK(counts_of(harness).offsets == 0);
}

TEST_CASE("rebalances of classic groups count when they end, those of consumer groups when they begin") {
  Harness classic;
  const TwoMembers members(classic);
  CHECK(classic.config.counters->completed_rebalances == 1);
  classic.join(join_request(members.leader));
  CHECK(classic.config.counters->completed_rebalances == 1);
  CHECK(counts_of(classic).groups.at({GroupType::kClassic, "PreparingRebalance"}) == 1);
  ConsumerHarness consumers;
  consumers.heartbeat(joining("m"));
  consumers.heartbeat(heartbeat_of("m", 2));
  CHECK(consumers.config.counters->consumer_rebalances == 1);
  consumers.heartbeat(joining("n"));
  CHECK(consumers.config.counters->consumer_rebalances == 2);
}

}  // namespace
}  // namespace moldau::coordinator
