#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/error_code.h"
#include "metadata/image.h"

/// What request handlers ask of an image. `listener` is the name of the listener that the client came in by:
/// a broker without it is not there for that client.
namespace moldau::metadata {

/// The partition of that name; nullptr where there is no such topic or no such partition of it.
const Partition* find_partition(const Image& image, std::string_view topic, std::int32_t partition_id);

/// A broker as a client is told of it. Views live as long as the image.
struct BrokerNode {
  BrokerId id{-1};
  std::string_view host;
  std::uint16_t port = 0;
  std::optional<std::string_view> rack;
  bool is_fenced = false;

  bool operator==(const BrokerNode&) const = default;
};

/// The broker's address; nullopt if it is unknown or has no such listener. Fenced ones are told too.
std::optional<BrokerNode> broker_node(const Image& image, BrokerId broker_id, std::string_view listener);

/// Unfenced brokers by id, or all of them (DescribeCluster v2 may ask for that).
std::vector<BrokerNode> broker_nodes(const Image& image, std::string_view listener,
                                     bool include_fenced = false);

/// The broker that clients are told to be the controller. They may send its requests to any live one, so it
/// is `preferred` if that lives, else another; kNoLeader if there is none.
BrokerId controller_for_clients(const Image& image, BrokerId preferred);

/// A partition as Metadata and DescribeTopicPartitions report it.
struct PartitionStatus {
  ErrorCode error = ErrorCode::kNone;
  std::int32_t partition_id = -1;
  BrokerId leader_id = kNoLeader;  ///< kNoLeader also where the leader can't be reached by the listener.
  std::int32_t leader_epoch = -1;
  Replicas replicas;
  Replicas isr;
  Replicas offline_replicas;
  Replicas elr;
  Replicas last_known_elr;

  bool operator==(const PartitionStatus&) const = default;
};

/// How Metadata's versions differ.
struct StatusRules {
  /// Metadata v0 leaves unreachable replicas out and reports REPLICA_NOT_AVAILABLE.
  bool hide_unavailable_replicas = false;
  /// Metadata v6 and later tell a leader without the listener (LISTENER_NOT_FOUND) from no leader.
  bool report_missing_listener = true;
};

PartitionStatus partition_status(const Image& image, std::int32_t partition_id, const Partition& partition,
                                 std::string_view listener, const StatusRules& rules);

/// Status of all partitions of a topic by id.
std::vector<PartitionStatus> topic_status(const Image& image, const Topic& topic, std::string_view listener,
                                          const StatusRules& rules);

/// Status of the partitions from `first` on, at most `most` of them, for DescribeTopicPartitions; `error` is
/// always kNone there.
struct StatusPage {
  std::vector<PartitionStatus> partitions;
  std::optional<std::int32_t> next_partition;  ///< Where the next page begins; nullopt at the topic's end.
};
StatusPage topic_status_page(const Image& image, const Topic& topic, std::string_view listener,
                             std::int32_t first, std::int32_t most);

/// Finalized features as ApiVersions tells them, by name: metadata.version and those above 0.
std::map<std::string, std::int16_t> finalized_features(const Image& image, std::int16_t kraft_version);

}  // namespace moldau::metadata
