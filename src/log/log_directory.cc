#include "log/log_directory.h"

#include <algorithm>
#include <iterator>
#include <utility>

namespace moldau::log {

Result<std::vector<FoundFolder>> list_partition_folders(io::Directory& log_dir) {
  auto entries = log_dir.list();
  if (!entries) return fail(std::move(entries).error());
  std::vector<FoundFolder> folders;
  for (io::DirectoryEntry& entry : *entries) {
    if (!entry.is_directory) continue;
    auto folder = parse_folder_name(entry.name);
    if (folder) folders.push_back({std::move(entry.name), *std::move(folder)});
  }
  return folders;
}

Result<std::unique_ptr<PartitionLog>> open_or_create(io::Directory& log_dir, const std::string& folder,
                                                     OpenOptions options) {
  const auto made = log_dir.create_directory(folder);
  if (!made) return fail(made.error());
  auto opened = log_dir.open_directory(folder);
  if (!opened) return fail(std::move(opened).error());
  options.is_new = *made;
  return PartitionLog::open(*std::move(opened), options);
}

Result<CreatedPartition> create_partition(const std::shared_ptr<io::Directory>& log_dir,
                                          const PartitionName& partition, const OpenOptions& options) {
  auto log = open_or_create(*log_dir, format_folder_name(partition), options);
  if (!log) return fail(std::move(log).error());
  auto work = (*log)->begin_flush();
  if (!work) return fail(std::move(work).error());
  work->directories.push_back(log_dir);
  return CreatedPartition{*std::move(log), *std::move(work)};
}

void merge(FlushWork& work, FlushWork more) {
  std::ranges::move(more.files, std::back_inserter(work.files));
  std::ranges::move(more.replacements, std::back_inserter(work.replacements));
  std::ranges::move(more.removals, std::back_inserter(work.removals));
  // A folder is synced after all folders in it: it moves behind them.
  for (auto& directory : more.directories) {
    std::erase(work.directories, directory);
    work.directories.push_back(std::move(directory));
  }
}

Result<std::string> move_aside(io::Directory& log_dir, const PartitionName& partition, FolderKind kind,
                               const Uuid& id) {
  return move_aside(log_dir, format_folder_name(partition), partition, kind, id);
}

Result<std::string> move_aside(io::Directory& log_dir, const std::string& folder,
                               const PartitionName& partition, FolderKind kind, const Uuid& id) {
  std::string name = format_folder_name(partition, kind, id);
  if (auto renamed = log_dir.rename(folder, name); !renamed) return fail(std::move(renamed).error());
  if (auto synced = log_dir.sync(); !synced) return fail(std::move(synced).error());
  return name;
}

Result<void> remove_folder(io::Directory& log_dir, const std::string& name) {
  auto folder = log_dir.open_directory(name);
  if (!folder) return fail(std::move(folder).error());
  auto entries = (*folder)->list();
  if (!entries) return fail(std::move(entries).error());
  for (const io::DirectoryEntry& entry : *entries) {
    if (entry.is_directory) continue;
    if (auto removed = (*folder)->remove_file(entry.name); !removed) return removed;
  }
  return log_dir.remove_directory(name);
}

}  // namespace moldau::log
