#include "tests/sim/script_client.h"

#include "protocol/messages/alter_replica_log_dirs_request.h"
#include "protocol/messages/alter_replica_log_dirs_response.h"
#include "protocol/messages/create_partitions_request.h"
#include "protocol/messages/create_partitions_response.h"
#include "protocol/messages/create_topics_request.h"
#include "protocol/messages/create_topics_response.h"
#include "protocol/messages/delete_records_request.h"
#include "protocol/messages/delete_records_response.h"
#include "protocol/messages/delete_topics_request.h"
#include "protocol/messages/delete_topics_response.h"
#include "protocol/messages/fetch_request.h"
#include "protocol/messages/fetch_response.h"
#include "protocol/messages/find_coordinator_request.h"
#include "protocol/messages/find_coordinator_response.h"
#include "protocol/messages/incremental_alter_configs_request.h"
#include "protocol/messages/incremental_alter_configs_response.h"
#include "protocol/messages/init_producer_id_request.h"
#include "protocol/messages/init_producer_id_response.h"
#include "protocol/messages/join_group_request.h"
#include "protocol/messages/join_group_response.h"
#include "protocol/messages/list_offsets_request.h"
#include "protocol/messages/list_offsets_response.h"
#include "protocol/messages/metadata_request.h"
#include "protocol/messages/metadata_response.h"
#include "protocol/messages/offset_commit_request.h"
#include "protocol/messages/offset_commit_response.h"
#include "protocol/messages/offset_fetch_request.h"
#include "protocol/messages/offset_fetch_response.h"
#include "protocol/messages/produce_request.h"
#include "protocol/messages/produce_response.h"
#include "protocol/messages/update_features_request.h"
#include "protocol/messages/update_features_response.h"
#include "protocol/records/builder.h"
#include "protocol/records/record_iterator.h"

