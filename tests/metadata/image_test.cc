#include <random>

#include <doctest/doctest.h>

#include "metadata/apply_record.h"
#include "metadata/image_loader.h"
#include "metadata/image_queries.h"
#include "metadata/image_records.h"
#include "metadata/record_frame.h"
#include "metadata/record_writer.h"
#include "metadata/topic_decisions.h"
#include "protocol/messages/access_control_entry_record.h"
#include "protocol/messages/client_quota_record.h"
#include "protocol/messages/delegation_token_record.h"
#include "protocol/messages/remove_access_control_entry_record.h"
#include "protocol/messages/user_scram_credential_record.h"
#include "tests/metadata/broker_ids.h"
#include "tests/metadata/world.h"

namespace moldau::metadata {
namespace {

Image replay(const std::vector<Bytes>& records) {
  ImageLoader loader;
  std::int64_t offset = 0;
  for (const Bytes& record : records) {
    const auto applied = loader.apply(record, offset++);
    if (!applied) FAIL(applied.error().message);
  }
  return loader.published();
}

Partition one_replica(std::int32_t broker) {
  Partition partition;
  partition.replicas = ids({broker});
  partition.isr = ids({broker});
  partition.directories = {Uuid(9, 9)};
  partition.leader = BrokerId(broker);
  return partition;
}

Bytes acl(Uuid id, std::string_view host) {
  protocol::AccessControlEntryRecord record;
  record.id = id;
  record.host = host;
  return frame_record(record, 0);
}

/// One random record that the image admits.
std::vector<Bytes> random_change(std::mt19937& random, const Image& image) {
  const Uuid topic_id(7, random() % 20);
  const auto version = MetadataVersion::latest_production();
  const Topic* topic = image.topic(topic_id);
  switch (random() % 10) {
    case 0:
      if (topic != nullptr) return {write::remove_topic(topic_id)};
      return {write::topic("t." + std::to_string(topic_id.least_significant()), topic_id)};
    case 1:
    case 2:
      if (topic == nullptr) return {};
      return {write::partition(topic_id, static_cast<std::int32_t>(random() % 40), one_replica(1), version,
                               true)};
    case 3: {
      const auto id = static_cast<std::int32_t>(random() % 40);
      if (image.partition(topic_id, id) == nullptr) return {};
      return {write::partition_change(
          topic_id, id, {.isr = Replicas{}, .leader = kNoLeader, .elr = ids({1}), .last_known_elr = ids({1})},
          version)};
    }
    case 4:
      return {write::config(topic_resource("t." + std::to_string(random() % 20)),
                            "c" + std::to_string(random() % 3),
                            random() % 2 == 0 ? std::optional<std::string_view>("v") : std::nullopt)};
    case 5: {
      BrokerRegistration broker;
      broker.id = BrokerId(static_cast<std::int32_t>(random() % 3));
      broker.epoch = 5;
      broker.listeners.emplace("PLAINTEXT", ListenerEndpoint{.host = "h", .port = 1});
      broker.features.emplace("metadata.version", LevelRange{.min = 7, .max = 30});
      broker.directories = {Uuid(0xF000'0000'0000'0000, 1), Uuid(1, random() % 100)};
      if (random() % 2 == 0) broker.rack = "r";
      if (random() % 2 == 0) broker.cordoned_directories = std::vector<Uuid>{};
      return {write::register_broker(broker, version)};
    }
    case 6:
      return {
          write::producer_ids(BrokerId(1), 1, image.next_producer_id + 1 + static_cast<int>(random() % 5))};
    case 7:
      return {write::client_quota({{"user", "u" + std::to_string(random() % 3)}, {"client-id", std::nullopt}},
                                  "producer_byte_rate", static_cast<double>(random() % 100))};
    case 8:
      return {acl(Uuid(3, random() % 5), "h" + std::to_string(random() % 9))};
    default:
      return {write::feature_level("group.version", static_cast<std::int16_t>(random() % 2))};
  }
}

TEST_CASE("a snapshot of random histories loads into the same image, and live is replay") {
  for (std::uint32_t seed = 0; seed < 20; ++seed) {
    std::mt19937 random(seed);
    std::vector<Bytes> log{write::feature_level("metadata.version", 30),
                           write::feature_level("eligible.leader.replicas.version", 1)};
    ImageLoader live;
    for (std::size_t i = 0; i < log.size(); ++i)
      REQUIRE(live.apply(log[i], static_cast<std::int64_t>(i)).has_value());
    for (int i = 0; i < 400; ++i) {
      for (const Bytes& record : random_change(random, live.working())) {
        const auto applied = live.apply(record, static_cast<std::int64_t>(log.size()));
        if (!applied) FAIL(applied.error().message);
        log.push_back(record);
      }
    }
    CHECK(replay(log).same_content(live.published()));
    const auto records = image_records(live.published());
    const Image loaded = replay(records);
    CHECK(loaded.same_content(live.published()));
    CHECK(image_records(loaded) == records);
  }
}

TEST_CASE("an open transaction is seen by the controller alone, and abortion undoes it") {
  ImageLoader loader;
  REQUIRE(loader.apply(write::topic("before", Uuid(1, 1)), 0).has_value());
  REQUIRE(loader.apply(write::begin_transaction("x"), 1).has_value());
  REQUIRE(loader.apply(write::topic("inside", Uuid(2, 2)), 2).has_value());
  CHECK(loader.working().topic("inside") != nullptr);
  CHECK(loader.published().topic("inside") == nullptr);
  CHECK(loader.transaction_start() == 1);
  CHECK(loader.take_delta().topics.size() == 1);
  CHECK(loader.take_delta().empty());
  CHECK_FALSE(loader.apply(write::begin_transaction("y"), 3).has_value());

  ImageLoader aborted = loader;
  REQUIRE(aborted.apply(write::abort_transaction("no"), 3).has_value());
  CHECK(aborted.working().topic("inside") == nullptr);
  CHECK(aborted.take_delta().empty());
  CHECK_FALSE(aborted.apply(write::end_transaction(), 4).has_value());

  REQUIRE(loader.apply(write::end_transaction(), 3).has_value());
  CHECK(loader.published().topic("inside") != nullptr);
  CHECK(loader.take_delta().topics.contains(Uuid(2, 2)));
  CHECK_FALSE(loader.apply(write::abort_transaction("no"), 4).has_value());
}

TEST_CASE("a delta tells new, changed and removed topics apart") {
  ImageLoader loader;
  const auto version = MetadataVersion::latest_production();
  const auto apply = [&](const Bytes& record) { REQUIRE(loader.apply(record, 0).has_value()); };
  apply(write::topic("a", Uuid(1, 1)));
  apply(write::partition(Uuid(1, 1), 0, one_replica(1), version, true));
  auto delta = loader.take_delta();
  CHECK(delta.topics.at(Uuid(1, 1)).is_new);
  CHECK(delta.topics.at(Uuid(1, 1)).partitions == std::set{0});
  apply(write::partition_change(Uuid(1, 1), 0, {.leader = BrokerId(1)}, version));
  delta = loader.take_delta();
  CHECK_FALSE(delta.topics.at(Uuid(1, 1)).is_new);
  apply(write::config(topic_resource("a"), "retention.ms", "1"));
  apply(write::remove_topic(Uuid(1, 1)));
  apply(write::topic("b", Uuid(2, 2)));
  apply(write::remove_topic(Uuid(2, 2)));
  delta = loader.take_delta();
  CHECK(delta.topics.empty());
  REQUIRE(delta.removed_topics.size() == 1);
  CHECK(delta.removed_topics.at(Uuid(1, 1))->name() == "a");
  CHECK(delta.configs == std::set{topic_resource("a")});
  CHECK(loader.working().configs.empty());
  CHECK(loader.working().folded_names.empty());
}

TEST_CASE("records that contradict the image are refused") {
  const auto version = MetadataVersion::latest_production();
  Image base;
  ImageDelta delta;
  REQUIRE(apply_record(write::topic("a", Uuid(1, 1)), 0, base, delta).has_value());
  REQUIRE(apply_record(write::producer_ids(BrokerId(1), 1, 1000), 0, base, delta).has_value());
  Partition lopsided = one_replica(1);
  lopsided.directories = {Uuid(9, 9), Uuid(8, 8)};
  protocol::RemoveAccessControlEntryRecord no_acl;
  no_acl.id = Uuid(4, 4);
  for (const Bytes& record : {
           write::topic("a", Uuid(2, 2)),
           write::topic("b", Uuid(1, 1)),
           write::remove_topic(Uuid(2, 2)),
           write::partition(Uuid(2, 2), 0, one_replica(1), version, true),
           write::partition(Uuid(1, 1), -1, one_replica(1), version, true),
           write::partition(Uuid(1, 1), 0, lopsided, version, true),
           write::partition_change(Uuid(1, 1), 0, {.leader = BrokerId(1)}, version),
           write::broker_change(BrokerId(1), 1, {.is_fenced = false}),
           write::unregister_broker(BrokerId(1), 1),
           write::producer_ids(BrokerId(1), 1, 1000),
           write::feature_level("metadata.version", 32),
           write::feature_level("metadata.version", 6),
           write::feature_level("group.version", 9),
           write::feature_level("new.version", 1),
           write::clear_elr("none"),
           frame_record(no_acl, 0),
       }) {
    Image image = base;
    CHECK(apply_record(record, 1, image, delta).error().code == ErrorCode::kInvalidRecord);
  }
}

TEST_CASE("bytes that are no record are refused") {
  const Bytes whole = write::topic("topic", Uuid(1, 1));
  for (std::size_t size = 0; size < whole.size(); ++size) {
    Image image;
    ImageDelta delta;
    CHECK_FALSE(apply_record(ByteView(whole).first(size), 0, image, delta).has_value());
  }
  for (const Bytes& wrong : {Bytes{0, 2, 0}, Bytes{2, 2, 0}, Bytes{1, 6, 0}, Bytes{1, 20, 1},
                             Bytes{1, 20, 0, 0, 9}, Bytes{1, 0xFF, 0xFF, 0xFF, 0xFF, 0x7F, 0}}) {
    Image image;
    ImageDelta delta;
    CHECK(apply_record(wrong, 0, image, delta).error().code == ErrorCode::kInvalidRecord);
  }
}

TEST_CASE("ACLs, credentials and tokens come out of a snapshot as they went in") {
  protocol::UserScramCredentialRecord scram;
  scram.name = "bob";
  scram.mechanism = 1;
  const Bytes salt{1, 2, 3};
  scram.salt = ByteView(salt);
  protocol::DelegationTokenRecord token;
  token.token_id = "id";
  const std::vector<Bytes> kept{acl(Uuid(1, 1), "*"), frame_record(scram, 0), frame_record(token, 0)};
  std::vector<Bytes> log{write::feature_level("metadata.version", 30)};
  log.insert(log.end(), kept.begin(), kept.end());
  CHECK(image_records(replay(log)) == log);
  log[0] = write::feature_level("metadata.version", 10);
  CHECK(image_records(replay(log)).size() == 2);
}

TEST_CASE("clients are told leaders, offline replicas and missing listeners") {
  World world;
  world.start();
  protocol::CreateTopicsRequest request;
  auto& wanted = request.topics.emplace_back();
  wanted.name = TopicName("t");
  wanted.num_partitions = 5;
  wanted.replication_factor = 1;
  world.commit(create_topics(request, {}, world.context()));
  const Image& image = world.image();
  const Topic& topic = *image.topic("t");

  CHECK(broker_nodes(image, "PLAINTEXT").size() == 1);
  CHECK(broker_nodes(image, "SSL").empty());
  CHECK(broker_node(image, BrokerId(1), "PLAINTEXT")->host == "host");
  const auto served = topic_status(image, topic, "PLAINTEXT", {});
  REQUIRE(served.size() == 5);
  CHECK(served[4] == PartitionStatus{.error = ErrorCode::kNone,
                                     .partition_id = 4,
                                     .leader_id = BrokerId(1),
                                     .leader_epoch = 0,
                                     .replicas = ids({1}),
                                     .isr = ids({1}),
                                     .offline_replicas = {},
                                     .elr = {},
                                     .last_known_elr = {}});
  const auto missing = topic_status(image, topic, "SSL", {});
  CHECK(missing[0].error == ErrorCode::kListenerNotFound);
  CHECK(missing[0].leader_id == kNoLeader);
  CHECK(missing[0].offline_replicas == ids({1}));
  CHECK(topic_status(image, topic, "SSL", {.report_missing_listener = false})[0].error ==
        ErrorCode::kLeaderNotAvailable);
  CHECK(topic_status(image, topic, "SSL", {.hide_unavailable_replicas = true})[0].replicas.empty());

  const auto page = topic_status_page(image, topic, "PLAINTEXT", 1, 3);
  CHECK(page.partitions.size() == 3);
  CHECK(page.partitions[0].partition_id == 1);
  CHECK(page.next_partition == 4);
  CHECK_FALSE(topic_status_page(image, topic, "PLAINTEXT", 4, 3).next_partition.has_value());

  CHECK(finalized_features(image, 1).at("kraft.version") == 1);
  CHECK(finalized_features(image, 1).at("metadata.version") == 30);
  CHECK_FALSE(finalized_features(image, 0).contains("kraft.version"));
}

}  // namespace
}  // namespace moldau::metadata
