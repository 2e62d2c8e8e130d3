#include "share/share_session.h"

#include <limits>

namespace moldau::share {

ShareSession::ShareSession(ShareSessionKey key, std::string connection,
                           std::span<const ShareSessionPartition> partitions)
    : key_(std::move(key)), connection_(std::move(connection)) {
  for (const ShareSessionPartition& partition : partitions)
    add(partition, false);
}

std::int32_t ShareSession::next_epoch(std::int32_t epoch) {
  if (epoch < 0) return kFinalEpoch;
  return epoch == std::numeric_limits<std::int32_t>::max() ? 1 : epoch + 1;
}

bool ShareSession::add(const ShareSessionPartition& partition, bool is_news) {
  const auto [known, is_new] = entries_.try_emplace(Key(partition.topic_id, partition.partition));
  if (is_new) known->second = order_.insert(order_.end(), {.partition = partition, .is_news = is_news});
  return is_new;
}

void ShareSession::update(std::span<const ShareSessionPartition> wanted,
                          std::span<const ShareSessionPartition> forgotten) {
  for (const ShareSessionPartition& partition : wanted)
    add(partition, true);
  for (const ShareSessionPartition& partition : forgotten) {
    const auto known = entries_.find(Key(partition.topic_id, partition.partition));
    if (known == entries_.end()) continue;
    order_.erase(known->second);
    entries_.erase(known);
  }
}

bool ShareSession::tell(const Uuid& topic_id, std::int32_t partition, bool has_records, bool has_error) {
  const auto known = entries_.find(Key(topic_id, partition));
  if (known == entries_.end()) return true;
  const bool was_news = std::exchange(known->second->is_news, has_error);
  if (has_records) order_.splice(order_.end(), order_, known->second);
  return has_records || has_error || was_news;
}

std::vector<ShareSessionPartition> ShareSession::partitions() const {
  std::vector<ShareSessionPartition> partitions;
  partitions.reserve(order_.size());
  for (const Entry& entry : order_)
    partitions.push_back(entry.partition);
  return partitions;
}

}  // namespace moldau::share
