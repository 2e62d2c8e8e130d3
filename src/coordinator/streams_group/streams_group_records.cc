#include "coordinator/streams_group/streams_group_records.h"

#include <utility>
#include <vector>

#include "coordinator/consumer/assigned_record_codec.h"
#include "coordinator/streams_group/topology_codec.h"
#include "protocol/messages/streams_group_current_member_assignment_key.h"
#include "protocol/messages/streams_group_current_member_assignment_value.h"
#include "protocol/messages/streams_group_member_metadata_key.h"
#include "protocol/messages/streams_group_member_metadata_value.h"
#include "protocol/messages/streams_group_metadata_key.h"
#include "protocol/messages/streams_group_metadata_value.h"
#include "protocol/messages/streams_group_target_assignment_member_key.h"
#include "protocol/messages/streams_group_target_assignment_member_value.h"
#include "protocol/messages/streams_group_target_assignment_metadata_key.h"
#include "protocol/messages/streams_group_target_assignment_metadata_value.h"
#include "protocol/messages/streams_group_topology_key.h"
#include "protocol/messages/streams_group_topology_value.h"

namespace moldau::coordinator {
namespace {

namespace p = protocol;

/// Tasks of a record; of a subtopology that is there twice the last count.
template <class TaskIds>
TaskSets task_sets(const std::vector<TaskIds>& tasks) {
  TaskSets sets;
  for (const TaskIds& of_subtopology : tasks) {
    sets.insert_or_assign(std::string(of_subtopology.subtopology_id),
                          std::set(of_subtopology.partitions.begin(), of_subtopology.partitions.end()));
  }
  return sets;
}

template <class TaskIds>
std::vector<TaskIds> task_ids(const TaskSets& sets) {
  std::vector<TaskIds> tasks;
  for (const auto& [subtopology, partitions] : sets) {
    TaskIds& of_subtopology = tasks.emplace_back();
    of_subtopology.subtopology_id = subtopology;
    of_subtopology.partitions.assign(partitions.begin(), partitions.end());
  }
  return tasks;
}

using CurrentValue = p::StreamsGroupCurrentMemberAssignmentValue;

/// Tasks without an epoch each, of earlier releases, count as assigned at the member's.
TaskEpochs task_epochs(const std::vector<CurrentValue::TaskIds>& tasks, std::int32_t member_epoch) {
  TaskEpochs epochs;
  for (const CurrentValue::TaskIds& of_subtopology : tasks) {
    auto& partitions = epochs[std::string(of_subtopology.subtopology_id)];
    partitions.clear();
    const auto& given = of_subtopology.assignment_epochs;
    const bool has_epochs = given && given->size() == of_subtopology.partitions.size();
    for (std::size_t i = 0; i < of_subtopology.partitions.size(); ++i) {
      partitions.insert_or_assign(of_subtopology.partitions[i], has_epochs ? (*given)[i] : member_epoch);
    }
  }
  return epochs;
}

std::vector<CurrentValue::TaskIds> task_ids(const TaskEpochs& epochs) {
  std::vector<CurrentValue::TaskIds> tasks;
  for (const auto& [subtopology, partitions] : epochs) {
    CurrentValue::TaskIds& of_subtopology = tasks.emplace_back();
    of_subtopology.subtopology_id = subtopology;
    of_subtopology.assignment_epochs.emplace();
    for (const auto& [partition, epoch] : partitions) {
      of_subtopology.partitions.push_back(partition);
      of_subtopology.assignment_epochs->push_back(epoch);
    }
  }
  return tasks;
}

Result<StreamsGroupRecord> decode_epoch(ByteView key, std::optional<ByteView> bytes) {
  using Value = p::StreamsGroupMetadataValue;
  return decode_group_change<StreamsGroupRecord, p::StreamsGroupMetadataKey, Value>(
      key, bytes, [](const auto&, const std::optional<Value>& value) {
        StreamsEpochRecord record;
        if (!value) return record;
        record.value = {.epoch = value->epoch,
                        .metadata_hash = value->metadata_hash,
                        .validated_topology_epoch = value->validated_topology_epoch};
        if (!value->last_assignment_configs) return record;
        for (const auto& config : *value->last_assignment_configs)
          record.value->assignment_configs.insert_or_assign(std::string(config.key),
                                                            std::string(config.value));
        return record;
      });
}

Result<StreamsGroupRecord> decode_member(ByteView key, std::optional<ByteView> bytes) {
  using Value = p::StreamsGroupMemberMetadataValue;
  return decode_group_change<StreamsGroupRecord, p::StreamsGroupMemberMetadataKey, Value>(
      key, bytes, [](const auto& of, const std::optional<Value>& value) {
        StreamsMemberRecord record{std::string(of.member_id), std::nullopt};
        if (!value) return record;
        StreamsMemberMetadata& metadata = record.value.emplace();
        if (value->instance_id) metadata.instance_id = *value->instance_id;
        if (value->rack_id) metadata.rack_id = *value->rack_id;
        metadata.client_id = value->client_id;
        metadata.client_host = value->client_host;
        metadata.rebalance_timeout_ms = value->rebalance_timeout_ms;
        metadata.topology_epoch = value->topology_epoch;
        metadata.process_id = value->process_id;
        if (value->user_endpoint) {
          metadata.user_endpoint = {.host = std::string(value->user_endpoint->host),
                                    .port = value->user_endpoint->port};
        }
        for (const auto& tag : value->client_tags)
          metadata.client_tags.insert_or_assign(std::string(tag.key), std::string(tag.value));
        return record;
      });
}

Result<StreamsGroupRecord> decode_target_tasks(ByteView key, std::optional<ByteView> bytes) {
  using Value = p::StreamsGroupTargetAssignmentMemberValue;
  return decode_group_change<StreamsGroupRecord, p::StreamsGroupTargetAssignmentMemberKey, Value>(
      key, bytes, [](const auto& of, const std::optional<Value>& value) {
        StreamsTargetRecord record{std::string(of.member_id), std::nullopt};
        if (!value) return record;
        record.value = {.active = task_sets(value->active_tasks),
                        .standby = task_sets(value->standby_tasks),
                        .warmup = task_sets(value->warmup_tasks)};
        return record;
      });
}

Result<StreamsGroupRecord> decode_current(ByteView key, std::optional<ByteView> bytes) {
  return decode_group_change<StreamsGroupRecord, p::StreamsGroupCurrentMemberAssignmentKey, CurrentValue>(
      key, bytes, [](const auto& of, const std::optional<CurrentValue>& value) {
        StreamsCurrentRecord record{std::string(of.member_id), std::nullopt};
        if (!value) return record;
        record.value = {.epoch = value->member_epoch,
                        .previous_epoch = value->previous_member_epoch,
                        .state = streams_member_state_of(value->state),
                        .assigned = {.active = task_epochs(value->active_tasks, value->member_epoch),
                                     .standby = task_sets(value->standby_tasks),
                                     .warmup = task_sets(value->warmup_tasks)},
                        .pending_revocation = {.active = task_epochs(value->active_tasks_pending_revocation,
                                                                     value->member_epoch),
                                               .standby = task_sets(value->standby_tasks_pending_revocation),
                                               .warmup = task_sets(value->warmup_tasks_pending_revocation)}};
        return record;
      });
}

Result<StreamsGroupRecord> decode_topology(ByteView key, std::optional<ByteView> bytes) {
  using Value = p::StreamsGroupTopologyValue;
  return decode_group_change<StreamsGroupRecord, p::StreamsGroupTopologyKey, Value>(
      key, bytes, [](const auto&, const std::optional<Value>& value) {
        StreamsTopologyRecord record;
        if (value) record.value = read_topology(*value);
        return record;
      });
}

Record encode(std::string_view group, const StreamsEpochRecord& record) {
  Record encoded{group_key<p::StreamsGroupMetadataKey>(group), std::nullopt};
  if (!record.value) return encoded;
  p::StreamsGroupMetadataValue value;
  value.epoch = record.value->epoch;
  value.metadata_hash = record.value->metadata_hash;
  value.validated_topology_epoch = record.value->validated_topology_epoch;
  for (const auto& [key, text] : record.value->assignment_configs)
    value.last_assignment_configs->push_back({.key = key, .value = text, .unknown_tags = {}});
  encoded.value = group_value_bytes(value);
  return encoded;
}

Record encode(std::string_view group, const StreamsMemberRecord& record) {
  Record encoded{member_key<p::StreamsGroupMemberMetadataKey>(group, record.member), std::nullopt};
  if (!record.value) return encoded;
  const StreamsMemberMetadata& metadata = *record.value;
  p::StreamsGroupMemberMetadataValue value;
  value.instance_id = metadata.instance_id;
  value.rack_id = metadata.rack_id;
  value.client_id = metadata.client_id;
  value.client_host = metadata.client_host;
  value.rebalance_timeout_ms = metadata.rebalance_timeout_ms;
  value.topology_epoch = metadata.topology_epoch;
  value.process_id = metadata.process_id;
  if (metadata.user_endpoint) {
    auto& endpoint = value.user_endpoint.emplace();
    endpoint.host = metadata.user_endpoint->host;
    endpoint.port = metadata.user_endpoint->port;
  }
  for (const auto& [key, text] : metadata.client_tags)
    value.client_tags.push_back({.key = key, .value = text, .unknown_tags = {}});
  encoded.value = group_value_bytes(value);
  return encoded;
}

Record encode(std::string_view group, const TargetEpochRecord& record) {
  return encode_target_epoch<p::StreamsGroupTargetAssignmentMetadataKey,
                             p::StreamsGroupTargetAssignmentMetadataValue>(group, record);
}

Record encode(std::string_view group, const StreamsTargetRecord& record) {
  Record encoded{member_key<p::StreamsGroupTargetAssignmentMemberKey>(group, record.member), std::nullopt};
  if (!record.value) return encoded;
  using Value = p::StreamsGroupTargetAssignmentMemberValue;
  Value value;
  value.active_tasks = task_ids<Value::TaskIds>(record.value->active);
  value.standby_tasks = task_ids<Value::TaskIds>(record.value->standby);
  value.warmup_tasks = task_ids<Value::TaskIds>(record.value->warmup);
  encoded.value = group_value_bytes(value);
  return encoded;
}

Record encode(std::string_view group, const StreamsCurrentRecord& record) {
  Record encoded{member_key<p::StreamsGroupCurrentMemberAssignmentKey>(group, record.member), std::nullopt};
  if (!record.value) return encoded;
  const auto& [epoch, previous_epoch, state, assigned, pending] = *record.value;
  CurrentValue value;
  value.member_epoch = epoch;
  value.previous_member_epoch = previous_epoch;
  value.state = static_cast<std::int8_t>(state);
  value.active_tasks = task_ids(assigned.active);
  value.standby_tasks = task_ids<CurrentValue::TaskIds>(assigned.standby);
  value.warmup_tasks = task_ids<CurrentValue::TaskIds>(assigned.warmup);
  value.active_tasks_pending_revocation = task_ids(pending.active);
  value.standby_tasks_pending_revocation = task_ids<CurrentValue::TaskIds>(pending.standby);
  value.warmup_tasks_pending_revocation = task_ids<CurrentValue::TaskIds>(pending.warmup);
  encoded.value = group_value_bytes(value);
  return encoded;
}

using TopologyValue = p::StreamsGroupTopologyValue;

std::vector<TopologyValue::TopicInfo> topic_infos(const std::vector<InternalTopic>& topics) {
  std::vector<TopologyValue::TopicInfo> infos;
  for (const InternalTopic& topic : topics) {
    auto& info = infos.emplace_back();
    info.name = topic.name;
    info.partitions = topic.partition_count;
    info.replication_factor = topic.replication_factor;
    for (const auto& [key, text] : topic.configs)
      info.topic_configs.push_back({.key = key, .value = text, .unknown_tags = {}});
  }
  return infos;
}

std::vector<std::string_view> views(const std::vector<std::string>& texts) {
  return {texts.begin(), texts.end()};
}

Record encode(std::string_view group, const StreamsTopologyRecord& record) {
  Record encoded{group_key<p::StreamsGroupTopologyKey>(group), std::nullopt};
  if (!record.value) return encoded;
  TopologyValue value;
  value.epoch = record.value->epoch;
  for (const Subtopology& subtopology : record.value->subtopologies) {
    auto& one = value.subtopologies.emplace_back();
    one.subtopology_id = subtopology.id;
    one.source_topics = views(subtopology.source_topics);
    one.source_topic_regex = views(subtopology.source_topic_regexes);
    one.state_changelog_topics = topic_infos(subtopology.state_changelog_topics);
    one.repartition_sink_topics = views(subtopology.repartition_sink_topics);
    one.repartition_source_topics = topic_infos(subtopology.repartition_source_topics);
    for (const CopartitionGroup& copartitioned : subtopology.copartition_groups) {
      one.copartition_groups.push_back({.source_topics = copartitioned.source_topics,
                                        .source_topic_regex = copartitioned.source_topic_regexes,
                                        .repartition_source_topics = copartitioned.repartition_source_topics,
                                        .unknown_tags = {}});
    }
  }
  encoded.value = group_value_bytes(value);
  return encoded;
}

}  // namespace

bool is_streams_group_record(std::int16_t type) {
  return type == p::StreamsGroupMetadataKey::kApiKey ||
         (type >= p::StreamsGroupMemberMetadataKey::kApiKey && type <= p::StreamsGroupTopologyKey::kApiKey);
}

Result<StreamsGroupRecord> decode_streams_group_record(std::int16_t type, ByteView key,
                                                       std::optional<ByteView> value) {
  switch (type) {
    case p::StreamsGroupMetadataKey::kApiKey:
      return decode_epoch(key, value);
    case p::StreamsGroupMemberMetadataKey::kApiKey:
      return decode_member(key, value);
    case p::StreamsGroupTargetAssignmentMetadataKey::kApiKey:
      return decode_target_epoch<StreamsGroupRecord, p::StreamsGroupTargetAssignmentMetadataKey,
                                 p::StreamsGroupTargetAssignmentMetadataValue>(key, value);
    case p::StreamsGroupTargetAssignmentMemberKey::kApiKey:
      return decode_target_tasks(key, value);
    case p::StreamsGroupCurrentMemberAssignmentKey::kApiKey:
      return decode_current(key, value);
    case p::StreamsGroupTopologyKey::kApiKey:
      return decode_topology(key, value);
    default:
      return fail(ErrorCode::kCorruptMessage,
                  "record type " + std::to_string(type) + " is no streams group's");
  }
}

Record encode_streams_group_record(std::string_view group, const StreamsGroupChange& change) {
  return std::visit([&](const auto& record) { return encode(group, record); }, change);
}

}  // namespace moldau::coordinator
