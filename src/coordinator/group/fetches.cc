#include <cstdint>
#include <string>
#include <utility>

#include "coordinator/group/group_coordinator.h"
#include "coordinator/group/streams_commits.h"

namespace moldau::coordinator {
namespace {

using Group = protocol::OffsetFetchResponse::OffsetFetchResponseGroup;
using Partition = protocol::OffsetFetchResponse::OffsetFetchResponsePartitions;

Partition no_offset(std::int32_t index, ErrorCode error) {
  Partition partition;
  partition.partition_index = index;
  partition.committed_offset = -1;
  partition.committed_leader_epoch = -1;
  partition.metadata = "";
  partition.error_code = error;
  return partition;
}

Partition with_offset(Reply<Group>& reply, std::int32_t index, const StoredOffset& stored) {
  Partition partition;
  partition.partition_index = index;
  partition.committed_offset = stored.offset;
  partition.committed_leader_epoch = stored.leader_epoch;
  partition.metadata = stored.metadata.empty() ? std::string_view{} : reply.keep(stored.metadata);
  return partition;
}

/// An offset of a topic that was deleted and created anew does not count.
bool is_of_other_topic(const StoredOffset& stored, const Uuid& asked) {
  return !stored.topic_id.is_zero() && !asked.is_zero() && stored.topic_id != asked;
}

}  // namespace

Reply<Group> GroupCoordinator::fetch_offsets(
    const protocol::OffsetFetchRequest::OffsetFetchRequestGroup& request, bool require_stable) const {
  Reply<Group> reply;
  const std::string group_id(request.group_id.value());
  const LogEnd at = require_stable ? kLatest : store_.committed();
  const bool is_known = store_.groups().find(group_id, at) != nullptr;
  reply.message.group_id = request.group_id;
  if (const auto* consumer = store_.consumer(group_id, at)) {
    reply.message.error_code = check_fetcher(*consumer, request.member_id, request.member_epoch);
    if (reply.message.error_code != ErrorCode::kNone) return reply;
  }
  if (const auto* streams = store_.streams(group_id, at)) {
    reply.message.error_code = check_fetcher(*streams, request.member_id, request.member_epoch);
    if (reply.message.error_code != ErrorCode::kNone) return reply;
  }
  if (!request.topics) {
    if (!is_known) return reply;
    store_.offsets().visit_group(group_id, at, [&](const OffsetKey& key, const StoredOffset& stored) {
      auto& topics = reply.message.topics;
      if (topics.empty() || topics.back().name.value() != key.topic) {
        topics.emplace_back().name = TopicName(reply.keep(key.topic));
      }
      topics.back().partitions.push_back(require_stable && store_.offsets().has_open(key)
                                             ? no_offset(key.partition, ErrorCode::kUnstableOffsetCommit)
                                             : with_offset(reply, key.partition, stored));
    });
    return reply;
  }
  OffsetKey key{group_id, {}, 0};
  for (const auto& topic : *request.topics) {
    auto& answered = reply.message.topics.emplace_back();
    answered.name = topic.name;
    answered.topic_id = topic.topic_id;
    key.topic = topic.name.value();
    for (const std::int32_t index : topic.partition_indexes) {
      key.partition = index;
      const StoredOffset* stored = is_known ? store_.offsets().find(key, at) : nullptr;
      if (require_stable && store_.offsets().has_open(key)) {
        answered.partitions.push_back(no_offset(index, ErrorCode::kUnstableOffsetCommit));
      } else if (stored == nullptr || is_of_other_topic(*stored, topic.topic_id)) {
        answered.partitions.push_back(no_offset(index, ErrorCode::kNone));
      } else {
        answered.partitions.push_back(with_offset(reply, index, *stored));
      }
    }
  }
  return reply;
}

}  // namespace moldau::coordinator
