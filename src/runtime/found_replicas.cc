#include "runtime/found_replicas.h"

#include <algorithm>

#include "log/file_content.h"
#include "log/file_names.h"
#include "log/log_directory.h"
#include "log/partition_metadata_file.h"
#include "observe/log.h"
#include "runtime/metadata_log.h"

namespace moldau::runtime {
namespace {

constexpr std::size_t kLargestMetadataBytes = 4096;

/// The id of the topic whose replica the folder is; nullopt where it does not say, as after a power cut.
Result<std::optional<Uuid>> topic_id_of(io::Directory& log_dir, const std::string& folder_name) {
  auto folder = log_dir.open_directory(folder_name);
  if (!folder) return fail(std::move(folder).error());
  const auto content = log::read_small_file(**folder, log::kPartitionMetadataName, kLargestMetadataBytes);
  if (!content) return fail(content.error());
  if (!*content || (*content)->empty()) return std::nullopt;
  const auto id = log::parse_partition_metadata(as_text(**content));
  return id ? std::optional(*id) : std::nullopt;
}

bool is_placed_here(const metadata::Image& image, const log::PartitionName& name,
                    const std::optional<Uuid>& topic_id, BrokerId node_id) {
  const metadata::Topic* topic = image.topic(name.topic);
  if (topic == nullptr || (topic_id && *topic_id != topic->id())) return false;
  const metadata::Partition* partition = topic->find(name.partition);
  return partition != nullptr && metadata::contains(partition->replicas, node_id);
}

}  // namespace

Result<void> FoundReplicas::look_into(std::size_t log_dir) {
  io::Directory& dir = *log_dirs_[log_dir].folder;
  const auto folders = log::list_partition_folders(dir);
  if (!folders) return fail(folders.error());
  for (const log::FoundFolder& found : *folders) {
    const log::PartitionName& name = found.folder.partition;
    const bool is_copy = found.folder.kind == log::FolderKind::kFuture;
    if (found.folder.kind != log::FolderKind::kLive && !is_copy) continue;
    if (found.name == MetadataLog::kFolderName) continue;
    const auto topic_id = topic_id_of(dir, found.name);
    if (!topic_id) return fail(topic_id.error());
    if (!is_placed_here(image_, name, *topic_id, node_id_)) {
      if (auto aside = set_aside(log_dir, found.name, name); !aside) return aside;
    } else if (is_copy) {
      unfinished_[name].push_back({.log_dir = log_dir, .folder = found.name});
    } else {
      folders_[name].push_back(log_dir);
    }
  }
  return {};
}

Result<void> FoundReplicas::set_aside(std::size_t log_dir, const std::string& folder,
                                      const log::PartitionName& name) {
  const auto moved =
      log::move_aside(*log_dirs_[log_dir].folder, folder, name, log::FolderKind::kStray, random_.uuid());
  if (!moved) return fail(moved.error());
  observe::warn("{} in {} is no replica of this node: moved aside as {}", folder, log_dirs_[log_dir].path,
                *moved);
  return {};
}

bool FoundReplicas::is_named(const log::PartitionName& name, std::size_t log_dir) const {
  const Uuid named = image_.topic(name.topic)->find(name.partition)->directory_of(node_id_);
  return log_dirs_[log_dir].identity.directory_id == named;
}

Result<std::size_t> FoundReplicas::pick(const log::PartitionName& name,
                                        const std::vector<std::size_t>& log_dirs) const {
  if (log_dirs.size() == 1) return log_dirs.front();
  const auto named =
      std::ranges::find_if(log_dirs, [&](std::size_t log_dir) { return is_named(name, log_dir); });
  if (named != log_dirs.end()) return *named;
  return fail(ErrorCode::kInvalidConfig,
              log::format_folder_name(name) + " is in " + log_dirs_[log_dirs[0]].path + " and in " +
                  log_dirs_[log_dirs[1]].path + ", and the cluster knows of neither: remove one of them");
}

Result<void> FoundReplicas::settle() {
  for (const auto& [name, log_dirs] : folders_) {
    const auto picked = pick(name, log_dirs);
    if (!picked) return fail(picked.error());
    replicas_.emplace(name, *picked);
    for (const std::size_t log_dir : log_dirs) {
      if (log_dir == *picked) continue;
      if (auto aside = set_aside(log_dir, log::format_folder_name(name), name); !aside) return aside;
    }
  }
  for (const auto& [name, copies] : unfinished_) {
    for (const UnfinishedCopy& copy : copies) {
      if (auto settled = settle_copy(name, copy); !settled) return settled;
    }
  }
  return {};
}

Result<void> FoundReplicas::settle_copy(const log::PartitionName& name, const UnfinishedCopy& copy) {
  const auto log = replicas_.find(name);
  if (log == replicas_.end()) {
    // The log may be in a directory that is offline.
    if (!is_named(name, copy.log_dir)) return {};
    io::Directory& dir = *log_dirs_[copy.log_dir].folder;
    if (auto renamed = dir.rename(copy.folder, log::format_folder_name(name)); !renamed) return renamed;
    if (auto synced = dir.sync(); !synced) return synced;
    replicas_.emplace(name, copy.log_dir);
    observe::warn("{} in {} takes the place of its log, which is gone", copy.folder,
                  log_dirs_[copy.log_dir].path);
    return {};
  }
  const bool is_first = log->second != copy.log_dir && copies_.emplace(name, copy).second;
  return is_first ? Result<void>() : set_aside(copy.log_dir, copy.folder, name);
}

}  // namespace moldau::runtime
