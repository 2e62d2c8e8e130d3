#include "metadata/broker_lifecycle.h"

#include <doctest/doctest.h>

#include "metadata/partition_decisions.h"
#include "metadata/record_frame.h"
#include "metadata/topic_decisions.h"
#include "tests/metadata/broker_ids.h"
#include "tests/metadata/world.h"

namespace moldau::metadata {
namespace {

using namespace std::chrono_literals;

Uuid create(World& world, std::string_view name, std::int32_t partitions = 2) {
  protocol::CreateTopicsRequest request;
  auto& topic = request.topics.emplace_back();
  topic.name = TopicName(name);
  topic.num_partitions = partitions;
  topic.replication_factor = 1;
  const auto created = world.commit(create_topics(request, {}, world.context()));
  REQUIRE(created.size() == 1);
  REQUIRE(created[0].error == ErrorCode::kNone);
  return created[0].topic_id;
}

TEST_CASE("the first records of a cluster are one metadata transaction") {
  World world;
  world.activate();
  std::vector<RecordType> types;
  for (const Bytes& record : world.log)
    types.push_back(static_cast<RecordType>(parse_record_frame(record)->type));
  CHECK(types == std::vector{RecordType::kBeginTransaction, RecordType::kFeatureLevel,
                             RecordType::kFeatureLevel, RecordType::kFeatureLevel, RecordType::kFeatureLevel,
                             RecordType::kFeatureLevel, RecordType::kFeatureLevel, RecordType::kConfig,
                             RecordType::kEndTransaction});
  CHECK(world.image().metadata_version == MetadataVersion::latest_production());
  CHECK(world.image().is_elr_enabled());
  CHECK(world.image().configs_of(cluster_resource())->at("min.insync.replicas") == "1");
  world.activate();
  CHECK(world.log.size() == 9);
}

TEST_CASE("a broker registers fenced with the next offset as epoch and is unfenced once it has caught up") {
  World world;
  world.activate();
  const std::int64_t epoch = world.register_node(1, Uuid(1, 1));
  CHECK(epoch == 10);
  CHECK(world.image().broker(BrokerId(1))->is_fenced);
  CHECK(world.image().broker(BrokerId(1))->registration_offset == 10);
  auto request = world.beat(1);
  request.current_metadata_offset = 9;
  CHECK(world.commit(heartbeat(request, world.context())).is_fenced);
  request.current_metadata_offset = 10;
  const auto reply = world.commit(heartbeat(request, world.context()));
  CHECK_FALSE(reply.is_fenced);
  CHECK(reply.is_caught_up);
  CHECK_FALSE(world.image().broker(BrokerId(1))->is_fenced);
  request.broker_epoch = 11;
  CHECK(heartbeat(request, world.context()).error().code == ErrorCode::kStaleBrokerEpoch);
}

TEST_CASE("another incarnation waits until the lease of the first has run out") {
  World world;
  world.start();
  protocol::BrokerRegistrationRequest request;
  request.broker_id = BrokerId(1);
  request.cluster_id = "cluster";
  request.incarnation_id = Uuid(2, 2);
  CHECK(register_broker(request, 4, world.context()).error().code == ErrorCode::kDuplicateBrokerRegistration);
  world.now = world.now + 10s;
  CHECK(register_broker(request, 4, world.context()).error().code == ErrorCode::kInvalidRegistration);
  const auto before = world.image().broker(BrokerId(1))->epoch;
  CHECK(world.register_node(1, Uuid(2, 2)) > before);
}

TEST_CASE("the same incarnation keeps its epoch and its state") {
  World world;
  world.start();
  const auto epoch = world.image().broker(BrokerId(1))->epoch;
  CHECK(world.register_node(1, Uuid(1, 1)) == epoch);
  CHECK_FALSE(world.image().broker(BrokerId(1))->is_fenced);
}

TEST_CASE("registrations that do not fit the cluster are refused") {
  World world;
  world.activate();
  protocol::BrokerRegistrationRequest request;
  request.broker_id = BrokerId(1);
  request.cluster_id = "other";
  CHECK(register_broker(request, 4, world.context()).error().code == ErrorCode::kInconsistentClusterId);
  request.cluster_id = "cluster";
  CHECK(register_broker(request, 4, world.context()).error().message ==
        "No directories specified in request");
  request.log_dirs = {Uuid(0, 2)};
  CHECK(register_broker(request, 4, world.context()).error().message == "Reserved directory ID in request");
  request.log_dirs = {Uuid(5, 5), Uuid(5, 5)};
  CHECK(register_broker(request, 4, world.context()).error().message == "Duplicate directory ID in request");
  request.log_dirs = {Uuid(5, 5)};
  CHECK(register_broker(request, 4, world.context()).error().message ==
        "Request features do not contain 'metadata.version'");
  auto& feature = request.features.emplace_back();
  feature.name = "metadata.version";
  feature.min_supported_version = 7;
  feature.max_supported_version = 29;
  CHECK(
      register_broker(request, 4, world.context()).error() ==
      Error{
          ErrorCode::kUnsupportedVersion,
          "Unable to register because the broker does not support finalized version 30 of metadata.version. "
          "The broker wants a version between 7 and 29, inclusive."});
}

TEST_CASE("a controlled shutdown moves leadership away, waits, and ends fenced and eligible") {
  World world;
  world.start();
  const Uuid topic = create(world, "t");
  auto request = world.beat(1);
  request.want_shut_down = true;
  const auto first = world.commit(heartbeat(request, world.context()));
  CHECK(first.in_controlled_shutdown);
  CHECK_FALSE(first.should_shut_down);
  world.sessions.begin_controlled_shutdown(BrokerId(1), world.next_offset - 1);
  const Partition* partition = world.image().partition(topic, 0);
  CHECK(partition->leader == kNoLeader);
  CHECK(partition->isr.empty());
  CHECK(partition->elr == ids({1}));
  CHECK(partition->last_known_elr == ids({1}));

  const auto second = world.commit(heartbeat(request, world.context()));
  CHECK(second.should_shut_down);
  CHECK(second.is_fenced);
  CHECK(world.image().broker(BrokerId(1))->is_fenced);

  // Stopped cleanly: the replica still counts and leads at once.
  const auto epoch = world.image().broker(BrokerId(1))->epoch;
  world.now = world.now + 10s;
  world.register_node(1, Uuid(2, 2), epoch);
  CHECK(world.image().partition(topic, 0)->elr == ids({1}));
  world.commit(heartbeat(world.beat(1), world.context()));
  partition = world.image().partition(topic, 0);
  CHECK(partition->leader == BrokerId(1));
  CHECK(partition->isr == ids({1}));
  CHECK(partition->elr.empty());
  CHECK(partition->last_known_elr.empty());
  CHECK_FALSE(partition->is_recovering);
}

TEST_CASE("a restart after a crash leaves the sets and leads again as recovering") {
  World world;
  world.start();
  const Uuid topic = create(world, "t");
  world.now = world.now + 10s;
  world.register_node(1, Uuid(2, 2));
  const Partition* partition = world.image().partition(topic, 1);
  CHECK(partition->leader == kNoLeader);
  CHECK(partition->isr.empty());
  CHECK(partition->elr.empty());
  CHECK(partition->last_known_elr == ids({1}));
  world.commit(heartbeat(world.beat(1), world.context()));
  partition = world.image().partition(topic, 1);
  CHECK(partition->leader == BrokerId(1));
  CHECK(partition->isr == ids({1}));
  CHECK(partition->is_recovering);
  CHECK(partition->leader_epoch == 2);

  // The leader reports that it has recovered.
  protocol::AlterPartitionRequest alter;
  alter.broker_id = BrokerId(1);
  alter.broker_epoch = world.image().broker(BrokerId(1))->epoch;
  auto& change = alter.topics.emplace_back();
  change.topic_id = topic;
  auto& data = change.partitions.emplace_back();
  data.partition_index = 1;
  data.leader_epoch = 2;
  data.partition_epoch = 2;
  data.new_isr_with_epochs.emplace_back().broker_id = BrokerId(1);
  const auto answer = world.commit(alter_partition(alter, 3, world.context()));
  CHECK(answer.topics[0].partitions[0].error_code == ErrorCode::kNone);
  CHECK(answer.topics[0].partitions[0].partition_epoch == 3);
  CHECK_FALSE(world.image().partition(topic, 1)->is_recovering);
  CHECK(alter_partition(alter, 3, world.context())->response.topics[0].partitions[0].error_code ==
        ErrorCode::kInvalidUpdateVersion);
}

TEST_CASE("a broker whose lease ran out is fenced and loses its leaderships") {
  World world;
  world.start();
  const Uuid topic = create(world, "t");
  CHECK_FALSE(fence_one_stale_broker(world.context()).response);
  world.now = world.now + 10s;
  const auto fenced = fence_one_stale_broker(world.context());
  CHECK(fenced.response);
  world.apply(fenced.records);
  CHECK(world.image().broker(BrokerId(1))->is_fenced);
  CHECK(world.image().partition(topic, 0)->leader == kNoLeader);
  CHECK_FALSE(fence_one_stale_broker(world.context()).response);
}

TEST_CASE("replicas in a directory that goes offline lose their leadership") {
  World world;
  world.start();
  const Uuid topic = create(world, "t");
  auto request = world.beat(1);
  request.offline_log_dirs = {Uuid(1000, 1)};
  world.commit(heartbeat(request, world.context()));
  CHECK(world.image().partition(topic, 0)->leader == kNoLeader);
}

TEST_CASE("a replica's reported directory is noted") {
  World world;
  world.start();
  const Uuid topic = create(world, "t");
  protocol::AssignReplicasToDirsRequest request;
  request.broker_id = BrokerId(1);
  request.broker_epoch = world.image().broker(BrokerId(1))->epoch;
  auto& directory = request.directories.emplace_back();
  directory.id = Uuid(1000, 1);
  auto& assigned = directory.topics.emplace_back();
  assigned.topic_id = topic;
  assigned.partitions.emplace_back().partition_index = 0;
  assigned.partitions.emplace_back().partition_index = 7;
  const auto same = assign_replicas_to_dirs(request, world.context());
  CHECK(same->records.empty());
  directory.id = Uuid(2000, 1);
  const auto moved = world.commit(assign_replicas_to_dirs(request, world.context()));
  CHECK(moved.directories[0].topics[0].partitions[0].error_code == ErrorCode::kNone);
  CHECK(moved.directories[0].topics[0].partitions[1].error_code == ErrorCode::kUnknownTopicOrPartition);
  CHECK(world.image().partition(topic, 0)->directories == std::vector{Uuid(2000, 1)});
  CHECK(world.image().partition(topic, 0)->leader == kNoLeader);
}

TEST_CASE("producer ids are handed out in blocks of a thousand") {
  World world;
  world.start();
  protocol::AllocateProducerIdsRequest request;
  request.broker_id = BrokerId(1);
  request.broker_epoch = world.image().broker(BrokerId(1))->epoch;
  for (const std::int64_t first : {0, 1000, 2000}) {
    const auto block = world.commit(allocate_producer_ids(request, world.context()));
    CHECK(block.producer_id_start == ProducerId(first));
    CHECK(block.producer_id_len == 1000);
  }
  request.broker_epoch += 1;
  CHECK(allocate_producer_ids(request, world.context()).error().code == ErrorCode::kStaleBrokerEpoch);
}

TEST_CASE("a broker that is unregistered leaves its partitions without their records being lost") {
  World world;
  world.start_brokers(2);
  world.create_topic("t", {ids({1, 2})});
  world.create_topic("u", {ids({2})});
  world.commit(unregister_broker(BrokerId(2), world.context()));
  CHECK(world.image().broker(BrokerId(2)) == nullptr);
  const Partition& shared = *world.image().topic("t")->find(0);
  CHECK(shared.isr == ids({1}));
  CHECK(shared.replicas == ids({1, 2}));
  const Partition& alone = *world.image().topic("u")->find(0);
  CHECK(alone.leader == kNoLeader);
  CHECK(alone.elr == ids({2}));
  CHECK(check_broker_epoch(world.image(), BrokerId(2), 1).error().code == ErrorCode::kStaleBrokerEpoch);
  const auto again = unregister_broker(BrokerId(2), world.context());
  REQUIRE_FALSE(again.has_value());
  CHECK(again.error() == Error{ErrorCode::kBrokerIdNotRegistered, "Broker ID 2 is not currently registered"});
}

}  // namespace
}  // namespace moldau::metadata
