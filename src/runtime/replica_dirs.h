#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <utility>
#include <vector>

#include "base/ids.h"
#include "base/result.h"
#include "base/uuid.h"
#include "log/partition_name.h"
#include "metadata/image.h"
#include "protocol/messages/assign_replicas_to_dirs_request.h"
#include "protocol/messages/assign_replicas_to_dirs_response.h"
#include "runtime/found_replicas.h"
#include "runtime/log_dirs.h"

namespace moldau::runtime {

/// Where a replica of this node is.
struct ReplicaPlace {
  /// An index into the log directories; nullopt if it is, or may be, in one that is offline.
  std::optional<std::size_t> log_dir;
  std::optional<UnfinishedCopy> copy;  ///< it is on its way to there
  bool is_new = false;                 ///< no folder of it was found at the start
};
using ReplicaPlaces = std::map<std::pair<Uuid, std::int32_t>, ReplicaPlace>;

/// Decides in which of a node's log directories each of its replicas is, and notes which of them the
/// controller does not know of yet (KIP-858). Belongs to shard 0.
class ReplicaDirs {
 public:
  /// `log_dirs` outlives it; those that have failed by then are offline.
  ReplicaDirs(std::span<const LogDir> log_dirs, BrokerId node_id);

  /// At the start: where folders of replicas are.
  void found(FoundReplicas& replicas);
  /// A replica of that name that comes later, and is not there yet, is to go to that directory.
  void prefer(const log::PartitionName& name, std::size_t log_dir);

  /// The places of those replicas of this node that `delta` brings. They are where their folders are; others
  /// go where the controller wants them, or else into the directory with the fewest replicas, one of the
  /// `cordoned` only if all are. Where a folder may be in an offline directory no other is made.
  ReplicaPlaces place(const metadata::Image& image, const metadata::ImageDelta& delta,
                      const std::vector<bool>& cordoned);

  /// The replica has moved to that directory, and the controller knows.
  void moved(const Uuid& topic_id, std::int32_t partition, std::size_t log_dir);
  /// The replica has not moved from that directory, of which the controller may believe otherwise.
  void stayed(const Uuid& topic_id, std::int32_t partition, std::size_t log_dir);

  /// Its replicas cannot be used any more, and none goes there.
  void dir_failed(std::size_t log_dir);
  bool is_offline(std::size_t log_dir) const { return offline_[log_dir]; }
  bool are_all_offline() const;

  /// What the controller does not know yet, as much as one request may say; no directories when there is
  /// nothing. Broker and epoch are the caller's to fill in.
  protocol::AssignReplicasToDirsRequest unsaid() const;
  /// What it has answered. False if it did not take all: that is said again, but for replicas that it does
  /// not know any more.
  bool answered(const protocol::AssignReplicasToDirsResponse& response);

 private:
  using Key = std::pair<Uuid, std::int32_t>;
  using Index = std::uint16_t;
  static constexpr Index kNotHere = 0xFFFF;
  static constexpr Index kOffline = 0xFFFE;

  void forget(const metadata::Topic& topic);
  Index& place_of(const Uuid& topic_id, std::int32_t partition);
  std::optional<std::size_t> choose(const log::PartitionName& name, const Uuid& assigned,
                                    const std::vector<bool>& cordoned);
  std::size_t emptiest(const std::vector<bool>& cordoned) const;

  std::span<const LogDir> log_dirs_;
  BrokerId node_id_;
  std::vector<bool> offline_;
  std::vector<std::size_t> counts_;  ///< replicas in each directory
  /// Of replicas that are not placed yet.
  std::map<log::PartitionName, std::size_t> folders_;
  std::map<log::PartitionName, UnfinishedCopy> copies_;
  std::map<log::PartitionName, std::size_t> preferred_;
  std::map<Uuid, std::vector<Index>> places_;  ///< by topic, of each partition
  std::map<Key, std::size_t> unsaid_;
};

}  // namespace moldau::runtime