namespace moldau::sim {
namespace {

constexpr std::int32_t kTimeoutMs = 30'000;
constexpr std::int32_t kFetchBytes = 1 << 20;
/// Of ListOffsets.
constexpr TimestampMs kEarliestTimestamp = -2;
constexpr int kCoordinatorTries = 50;

/// Adds the records of whole batches, each of which must be sound.
Result<void> add_records(ByteView batches, std::int64_t from, std::vector<ReadRecord>& into) {
  records::DecoderSet decoders;
  records::BatchCursor cursor(batches);
  while (const auto entry = cursor.next()) {
    const auto batch = records::BatchView::parse(entry->bytes);
    if (!batch) return fail(batch.error());
    if (!batch->is_valid()) return fail(ErrorCode::kCorruptMessage, "a batch with a wrong CRC was served");
    auto added =
        records::for_each_record(*batch, decoders, [&](const records::RecordView& record) -> Result<void> {
          if (record.offset < from) return {};
          into.push_back({record.offset, std::string(as_text(record.value.value_or(ByteView())))});
          return {};
        });
    if (!added) return added;
  }
  return {};
}

}  // namespace

Buffer batch_of(const std::vector<std::string>& values, TimestampMs now_ms, const ProducerPlace& place) {
  records::BatchBuilder builder(
      {.producer_id = place.producer_id, .producer_epoch = place.epoch, .base_sequence = place.sequence});
  for (const std::string& value : values) {
    builder.append({.timestamp_ms = now_ms, .value = as_bytes(value)});
  }
  return std::move(builder).build();
}

std::optional<Uuid> ScriptClient::create_topic(const std::string& name, std::int32_t partitions,
                                               const TopicSettings& settings) {
  protocol::CreateTopicsRequest request;
  request.timeout_ms = kTimeoutMs;
  auto& topic = request.topics.emplace_back();
  topic.name = TopicName(name);
  topic.num_partitions = partitions;
  topic.replication_factor = 1;
  for (const auto& [key, value] : settings) {
    topic.configs.push_back({.name = key, .value = value, .unknown_tags = {}});
  }
  const auto answer = call<protocol::CreateTopicsResponse>(request, 7);
  if (!answer) return std::nullopt;
  return (*answer)->topics.front().topic_id;
}

std::optional<ErrorCode> ScriptClient::delete_topic(const std::string& name) {
  protocol::DeleteTopicsRequest request;
  request.timeout_ms = kTimeoutMs;
  request.topics.emplace_back().name = TopicName(name);
  const auto answer = call<protocol::DeleteTopicsResponse>(request, 6);
  if (!answer) return std::nullopt;
  return (*answer)->responses.front().error_code;
}

std::optional<ErrorCode> ScriptClient::move_replica(const std::string& topic, std::int32_t partition,
                                                    const std::string& path) {
  protocol::AlterReplicaLogDirsRequest request;
  auto& dir = request.dirs.emplace_back();
  dir.path = path;
  auto& wanted = dir.topics.emplace_back();
  wanted.name = TopicName(topic);
  wanted.partitions = {partition};
  const auto answer = call<protocol::AlterReplicaLogDirsResponse>(request, 2);
  if (!answer) return std::nullopt;
  return (*answer)->results.front().partitions.front().error_code;
}

std::optional<ErrorCode> ScriptClient::set_config(const metadata::ConfigResource& resource,
                                                  const std::string& name,
                                                  const std::optional<std::string>& value) {
  constexpr std::int8_t kSet = 0;
  constexpr std::int8_t kDelete = 1;
  protocol::IncrementalAlterConfigsRequest request;
  auto& wanted = request.resources.emplace_back();
  wanted.resource_type = resource.type;
  wanted.resource_name = resource.name;
  auto& config = wanted.configs.emplace_back();
  config.name = name;
  config.config_operation = value ? kSet : kDelete;
  config.value.reset();
  if (value) config.value = *value;
  const auto answer = call<protocol::IncrementalAlterConfigsResponse>(request, 1);
  if (!answer) return std::nullopt;
  return (*answer)->responses.front().error_code;
}

std::optional<ErrorCode> ScriptClient::create_partitions(const std::string& topic, std::int32_t count) {
  protocol::CreatePartitionsRequest request;
  request.timeout_ms = kTimeoutMs;
  auto& wanted = request.topics.emplace_back();
  wanted.name = TopicName(topic);
  wanted.count = count;
  wanted.assignments.reset();
  const auto answer = call<protocol::CreatePartitionsResponse>(request, 3);
  if (!answer) return std::nullopt;
  return (*answer)->results.front().error_code;
}

std::optional<ErrorCode> ScriptClient::upgrade_feature(std::string_view feature, std::int16_t level) {
  protocol::UpdateFeaturesRequest request;
  request.timeout_ms = kTimeoutMs;
  request.feature_updates.push_back({.feature = feature,
                                     .max_version_level = level,
                                     .allow_downgrade = false,
                                     .upgrade_type = 1,
                                     .unknown_tags = {}});
  const auto answer = call<protocol::UpdateFeaturesResponse>(request, 2);
  if (!answer) return std::nullopt;
  return (*answer)->error_code;
}

std::optional<Result<std::int64_t>> ScriptClient::delete_records(const std::string& topic,
                                                                 std::int32_t partition,
                                                                 std::int64_t before) {
  protocol::DeleteRecordsRequest request;
  request.timeout_ms = kTimeoutMs;
  auto& wanted = request.topics.emplace_back();
  wanted.name = TopicName(topic);
  wanted.partitions.push_back({.partition_index = partition, .offset = before, .unknown_tags = {}});
  const auto answer = call<protocol::DeleteRecordsResponse>(request, 2);
  if (!answer) return std::nullopt;
  const auto& result = (*answer)->topics.front().partitions.front();
  if (result.error_code != ErrorCode::kNone) return fail(result.error_code);
  return result.low_watermark;
}

std::optional<Uuid> ScriptClient::find_topic(const std::string& name) {
  protocol::MetadataRequest request;
  request.allow_auto_topic_creation = false;
  request.topics.emplace().emplace_back().name = TopicName(name);
  const auto answer = call<protocol::MetadataResponse>(request, 12);
  if (!answer) return std::nullopt;
  const auto& topic = (*answer)->topics.front();
  return topic.error_code == ErrorCode::kNone ? topic.topic_id : Uuid();
}

std::optional<std::int64_t> ScriptClient::new_producer_id() {
  protocol::InitProducerIdRequest request;
  request.transactional_id.reset();
  const auto answer = call<protocol::InitProducerIdResponse>(request, 4);
  if (!answer || (*answer)->error_code != ErrorCode::kNone) return std::nullopt;
  return (*answer)->producer_id.value();
}

void ScriptClient::produce(const Uuid& topic, std::int32_t partition, const Buffer& batch,
                           std::size_t connection,
                           std::move_only_function<void(std::optional<Produced>)> done) {
  protocol::ProduceRequest request;
  request.acks = -1;
  request.timeout_ms = kTimeoutMs;
  auto& data = request.topic_data.emplace_back();
  data.topic_id = topic;
  auto& one = data.partition_data.emplace_back();
  one.index = partition;
  one.records.emplace().bytes = batch.bytes();
  process_.send<protocol::ProduceResponse>(
      request, 13,
      [done = std::move(done)](std::optional<client::Answer<protocol::ProduceResponse>> answer) mutable {
        if (!answer) return done(std::nullopt);
        const auto& outcome = (*answer)->responses.front().partition_responses.front();
        done(Produced{outcome.error_code, outcome.base_offset});
      },
      connection);
}

Result<std::int64_t> ScriptClient::log_start(const std::string& topic, std::int32_t partition) {
  protocol::ListOffsetsRequest request;
  auto& asked = request.topics.emplace_back();
  asked.name = TopicName(topic);
  auto& one = asked.partitions.emplace_back();
  one.partition_index = partition;
  one.timestamp = kEarliestTimestamp;
  const auto answer = call<protocol::ListOffsetsResponse>(request, 7);
  if (!answer) return fail(ErrorCode::kNetworkException, "no answer");
  const auto& found = (*answer)->topics.front().partitions.front();
  if (found.error_code != ErrorCode::kNone) return fail(found.error_code, "asking where the log starts");
  return found.offset;
}

Result<ReadLog> ScriptClient::read_log(const std::string& name, const Uuid& topic, std::int32_t partition) {
  while (true) {
    const auto before = log_start(name, partition);
    if (!before) return fail(before.error());
    auto records = read_all(topic, partition, *before);
    // The start may move while the log is read.
    if (!records && records.error().code == ErrorCode::kOffsetOutOfRange) continue;
    if (!records) return fail(records.error());
    const auto after = log_start(name, partition);
    if (!after) return fail(after.error());
    return ReadLog{.start_offset = *after, .records = *std::move(records)};
  }
}

Result<std::vector<ReadRecord>> ScriptClient::read_all(const Uuid& topic, std::int32_t partition,
                                                       std::int64_t from) {
  std::vector<ReadRecord> all;
  std::int64_t offset = from;
  while (true) {
    protocol::FetchRequest request;
    request.max_bytes = kFetchBytes;
    auto& asked = request.topics.emplace_back();
    asked.topic_id = topic;
    auto& one = asked.partitions.emplace_back();
    one.partition = partition;
    one.fetch_offset = offset;
    one.partition_max_bytes = kFetchBytes;
    const auto answer = call<protocol::FetchResponse>(request, 13);
    if (!answer) return fail(ErrorCode::kNetworkException, "no answer");
    const auto& data = (*answer)->responses.front().partitions.front();
    if (data.error_code != ErrorCode::kNone) return fail(data.error_code, "fetching");
    const std::size_t before = all.size();
    if (auto added = add_records(data.records->bytes, offset, all); !added) return fail(added.error());
    if (all.size() == before) {
      // Below the high watermark only where a power cut took what stood there.
      return all;
    }
    offset = all.back().offset + 1;
  }
}

std::optional<ErrorCode> ScriptClient::join_without_id(const std::string& group,
                                                       std::int32_t session_timeout_ms) {
  protocol::JoinGroupRequest request;
  request.group_id = GroupId(group);
  request.session_timeout_ms = session_timeout_ms;
  request.rebalance_timeout_ms = session_timeout_ms;
  request.protocol_type = "consumer";
  request.protocols.emplace_back().name = "range";
  const auto answer = call<protocol::JoinGroupResponse>(request, 9);
  if (!answer) return std::nullopt;
  return (*answer)->error_code;
}

bool ScriptClient::find_coordinator(const std::string& key, std::int8_t key_type) {
  protocol::FindCoordinatorRequest request;
  request.key_type = key_type;
  request.coordinator_keys.emplace_back(key);
  for (int i = 0; i < kCoordinatorTries; ++i) {
    const auto answer = call<protocol::FindCoordinatorResponse>(request, 6);
    if (!answer) return false;
    if ((*answer)->coordinators.front().error_code == ErrorCode::kNone) return true;
  }
  return false;
}

std::optional<ErrorCode> ScriptClient::commit(const std::string& group, const std::string& topic,
                                              std::int64_t offset) {
  protocol::OffsetCommitRequest request;
  request.group_id = GroupId(group);
  auto& one = request.topics.emplace_back();
  one.name = TopicName(topic);
  auto& partition = one.partitions.emplace_back();
  partition.committed_offset = offset;
  const auto answer = call<protocol::OffsetCommitResponse>(request, 9);
  if (!answer) return std::nullopt;
  return (*answer)->topics.front().partitions.front().error_code;
}

std::optional<std::int64_t> ScriptClient::committed(const std::string& group, const std::string& topic,
                                                    std::int32_t partition) {
  protocol::OffsetFetchRequest request;
  auto& asked = request.groups.emplace_back();
  asked.group_id = GroupId(group);
  auto& one = asked.topics->emplace_back();
  one.name = TopicName(topic);
  one.partition_indexes.push_back(partition);
  for (int i = 0; i < kCoordinatorTries; ++i) {
    const auto answer = call<protocol::OffsetFetchResponse>(request, 9);
    if (!answer) return std::nullopt;
    const auto& found = (*answer)->groups.front();
    if (found.error_code == ErrorCode::kNone) return found.topics.front().partitions.front().committed_offset;
  }
  return std::nullopt;
}

}  // namespace moldau::sim
