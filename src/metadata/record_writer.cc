#include "metadata/record_writer.h"

#include <algorithm>

#include "metadata/directory_id.h"
#include "metadata/record_frame.h"
#include "protocol/messages/abort_transaction_record.h"
#include "protocol/messages/begin_transaction_record.h"
#include "protocol/messages/broker_registration_change_record.h"
#include "protocol/messages/clear_elr_record.h"
#include "protocol/messages/client_quota_record.h"
#include "protocol/messages/config_record.h"
#include "protocol/messages/end_transaction_record.h"
#include "protocol/messages/feature_level_record.h"
#include "protocol/messages/no_op_record.h"
#include "protocol/messages/partition_change_record.h"
#include "protocol/messages/partition_record.h"
#include "protocol/messages/producer_ids_record.h"
#include "protocol/messages/register_broker_record.h"
#include "protocol/messages/register_controller_record.h"
#include "protocol/messages/remove_topic_record.h"
#include "protocol/messages/topic_record.h"
#include "protocol/messages/unregister_broker_record.h"
#include "protocol/messages/user_scram_credential_record.h"

namespace moldau::metadata::write {
namespace {

template <class Message>
void write_listeners(const Listeners& listeners, Message& message) {
  for (const auto& [name, endpoint] : listeners) {
    auto& written = message.end_points.emplace_back();
    written.name = name;
    written.host = endpoint.host;
    written.port = endpoint.port;
    written.security_protocol = endpoint.security_protocol;
  }
}

template <class Message>
void write_features(const FeatureRanges& features, Message& message) {
  for (const auto& [name, levels] : features) {
    auto& written = message.features.emplace_back();
    written.name = name;
    written.min_supported_version = levels.min;
    written.max_supported_version = levels.max;
  }
}

constexpr std::int8_t kUnchanged = 0;
constexpr std::int8_t kLeaves = -1;
constexpr std::int8_t kEnters = 1;

}  // namespace

Bytes feature_level(std::string_view name, std::int16_t level) {
  protocol::FeatureLevelRecord record;
  record.name = name;
  record.feature_level = level;
  return frame_record(record, 0);
}

Bytes register_broker(const BrokerRegistration& broker, MetadataVersion version) {
  protocol::RegisterBrokerRecord record;
  record.broker_id = broker.id;
  record.is_migrating_zk_broker = broker.is_migrating_zk_broker && version.supports_migration_flag();
  record.incarnation_id = broker.incarnation_id;
  record.broker_epoch = broker.epoch;
  write_listeners(broker.listeners, record);
  write_features(broker.features, record);
  record.rack = broker.rack;
  record.fenced = broker.is_fenced;
  record.in_controlled_shutdown = broker.in_controlled_shutdown;
  if (version.supports_directories()) record.log_dirs = broker.directories;
  if (version.supports_cordoned_directories()) record.cordoned_log_dirs = broker.cordoned_directories;
  return frame_record(record, version.register_broker_record_version());
}

Bytes register_controller(const ControllerRegistration& controller) {
  protocol::RegisterControllerRecord record;
  record.controller_id = controller.id.value();
  record.incarnation_id = controller.incarnation_id;
  record.zk_migration_ready = controller.is_zk_migration_ready;
  write_listeners(controller.listeners, record);
  write_features(controller.features, record);
  return frame_record(record, 0);
}

Bytes unregister_broker(BrokerId broker_id, std::int64_t broker_epoch) {
  protocol::UnregisterBrokerRecord record;
  record.broker_id = broker_id;
  record.broker_epoch = broker_epoch;
  return frame_record(record, 0);
}

Bytes topic(std::string_view name, const Uuid& id) {
  protocol::TopicRecord record;
  record.name = TopicName(name);
  record.topic_id = id;
  return frame_record(record, 0);
}

Bytes remove_topic(const Uuid& id) {
  protocol::RemoveTopicRecord record;
  record.topic_id = id;
  return frame_record(record, 0);
}

Bytes partition(const Uuid& topic_id, std::int32_t partition_id, const Partition& partition,
                MetadataVersion version, bool elr_enabled) {
  protocol::PartitionRecord record;
  record.partition_id = partition_id;
  record.topic_id = topic_id;
  record.replicas = partition.replicas;
  for (const BrokerId id : partition.isr)
    record.isr.push_back(id.value());
  record.removing_replicas = partition.removing;
  record.adding_replicas = partition.adding;
  record.leader = partition.leader;
  record.leader_recovery_state = partition.is_recovering ? 1 : 0;
  record.leader_epoch = partition.leader_epoch;
  record.partition_epoch = partition.partition_epoch;
  if (elr_enabled && !partition.elr.empty()) record.eligible_leader_replicas = partition.elr;
  if (elr_enabled && !partition.last_known_elr.empty()) record.last_known_elr = partition.last_known_elr;
  if (version.supports_directories()) record.directories = partition.directories;
  return frame_record(record, version.partition_record_version());
}

Bytes partition_change(const Uuid& topic_id, std::int32_t partition_id, const PartitionChange& change,
                       MetadataVersion version) {
  protocol::PartitionChangeRecord record;
  record.partition_id = partition_id;
  record.topic_id = topic_id;
  record.isr = change.isr;
  record.leader = change.leader.value_or(kNoLeaderChange);
  record.replicas = change.replicas;
  record.removing_replicas = change.removing;
  record.adding_replicas = change.adding;
  if (change.is_recovering) record.leader_recovery_state = *change.is_recovering ? 1 : 0;
  record.directories = change.directories;
  record.eligible_leader_replicas = change.elr;
  record.last_known_elr = change.last_known_elr;
  return frame_record(record, version.partition_change_record_version());
}

Bytes config(const ConfigResource& resource, std::string_view name, std::optional<std::string_view> value) {
  protocol::ConfigRecord record;
  record.resource_type = resource.type;
  record.resource_name = resource.name;
  record.name = name;
  record.value = value;
  return frame_record(record, 0);
}

Bytes producer_ids(BrokerId broker_id, std::int64_t broker_epoch, std::int64_t next_producer_id) {
  protocol::ProducerIdsRecord record;
  record.broker_id = broker_id;
  record.broker_epoch = broker_epoch;
  record.next_producer_id = next_producer_id;
  return frame_record(record, 0);
}

Bytes client_quota(const QuotaEntity& entity, std::string_view key, double value) {
  protocol::ClientQuotaRecord record;
  for (const auto& [type, name] : entity) {
    auto& part = record.entity.emplace_back();
    part.entity_type = type;
    part.entity_name = name;
  }
  record.key = key;
  record.value = value;
  return frame_record(record, 0);
}

Bytes user_scram_credential(const ScramCredential& credential) {
  protocol::UserScramCredentialRecord record;
  record.name = credential.user;
  record.mechanism = credential.mechanism;
  record.salt = credential.salt;
  record.stored_key = credential.stored_key;
  record.server_key = credential.server_key;
  record.iterations = credential.iterations;
  return frame_record(record, 0);
}

Bytes clear_elr(std::string_view topic) {
  protocol::ClearElrRecord record;
  record.topic_name = TopicName(topic);
  return frame_record(record, 0);
}

Bytes no_op() {
  return frame_record(protocol::NoOpRecord{}, 0);
}

Bytes begin_transaction(std::string_view name) {
  protocol::BeginTransactionRecord record;
  record.name = name;
  return frame_record(record, 0);
}

Bytes end_transaction() {
  return frame_record(protocol::EndTransactionRecord{}, 0);
}

Bytes abort_transaction(std::string_view reason) {
  protocol::AbortTransactionRecord record;
  record.reason = reason;
  return frame_record(record, 0);
}

Bytes broker_change(BrokerId broker_id, std::int64_t broker_epoch, const BrokerChange& change) {
  protocol::BrokerRegistrationChangeRecord record;
  record.broker_id = broker_id;
  record.broker_epoch = broker_epoch;
  std::int16_t version = 0;
  if (change.is_fenced) record.fenced = *change.is_fenced ? kEnters : kLeaves;
  record.in_controlled_shutdown = change.enters_controlled_shutdown ? kEnters : kUnchanged;
  if (change.enters_controlled_shutdown) version = 1;
  if (change.directories) {
    record.log_dirs = *change.directories;
    version = 2;
  }
  if (change.cordoned_directories) {
    record.cordoned_log_dirs = change.cordoned_directories;
    version = 3;
  }
  return frame_record(record, version);
}

}  // namespace moldau::metadata::write
