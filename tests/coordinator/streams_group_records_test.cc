#include "coordinator/streams_group/streams_group_records.h"

#include <map>
#include <optional>
#include <string>

#include <doctest/doctest.h>

#include "coordinator/streams_group/streams_group.h"
#include "golden.h"

namespace moldau::coordinator {
namespace {

StreamsMemberMetadata metadata() {
  return {.instance_id = "i-1",
          .rack_id = "rack",
          .client_id = "client",
          .client_host = "/127.0.0.1",
          .rebalance_timeout_ms = 30'000,
          .topology_epoch = 3,
          .process_id = "process",
          .user_endpoint = StreamsEndpoint{.host = "host", .port = 40'000},
          .client_tags = {{"zone", "a"}, {"cluster", "b"}}};
}

StreamsAssignment current() {
  return {.epoch = 5,
          .previous_epoch = 4,
          .state = StreamsMemberState::kUnrevokedTasks,
          .assigned = {.active = {{"1", {{0, 2}, {3, 5}}}, {"0", {{1, 4}}}},
                       .standby = {{"1", {2}}},
                       .warmup = {{"2", {7}}}},
          .pending_revocation = {.active = {{"1", {{9, 1}}}}, .standby = {{"0", {0}}}}};
}

StreamsTopology topology() {
  return {.epoch = 3,
          .subtopologies = {{.id = "1",
                             .source_topics = {"topic", "other"},
                             .source_topic_regexes = {"t.*"},
                             .state_changelog_topics = {{.name = "changelog",
                                                         .replication_factor = 2,
                                                         .configs = {{"cleanup.policy", "compact"}}}},
                             .repartition_sink_topics = {"sink"},
                             .repartition_source_topics = {{.name = "repartition", .partition_count = 4}},
                             .copartition_groups = {{.source_topics = {1},
                                                     .source_topic_regexes = {0},
                                                     .repartition_source_topics = {0}}}},
                            {.id = "0", .source_topics = {"sink"}}}};
}

std::map<std::string, StreamsGroupChange> records() {
  const Tasks target{.active = {{"1", {0, 3}}, {"0", {1}}}, .standby = {{"1", {2}}}, .warmup = {{"2", {7}}}};
  return {
      {"streams-epoch", StreamsEpochRecord{StreamsEpochRecord::Value{
                            .epoch = 5,
                            .metadata_hash = -2,
                            .validated_topology_epoch = 3,
                            .assignment_configs = {{"num.standby.replicas", "1"}, {"a", ""}}}}},
      {"streams-epoch-plain", StreamsEpochRecord{StreamsEpochRecord::Value{.epoch = 5}}},
      {"streams-epoch-tombstone", StreamsEpochRecord{std::nullopt}},
      {"streams-member", StreamsMemberRecord{"m-1", metadata()}},
      {"streams-member-plain", StreamsMemberRecord{"m-1", StreamsMemberMetadata()}},
      {"streams-member-tombstone", StreamsMemberRecord{"m-1", std::nullopt}},
      {"streams-target-epoch",
       TargetEpochRecord{TargetEpochRecord::Value{.epoch = 5, .timestamp_ms = 1'700'000'000'000}}},
      {"streams-target-epoch-tombstone", TargetEpochRecord{std::nullopt}},
      {"streams-target", StreamsTargetRecord{"m-1", target}},
      {"streams-target-tombstone", StreamsTargetRecord{"m-1", std::nullopt}},
      {"streams-current", StreamsCurrentRecord{"m-1", current()}},
      {"streams-current-tombstone", StreamsCurrentRecord{"m-1", std::nullopt}},
      {"streams-topology", StreamsTopologyRecord{topology()}},
      {"streams-topology-tombstone", StreamsTopologyRecord{std::nullopt}},
  };
}

std::int16_t type_of(const Record& record) {
  return static_cast<std::int16_t>(record.key[0] << 8 | record.key[1]);
}

StreamsGroup group_of(const std::map<std::string, StreamsGroupChange>& changes) {
  StreamsGroup group;
  for (const auto& [name, change] : changes) {
    if (!name.ends_with("tombstone") && !name.ends_with("plain")) group.apply(change);
  }
  return group;
}

}  // namespace

TEST_CASE("streams groups' records have Apache Kafka's bytes, and read back as what they say") {
  const Golden golden;
  StreamsGroup read_back;
  for (const auto& [name, change] : records()) {
    CAPTURE(name);
    const Record& expected = golden.records.at(name);
    CHECK(encode_streams_group_record("group", change) == expected);
    REQUIRE(is_streams_group_record(type_of(expected)));
    const auto decoded = decode_streams_group_record(type_of(expected), expected.key, view(expected));
    REQUIRE(decoded);
    CHECK(decoded->group == "group");
    CHECK(encode_streams_group_record(decoded->group, decoded->change) == expected);
    if (!name.ends_with("tombstone") && !name.ends_with("plain")) read_back.apply(decoded->change);
  }
  CHECK(read_back == group_of(records()));
  CHECK(*read_back.topology() == topology());
  CHECK(read_back.find("m-1")->metadata == metadata());
  CHECK(read_back.find("m-1")->current == current());
}

TEST_CASE("tasks without epochs of their own count as assigned at the member's") {
  const Golden golden;
  Record record = golden.records.at("streams-current");
  auto changed = current();
  changed.assigned.active["0"][1] = 5;
  // The tag with the epochs of subtopology 0: its number, its size, one epoch.
  const Bytes tag = {0x01, 0x00, 0x05, 0x02, 0x00, 0x00, 0x00, 0x04};
  const auto found = std::ranges::search(*record.value, tag);
  REQUIRE_FALSE(found.empty());
  const auto at = record.value->erase(found.begin(), found.end());
  record.value->insert(at, 0x00);
  const auto decoded = decode_streams_group_record(type_of(record), record.key, view(record));
  REQUIRE(decoded);
  CHECK(std::get<StreamsCurrentRecord>(decoded->change).value == changed);
}

TEST_CASE("states of newer releases are unknown, other types and cut values are errors") {
  const Golden golden;
  CHECK(streams_member_state_of(3) == StreamsMemberState::kUnreleasedTasks);
  CHECK(streams_member_state_of(0) == StreamsMemberState::kUnknown);
  CHECK(streams_member_state_of(4) == StreamsMemberState::kUnknown);
  CHECK_FALSE(is_streams_group_record(16));
  CHECK_FALSE(is_streams_group_record(18));
  CHECK_FALSE(is_streams_group_record(24));
  Record record = golden.records.at("streams-topology");
  CHECK_FALSE(decode_streams_group_record(18, record.key, view(record)));
  record.value->pop_back();
  const auto decoded = decode_streams_group_record(type_of(record), record.key, view(record));
  REQUIRE_FALSE(decoded);
  CHECK(decoded.error().code == ErrorCode::kCorruptMessage);
}

}  // namespace moldau::coordinator
