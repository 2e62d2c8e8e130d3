#include "api/fetch_session.h"

#include <limits>
#include <utility>

namespace moldau::api {

using protocol::FetchRequest;

SessionPartition session_partition(SharedName topic, const Uuid& topic_id,
                                   const FetchRequest::FetchPartition& partition) {
  return {.topic = std::move(topic),
          .topic_id = topic_id,
          .partition = partition.partition,
          .fetch_offset = partition.fetch_offset,
          .max_bytes = partition.partition_max_bytes,
          .current_leader_epoch = partition.current_leader_epoch,
          .last_fetched_epoch = partition.last_fetched_epoch};
}

std::int32_t FetchSession::next_epoch(std::int32_t epoch) {
  if (epoch < 0) return kFinalEpoch;
  return epoch == std::numeric_limits<std::int32_t>::max() ? 1 : epoch + 1;
}

void FetchSession::want(SessionPartition partition) {
  const auto known = entries_.find(key_of(partition));
  if (known == entries_.end()) {
    insert({.wanted = std::move(partition)});
    return;
  }
  SessionPartition& wanted = known->second->wanted;
  wanted.fetch_offset = partition.fetch_offset;
  wanted.max_bytes = partition.max_bytes;
  wanted.current_leader_epoch = partition.current_leader_epoch;
  wanted.last_fetched_epoch = partition.last_fetched_epoch;
}

void FetchSession::add(SessionPartition partition, const Found& told) {
  partition.was_known = told.error != ErrorCode::kUnknownTopicId;
  insert({.wanted = std::move(partition),
          .high_watermark = told.high_watermark,
          .log_start_offset = told.log_start_offset});
}

void FetchSession::insert(Entry entry) {
  const SessionPartition& wanted = entry.wanted;
  const auto near =
      entries_.lower_bound(Key{wanted.topic_id, wanted.name(), std::numeric_limits<std::int32_t>::min()});
  if (near != entries_.end() && near->second->wanted.name() == wanted.name())
    entry.wanted.topic = near->second->wanted.topic;
  const auto place = order_.insert(order_.end(), std::move(entry));
  if (!entries_.emplace(key_of(place->wanted), place).second) order_.erase(place);
}

void FetchSession::update(const FetchRequest& request) {
  for (const auto& topic : request.topics) {
    const SharedName name = names_ids_ ? nullptr : shared_name(topic.topic.value());
    for (const auto& partition : topic.partitions) {
      want(session_partition(name, topic.topic_id, partition));
    }
  }
  for (const auto& topic : request.forgotten_topics_data) {
    const std::string_view name = names_ids_ ? std::string_view() : topic.topic.value();
    for (const std::int32_t partition : topic.partitions) {
      const auto known = entries_.find(Key{topic.topic_id, name, partition});
      if (known == entries_.end()) continue;
      const auto place = known->second;
      entries_.erase(known);
      order_.erase(place);
    }
  }
}

bool FetchSession::tell(std::string_view topic, const Uuid& topic_id, std::int32_t partition,
                        const Found& found) {
  const auto known = entries_.find(Key{topic_id, topic, partition});
  if (known == entries_.end()) return true;
  Entry& entry = *known->second;
  bool is_news = found.has_records || found.is_diverging;
  is_news |= std::exchange(entry.high_watermark, found.high_watermark) != found.high_watermark;
  is_news |= std::exchange(entry.log_start_offset, found.log_start_offset) != found.log_start_offset;
  if (found.error != ErrorCode::kNone) {
    // The client is to hear of the high watermark again once the error is over.
    entry.high_watermark = -1;
    is_news = true;
  }
  if (found.error != ErrorCode::kUnknownTopicId) entry.wanted.was_known = true;
  if (found.has_records) order_.splice(order_.end(), order_, known->second);
  return is_news;
}

}  // namespace moldau::api
