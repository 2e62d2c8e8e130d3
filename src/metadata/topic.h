#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.h"
#include "base/uuid.h"
#include "metadata/partition.h"

namespace moldau::metadata {

/// A topic of the image. Immutable and shared: a change makes another topic that has all chunks of partitions
/// but one in common with this.
class Topic {
 public:
  Topic(std::string name, Uuid id) : name_(std::move(name)), id_(id) {}

  const std::string& name() const { return name_; }
  const Uuid& id() const { return id_; }
  std::size_t partition_count() const { return partition_count_; }

  /// The partition, or nullptr. Valid as long as a topic that shares it.
  const Partition* find(std::int32_t partition_id) const;

  /// This topic with `partition` at `partition_id` >= 0.
  Topic with(std::int32_t partition_id, Partition partition) const;

  /// Calls visit(partition_id, partition) in order of ids.
  template <class Visit>
  void for_each_partition(Visit&& visit) const {
    for (const auto& chunk : chunks_) {
      for (const auto& [id, partition] : *chunk)
        visit(id, partition);
    }
  }

  bool operator==(const Topic& other) const;

 private:
  using Entry = std::pair<std::int32_t, Partition>;
  using Chunk = std::vector<Entry>;
  static constexpr std::int32_t kChunkSpan = 16;  ///< Ids of a chunk share the quotient by this, its number.

  static std::int32_t number_of(const std::shared_ptr<const Chunk>& chunk) {
    return chunk->front().first / kChunkSpan;
  }
  static std::int32_t place_in_chunk(const Entry& entry) { return entry.first % kChunkSpan; }

  std::string name_;
  Uuid id_;
  std::size_t partition_count_ = 0;
  std::vector<std::shared_ptr<const Chunk>> chunks_;  ///< None empty; rising ids over all.
};

inline constexpr std::size_t kMaxTopicNameLength = 249;

/// Why `name` can't be a topic's, or an empty text if it can; the words are Kafka's, as clients show them.
std::string reason_for_invalid_topic_name(std::string_view name);
/// INVALID_TOPIC_EXCEPTION with that reason.
Result<void> check_topic_name(std::string_view name);

/// True for the topics that brokers keep for themselves: consumer offsets, transaction and share state.
bool is_internal_topic(std::string_view name);

/// True if the name has a character that metric names fold into another ('.' or '_').
bool has_collision_chars(std::string_view name);
/// The name with '.' as '_': two topics whose folded names are the same collide.
std::string fold_collision_chars(std::string_view name);

}  // namespace moldau::metadata
