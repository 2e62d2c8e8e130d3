#pragma once

#include <cstddef>
#include <map>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "base/ids.h"
#include "base/result.h"
#include "io/random.h"
#include "log/partition_name.h"
#include "metadata/image.h"
#include "runtime/log_dirs.h"

namespace moldau::runtime {

/// A folder of a replica that is on its way to another directory: `topic-3.<32 hex>-future`.
struct UnfinishedCopy {
  std::size_t log_dir = 0;
  std::string folder;
};

/// The replicas whose folders the log directories hold when a node starts, before any of them is opened. With
/// the image of all that is committed. Blocks.
class FoundReplicas {
 public:
  /// What `log_dirs` refers to, the image and `random` outlive it.
  FoundReplicas(std::span<const LogDir> log_dirs, const metadata::Image& image, BrokerId node_id,
                io::Random& random)
      : log_dirs_(log_dirs), image_(image), node_id_(node_id), random_(random) {}

  /// Takes note of the folders of one directory. Those that the cluster does not place on this node, as of a
  /// topic that was deleted or made anew while the node was away, are moved aside:
  /// `topic-3.<32 hex>-stray`, kept for the operator as Apache Kafka keeps them.
  Result<void> look_into(std::size_t log_dir);

  /// Behind all directories: leaves one folder of each replica. Where two directories have it, the one that
  /// the controller names stays and the other is moved aside as a stray; INVALID_CONFIG if it names none of
  /// them. A copy whose log is gone becomes the replica if the controller names its directory.
  Result<void> settle();

  /// In which directory each replica is. Once.
  std::map<log::PartitionName, std::size_t> take_replicas() { return std::move(replicas_); }
  /// Moves that go on. Once.
  std::map<log::PartitionName, UnfinishedCopy> take_copies() { return std::move(copies_); }

 private:
  Result<void> set_aside(std::size_t log_dir, const std::string& folder, const log::PartitionName& name);
  bool is_named(const log::PartitionName& name, std::size_t log_dir) const;
  Result<void> settle_copy(const log::PartitionName& name, const UnfinishedCopy& copy);
  Result<std::size_t> pick(const log::PartitionName& name, const std::vector<std::size_t>& log_dirs) const;

  std::span<const LogDir> log_dirs_;
  const metadata::Image& image_;
  BrokerId node_id_;
  io::Random& random_;
  std::map<log::PartitionName, std::vector<std::size_t>> folders_;
  std::map<log::PartitionName, std::vector<UnfinishedCopy>> unfinished_;
  std::map<log::PartitionName, std::size_t> replicas_;
  std::map<log::PartitionName, UnfinishedCopy> copies_;
};

}  // namespace moldau::runtime
