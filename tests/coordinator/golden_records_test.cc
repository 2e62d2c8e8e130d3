#include <map>
#include <string>

#include <doctest/doctest.h>

#include "coordinator/group/group_records.h"
#include "coordinator/partition_for.h"
#include "coordinator/txn/transaction_records.h"
#include "golden.h"

namespace moldau::coordinator {
namespace {

const OffsetKey kKey{"group", "topic", 3};

StoredOffset plain_offset() {
  StoredOffset stored;
  stored.offset = 42;
  stored.leader_epoch = 5;
  stored.metadata = "note";
  stored.commit_timestamp = 1'700'000'000'000;
  stored.topic_id = Uuid(7, 9);
  return stored;
}

}  // namespace

TEST_CASE("offset records have Apache Kafka's bytes") {
  const Golden golden;
  CHECK(offset_record(kKey, plain_offset()) == golden.records.at("offset"));
  StoredOffset unknown = plain_offset();
  unknown.topic_id = Uuid();
  unknown.leader_epoch = -1;
  unknown.metadata.clear();
  CHECK(offset_record(kKey, unknown) == golden.records.at("offset-without-topic-id"));
  StoredOffset expiring = plain_offset();
  expiring.expire_timestamp = 1'700'000'005'000;
  CHECK(offset_record(kKey, expiring) == golden.records.at("offset-with-expiry"));
  CHECK(offset_tombstone(kKey) == golden.records.at("offset-tombstone"));
}

TEST_CASE("group records have Apache Kafka's bytes") {
  const Golden golden;
  CHECK(group_tombstone("group") == golden.records.at("group-tombstone"));
  protocol::GroupMetadataValue value;
  value.protocol.reset();
  value.leader.reset();
  value.current_state_timestamp = 1'700'000'000'000;
  CHECK(group_metadata_record("group", value) == golden.records.at("group-empty"));
  value.protocol_type = "consumer";
  value.protocol = "range";
  value.generation = 7;
  value.leader = "m-1";
  auto& member = value.members.emplace_back();
  member.member_id = "m-1";
  member.group_instance_id = "i-1";
  member.client_id = "client";
  member.client_host = "/127.0.0.1";
  member.rebalance_timeout = 30'000;
  member.session_timeout = 10'000;
  member.subscription = as_bytes("\x01\x02");
  member.assignment = as_bytes("\x03");
  CHECK(group_metadata_record("group", value) == golden.records.at("group-member"));
}

TEST_CASE("Apache Kafka's records read back as what they say") {
  const Golden golden;
  const Record& offset = golden.records.at("offset");
  const auto decoded = decode_group_record(offset.key, view(offset));
  REQUIRE(decoded);
  CHECK(std::get<OffsetRecord>(*decoded).key == kKey);
  CHECK(std::get<OffsetRecord>(*decoded).value == plain_offset());
  const Record& streams = golden.records.at("streams-group");
  const auto of_streams = decode_group_record(streams.key, view(streams));
  REQUIRE(of_streams);
  CHECK(std::get<StreamsGroupRecord>(*of_streams).group == "group");
  const Record& shared = golden.records.at("share-group");
  const auto share = decode_group_record(shared.key, view(shared));
  REQUIRE(share);
  CHECK(std::get<ShareGroupRecord>(*share).group == "group");
  const Record& member = golden.records.at("consumer-member");
  const auto consumer = decode_group_record(member.key, view(member));
  REQUIRE(consumer);
  CHECK(std::get<ConsumerRecord>(*consumer).group == "group");
}

TEST_CASE("transaction records have Apache Kafka's bytes, and read back as what they say") {
  const Golden golden;
  Transaction transaction{.producer_id = 4000,
                          .previous_producer_id = 4000,
                          .producer_epoch = 0,
                          .timeout_ms = 60'000,
                          .partitions = {},
                          .last_update_ms = 1'700'000'000'000};
  const auto check = [&](const std::string& name, std::int16_t version) {
    CAPTURE(name);
    const Record& expected = golden.records.at(name);
    CHECK(transaction_record("txn-1", transaction, version) == expected);
    const auto decoded = decode_transaction_record(expected.key, view(expected));
    REQUIRE((decoded && *decoded));
    CHECK((*decoded)->transactional_id == "txn-1");
    if (version > 0) CHECK((*decoded)->value == transaction);
  };
  check("transaction-empty", 2);
  check("transaction-empty-0", 0);
  transaction.state = TransactionState::kOngoing;
  transaction.partitions = {{"topic", 0}, {"topic", 2}};
  transaction.start_ms = 1'700'000'000'001;
  transaction.last_update_ms = 1'700'000'000'002;
  check("transaction-ongoing-0", 0);
  transaction.client_version = 2;
  check("transaction-ongoing", 2);
  transaction.state = TransactionState::kPrepareCommit;
  transaction.producer_epoch = 32767;
  transaction.next_producer_id = 4001;
  transaction.last_update_ms = 1'700'000'000'003;
  check("transaction-prepare-commit", 2);
  transaction = transaction.completed(1'700'000'000'004);
  check("transaction-complete-commit", 2);
  CHECK(transaction_tombstone("txn-1") == golden.records.at("transaction-tombstone"));
}

TEST_CASE("groups lie on the partitions where Apache Kafka puts them") {
  const Golden golden;
  REQUIRE(golden.partitions.size() == 6);
  for (const auto& [group, partition] : golden.partitions)
    CHECK(partition_for(group, 50) == partition);
}

}  // namespace moldau::coordinator
