#include "metadata/image_queries.h"

#include <algorithm>

namespace moldau::metadata {
namespace {

std::optional<BrokerNode> node_of(const BrokerRegistration& broker, std::string_view listener) {
  const auto found = broker.listeners.find(std::string(listener));
  if (found == broker.listeners.end()) return std::nullopt;
  BrokerNode node{.id = broker.id,
                  .host = found->second.host,
                  .port = found->second.port,
                  .rack = {},
                  .is_fenced = broker.is_fenced};
  if (broker.rack) node.rack = *broker.rack;
  return node;
}

bool is_offline(const Image& image, const Partition& partition, BrokerId replica, std::string_view listener) {
  const BrokerRegistration* broker = image.broker(replica);
  return broker == nullptr || broker->is_fenced || !broker->listeners.contains(std::string(listener)) ||
         !broker->has_online_directory(partition.directory_of(replica));
}

Replicas reachable(const Image& image, const Replicas& replicas, std::string_view listener) {
  Replicas found;
  std::ranges::copy_if(replicas, std::back_inserter(found), [&](BrokerId id) {
    const BrokerRegistration* broker = image.broker(id);
    return broker != nullptr && !broker->is_fenced && broker->listeners.contains(std::string(listener));
  });
  return found;
}

}  // namespace

const Partition* find_partition(const Image& image, std::string_view topic, std::int32_t partition_id) {
  const Topic* found = image.topic(topic);
  return found == nullptr ? nullptr : found->find(partition_id);
}

std::optional<BrokerNode> broker_node(const Image& image, BrokerId broker_id, std::string_view listener) {
  const BrokerRegistration* broker = image.broker(broker_id);
  return broker == nullptr ? std::nullopt : node_of(*broker, listener);
}

std::vector<BrokerNode> broker_nodes(const Image& image, std::string_view listener, bool include_fenced) {
  std::vector<BrokerNode> nodes;
  for (const auto& [id, broker] : image.brokers) {
    if (broker->is_fenced && !include_fenced) continue;
    if (auto node = node_of(*broker, listener)) nodes.push_back(*node);
  }
  return nodes;
}

BrokerId controller_for_clients(const Image& image, BrokerId preferred) {
  const BrokerRegistration* first = image.broker(preferred);
  if (first != nullptr && !first->is_fenced) return preferred;
  for (const auto& [id, broker] : image.brokers) {
    if (!broker->is_fenced) return id;
  }
  return kNoLeader;
}

PartitionStatus partition_status(const Image& image, std::int32_t partition_id, const Partition& partition,
                                 std::string_view listener, const StatusRules& rules) {
  PartitionStatus status{.error = ErrorCode::kNone,
                         .partition_id = partition_id,
                         .leader_id = kNoLeader,
                         .leader_epoch = partition.leader_epoch,
                         .replicas = partition.replicas,
                         .isr = partition.isr,
                         .offline_replicas = {},
                         .elr = partition.elr,
                         .last_known_elr = partition.last_known_elr};
  std::ranges::copy_if(partition.replicas, std::back_inserter(status.offline_replicas),
                       [&](BrokerId id) { return is_offline(image, partition, id, listener); });
  if (rules.hide_unavailable_replicas) {
    status.replicas = reachable(image, partition.replicas, listener);
    status.isr = reachable(image, partition.isr, listener);
  }
  if (broker_node(image, partition.leader, listener)) {
    status.leader_id = partition.leader;
    const bool is_short =
        status.replicas.size() < partition.replicas.size() || status.isr.size() < partition.isr.size();
    if (is_short) status.error = ErrorCode::kReplicaNotAvailable;
  } else {
    const bool has_leader = image.broker(partition.leader) != nullptr;
    status.error = has_leader && rules.report_missing_listener ? ErrorCode::kListenerNotFound
                                                               : ErrorCode::kLeaderNotAvailable;
  }
  return status;
}

std::vector<PartitionStatus> topic_status(const Image& image, const Topic& topic, std::string_view listener,
                                          const StatusRules& rules) {
  std::vector<PartitionStatus> statuses;
  topic.for_each_partition([&](std::int32_t id, const Partition& partition) {
    statuses.push_back(partition_status(image, id, partition, listener, rules));
  });
  return statuses;
}

StatusPage topic_status_page(const Image& image, const Topic& topic, std::string_view listener,
                             std::int32_t first, std::int32_t most) {
  StatusPage page;
  const auto count = static_cast<std::int64_t>(topic.partition_count());
  const std::int64_t end = std::min(count, std::int64_t{first} + most);
  for (std::int64_t id = std::max(first, 0); id < end; ++id) {
    const Partition* partition = topic.find(static_cast<std::int32_t>(id));
    if (partition == nullptr) continue;
    page.partitions.push_back(
        partition_status(image, static_cast<std::int32_t>(id), *partition, listener, {}));
    page.partitions.back().error = ErrorCode::kNone;
  }
  if (end < count) page.next_partition = static_cast<std::int32_t>(end);
  return page;
}

std::map<std::string, std::int16_t> finalized_features(const Image& image, std::int16_t kraft_version) {
  std::map<std::string, std::int16_t> levels;
  for (const auto& [name, level] : image.features)
    levels.emplace(name, level);
  if (image.metadata_version) levels.emplace(kMetadataVersionFeature, image.metadata_version->level());
  if (kraft_version > 0) levels.emplace(kKraftVersionFeature, kraft_version);
  return levels;
}

}  // namespace moldau::metadata
