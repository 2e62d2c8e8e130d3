#pragma once

#include <memory>
#include <string>
#include <vector>

#include "base/result.h"
#include "base/uuid.h"
#include "io/directory.h"
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

/// Opens the log in the folder of that name, which is made if it is not there; a new folder becomes durable
/// with the log's first flush. As PartitionLog::open(), but does not block where the folder is new.
Result<std::unique_ptr<PartitionLog>> open_or_create(const std::shared_ptr<io::Directory>& log_dir,
                                                     const std::string& folder, OpenOptions options);

/// Moves a partition's folder aside, to be deleted later or kept as a stray; open handles stay good, but
/// nothing is appended any more. `id` is fresh. Answers the new name. Blocks until it is durable.
Result<std::string> move_aside(io::Directory& log_dir, const PartitionName& partition, FolderKind kind,
                               const Uuid& id);
/// The same for a folder of the partition that has another name.
Result<std::string> move_aside(io::Directory& log_dir, const std::string& folder,
                               const PartitionName& partition, FolderKind kind, const Uuid& id);

/// Removes a folder with the files in it. Blocks.
Result<void> remove_folder(io::Directory& log_dir, const std::string& name);

}  // namespace moldau::log
