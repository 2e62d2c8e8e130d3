#include "coordinator/consumer/consumer_records.h"

#include <fstream>
#include <map>
#include <string>

#include <doctest/doctest.h>

#include "consumer_harness.h"
#include "coordinator/consumer/metadata_hash.h"
#include "coordinator/group/group_records.h"
#include "golden.h"

namespace moldau::coordinator {
namespace {

MemberSubscription full_subscription() {
  return {.instance_id = "i-1",
          .rack_id = "rack",
          .client_id = "client",
          .client_host = "/127.0.0.1",
          .topics = {"topic", "other"},
          .regex = "t.*",
          .rebalance_timeout_ms = 30'000,
          .server_assignor = "range"};
}

MemberSubscription classic_subscription() {
  return {.client_id = "client",
          .client_host = "/127.0.0.1",
          .topics = {"topic"},
          .rebalance_timeout_ms = 30'000,
          .classic = ClassicMetadata{.session_timeout_ms = 10'000,
                                     .protocols = {{"range", std::string("\0\1\2", 3)}}}};
}

/// Each record by the name of its row in the golden file.
std::map<std::string, ConsumerChange> records() {
  const CurrentAssignment current{.epoch = 5,
                                  .previous_epoch = 4,
                                  .state = MemberState::kUnrevokedPartitions,
                                  .assigned = {{kTopic, {{0, 2}, {3, 5}}}},
                                  .pending_revocation = {{kOther, {{1, 4}}}}};
  const ResolvedRegex resolved{.topics = {"topic", "tail"}, .version = 12, .timestamp_ms = 1'700'000'000'000};
  return {
      {"consumer-group-epoch", GroupEpochRecord{GroupEpochRecord::Value{.epoch = 5, .metadata_hash = -2}}},
      {"consumer-group-epoch-tombstone", GroupEpochRecord{std::nullopt}},
      {"consumer-partition-metadata-tombstone", PartitionMetadataRecord{false}},
      {"consumer-subscription", SubscriptionRecord{"m-1", full_subscription()}},
      {"consumer-subscription-plain", SubscriptionRecord{"m-1", MemberSubscription{}}},
      {"consumer-subscription-classic", SubscriptionRecord{"m-1", classic_subscription()}},
      {"consumer-subscription-tombstone", SubscriptionRecord{"m-1", std::nullopt}},
      {"consumer-target-epoch",
       TargetEpochRecord{TargetEpochRecord::Value{.epoch = 5, .timestamp_ms = 1'700'000'000'000}}},
      {"consumer-target-epoch-tombstone", TargetEpochRecord{std::nullopt}},
      {"consumer-target", TargetRecord{"m-1", MemberAssignment{{.topic_id = kTopic, .partitions = {0, 3}}}}},
      {"consumer-target-tombstone", TargetRecord{"m-1", std::nullopt}},
      {"consumer-current", CurrentRecord{"m-1", current}},
      {"consumer-current-tombstone", CurrentRecord{"m-1", std::nullopt}},
      {"consumer-regex", RegexRecord{"t.*", resolved}},
      {"consumer-regex-tombstone", RegexRecord{"t.*", std::nullopt}},
  };
}

}  // namespace

TEST_CASE("consumer groups' records have Apache Kafka's bytes, and read back as what they say") {
  const Golden golden;
  for (const auto& [name, change] : records()) {
    CAPTURE(name);
    const Record& expected = golden.records.at(name);
    CHECK(encode_consumer_record("group", change) == expected);
    const auto decoded = decode_group_record(expected.key, view(expected));
    REQUIRE(decoded);
    const auto& record = std::get<ConsumerRecord>(*decoded);
    CHECK(record.group == "group");
    CHECK(encode_consumer_record(record.group, record.change) == expected);
  }
}

TEST_CASE("partitions without epochs of their own were assigned at the member's epoch") {
  // As releases before 4.3 wrote them: no tagged field behind the partitions.
  const Bytes value = from_hex("000000000005000000040002" + std::string(16, '0') + "0000000000000009" + "02" +
                               "00000003" + "00" + "01" + "00");
  const Bytes key = from_hex("0008000567726f757000036d2d31");
  const auto decoded = decode_group_record(key, ByteView(value));
  REQUIRE(decoded);
  const auto& record = std::get<CurrentRecord>(std::get<ConsumerRecord>(*decoded).change);
  REQUIRE(record.value);
  CHECK(record.value->assigned == AssignedPartitions{{Uuid(0, 9), {{3, 5}}}});
}

TEST_CASE("the metadata hash is Apache Kafka's") {
  const FakeTopics topics(0,
                          {{"topic", {.id = kTopic, .partitions = 2, .racks = {"zone-b", "zone-a", "é😀"}}},
                           {"other", {.id = kOther, .partitions = 1}}});
  std::ifstream file(std::string(MOLDAU_GOLDEN_DIR) + "/metadata-hash.tsv");
  std::map<std::string, std::int64_t> expected;
  for (std::string name; std::getline(file, name, '\t');)
    file >> expected[name] >> std::ws;
  REQUIRE(expected.size() == 3);
  using Topics = SubscriptionCounts;
  const SubscriptionCount one{.by_name = 1, .by_regex = 0};
  CHECK(metadata_hash(topics, Topics().with("other", one)) == expected["other"]);
  CHECK(metadata_hash(topics, Topics().with("topic", one).with("absent", one)) == expected["topic"]);
  CHECK(metadata_hash(topics, Topics().with("topic", one).with("other", one)) == expected["both"]);
  CHECK(metadata_hash(topics, Topics().with("absent", one)) == 0);
}

}  // namespace moldau::coordinator
