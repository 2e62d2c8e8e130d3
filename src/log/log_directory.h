#pragma once

#include <memory>
#include <string>
#include <vector>

#include "base/result.h"
#include "base/uuid.h"
#include "io/directory.h"
#include "log/flush_work.h"
#include "log/partition_log.h"
#include "log/partition_name.h"

namespace moldau::log {

/// A partition's folder in a log directory.
struct FoundFolder {
  std::string name;
  PartitionFolder folder;
};

/// The partition folders of a log directory, sorted by name. Folders with other names are left out: so is
/// the metadata log's owner free to open `__cluster_metadata-0`, which is in the list like any other.
Result<std::vector<FoundFolder>> list_partition_folders(io::Directory& log_dir);

/// Opens the log in the folder of that name, which is made if it is not there. Blocks. As
/// PartitionLog::open().
Result<std::unique_ptr<PartitionLog>> open_or_create(io::Directory& log_dir, const std::string& folder,
                                                     OpenOptions options);

/// A partition made by create_partition().
struct CreatedPartition {
  std::unique_ptr<PartitionLog> log;
  /// Makes all of it durable, the folder's own entry in the log directory included. Several partitions' works
  /// may be run one after the other; see merge().
  FlushWork work;
};

/// Makes the folder of a partition and an empty log in it. Nothing is durable until the work has run and
/// was reported by flushed(). KAFKA_STORAGE_ERROR if the folder is there and cannot be opened as a log.
Result<CreatedPartition> create_partition(const std::shared_ptr<io::Directory>& log_dir,
                                          const PartitionName& partition, const OpenOptions& options);

/// Adds `more` to `work`; a folder that both ask for is synced once. The ticket of `work` is kept.
void merge(FlushWork& work, FlushWork more);

/// Moves a partition's folder aside, to be deleted later or kept as a stray; open handles stay good. `id` is
/// fresh. Answers the new name. Blocks until it is durable.
Result<std::string> move_aside(io::Directory& log_dir, const PartitionName& partition, FolderKind kind,
                               const Uuid& id);
/// The same for a folder of the partition that has another name.
Result<std::string> move_aside(io::Directory& log_dir, const std::string& folder,
                               const PartitionName& partition, FolderKind kind, const Uuid& id);

/// Removes a folder with the files in it. Blocks.
Result<void> remove_folder(io::Directory& log_dir, const std::string& name);

}  // namespace moldau::log
