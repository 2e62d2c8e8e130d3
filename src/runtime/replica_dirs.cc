#include "runtime/replica_dirs.h"

#include <algorithm>
#include <limits>

#include "base/assert.h"
#include "log/partition_name.h"
#include "metadata/directory_id.h"

namespace moldau::runtime {
namespace {

/// As many as Apache Kafka's brokers put into one request.
constexpr std::size_t kMaxAssignmentsPerRequest = 2250;

/// Whether the controller knows, or knows no such replica.
bool is_settled(ErrorCode error) {
  switch (error) {
    case ErrorCode::kNone:
    case ErrorCode::kUnknownTopicId:
    case ErrorCode::kUnknownTopicOrPartition:
    case ErrorCode::kNotLeaderOrFollower:
      return true;
    default:
      return false;
  }
}

}  // namespace

ReplicaDirs::ReplicaDirs(std::span<const LogDir> log_dirs, BrokerId node_id)
    : log_dirs_(log_dirs), node_id_(node_id), counts_(log_dirs.size()) {
  for (const LogDir& dir : log_dirs) {
    offline_.push_back(dir.failure.has_value());
  }
}

void ReplicaDirs::found(FoundReplicas& replicas) {
  folders_ = replicas.take_replicas();
  copies_ = replicas.take_copies();
}

void ReplicaDirs::prefer(const log::PartitionName& name, std::size_t log_dir) {
  preferred_[name] = log_dir;
}

ReplicaPlaces ReplicaDirs::place(const metadata::Image& image, const metadata::ImageDelta& delta,
                                 const std::vector<bool>& cordoned) {
  for (const auto& [id, topic] : delta.removed_topics) {
    forget(*topic);
  }
  ReplicaPlaces placed;
  for (const auto& [id, change] : delta.topics) {
    const metadata::Topic* topic = image.topic(id);
    if (topic == nullptr) continue;
    for (const std::int32_t partition_id : change.partitions) {
      const metadata::Partition* partition = topic->find(partition_id);
      if (partition == nullptr || !metadata::contains(partition->replicas, node_id_)) continue;
      Index& place = place_of(id, partition_id);
      if (place != kNotHere) continue;
      const Uuid assigned = partition->directory_of(node_id_);
      const log::PartitionName name{topic->name(), partition_id};
      const bool is_new = !folders_.contains(name);
      const auto chosen = choose(name, assigned, cordoned);
      auto copy = copies_.extract(name);
      placed.emplace(Key{id, partition_id},
                     ReplicaPlace{.log_dir = chosen,
                                  .copy = copy ? std::optional(std::move(copy.mapped())) : std::nullopt,
                                  .is_new = is_new});
      place = chosen ? static_cast<Index>(*chosen) : kOffline;
      if (!chosen) continue;
      ++counts_[*chosen];
      if (log_dirs_[*chosen].identity.directory_id != assigned) unsaid_[{id, partition_id}] = *chosen;
    }
  }
  return placed;
}

ReplicaDirs::Index& ReplicaDirs::place_of(const Uuid& topic_id, std::int32_t partition) {
  std::vector<Index>& places = places_[topic_id];
  const auto at = static_cast<std::size_t>(partition);
  if (places.size() <= at) places.resize(at + 1, kNotHere);
  return places[at];
}

void ReplicaDirs::forget(const metadata::Topic& topic) {
  const auto found = places_.find(topic.id());
  if (found == places_.end()) return;
  for (const Index place : found->second) {
    if (place < counts_.size()) --counts_[place];
  }
  places_.erase(found);
  unsaid_.erase(unsaid_.lower_bound({topic.id(), 0}),
                unsaid_.upper_bound({topic.id(), std::numeric_limits<std::int32_t>::max()}));
}

std::optional<std::size_t> ReplicaDirs::choose(const log::PartitionName& name, const Uuid& assigned,
                                               const std::vector<bool>& cordoned) {
  if (const auto folder = folders_.extract(name)) {
    return offline_[folder.mapped()] ? std::nullopt : std::optional(folder.mapped());
  }
  if (const auto preferred = preferred_.extract(name)) {
    if (!offline_[preferred.mapped()]) return preferred.mapped();
  }
  const auto wanted = std::ranges::find(log_dirs_, assigned, [](const LogDir& dir) {
    return dir.identity.directory_id.value_or(metadata::kUnassignedDirectory);
  });
  const auto at = static_cast<std::size_t>(wanted - log_dirs_.begin());
  if (wanted != log_dirs_.end() && !metadata::is_reserved_directory(assigned) && !offline_[at]) return at;
  const bool any_offline = std::ranges::find(offline_, true) != offline_.end();
  if (any_offline && assigned != metadata::kUnassignedDirectory) return std::nullopt;
  return emptiest(cordoned);
}

std::size_t ReplicaDirs::emptiest(const std::vector<bool>& cordoned) const {
  std::optional<std::size_t> first;
  std::optional<std::size_t> best;
  for (std::size_t i = 0; i < counts_.size(); ++i) {
    if (offline_[i]) continue;
    if (!first) first = i;
    if (!cordoned[i] && (!best || counts_[i] < counts_[*best])) best = i;
  }
  require(first.has_value(), "a node that places replicas has a directory");
  return best.value_or(*first);
}

void ReplicaDirs::moved(const Uuid& topic_id, std::int32_t partition, std::size_t log_dir) {
  const auto found = places_.find(topic_id);
  if (found == places_.end()) return;
  Index& place = place_of(topic_id, partition);
  if (place < counts_.size()) --counts_[place];
  ++counts_[log_dir];
  place = static_cast<Index>(log_dir);
  unsaid_.erase({topic_id, partition});
}

void ReplicaDirs::stayed(const Uuid& topic_id, std::int32_t partition, std::size_t log_dir) {
  if (places_.contains(topic_id)) unsaid_[{topic_id, partition}] = log_dir;
}

void ReplicaDirs::dir_failed(std::size_t log_dir) {
  offline_[log_dir] = true;
  std::erase_if(unsaid_, [log_dir](const auto& one) { return one.second == log_dir; });
}

bool ReplicaDirs::are_all_offline() const {
  return std::ranges::find(offline_, false) == offline_.end();
}

protocol::AssignReplicasToDirsRequest ReplicaDirs::unsaid() const {
  std::map<std::size_t, std::map<Uuid, std::vector<std::int32_t>>> by_dir;
  std::size_t left = kMaxAssignmentsPerRequest;
  for (const auto& [key, dir] : unsaid_) {
    if (left-- == 0) break;
    by_dir[dir][key.first].push_back(key.second);
  }
  protocol::AssignReplicasToDirsRequest request;
  for (const auto& [dir, topics] : by_dir) {
    auto& directory = request.directories.emplace_back();
    directory.id = *log_dirs_[dir].identity.directory_id;
    for (const auto& [id, partitions] : topics) {
      auto& topic = directory.topics.emplace_back();
      topic.topic_id = id;
      for (const std::int32_t partition : partitions) {
        topic.partitions.push_back({.partition_index = partition, .unknown_tags = {}});
      }
    }
  }
  return request;
}

bool ReplicaDirs::answered(const protocol::AssignReplicasToDirsResponse& response) {
  bool took_all = true;
  for (const auto& directory : response.directories) {
    for (const auto& topic : directory.topics) {
      for (const auto& partition : topic.partitions) {
        if (!is_settled(partition.error_code)) {
          took_all = false;
          continue;
        }
        const auto found = unsaid_.find({topic.topic_id, partition.partition_index});
        if (found != unsaid_.end() && log_dirs_[found->second].identity.directory_id == directory.id)
          unsaid_.erase(found);
      }
    }
  }
  return took_all;
}

}  // namespace moldau::runtime
