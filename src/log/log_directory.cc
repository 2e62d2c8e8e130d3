#include "log/log_directory.h"

#include <algorithm>
#include <utility>

#include "log/file_names.h"

namespace moldau::log {
namespace {

/// Apache Kafka takes a segment without an offset index for damaged, also where it only deletes the folder.
Result<void> make_missing_indexes(io::Directory& log_dir, const std::string& name) {
  auto folder = log_dir.open_directory(name);
  if (!folder) return fail(std::move(folder).error());
  const auto entries = (*folder)->list();
  if (!entries) return fail(entries.error());
  for (const io::DirectoryEntry& entry : *entries) {
    const auto base_offset = offset_of_file_name(entry.name);
    if (!base_offset || entry.name != offset_file_name(*base_offset, kLogSuffix)) continue;
    const std::string index = offset_file_name(*base_offset, kOffsetIndexSuffix);
    if (std::ranges::binary_search(*entries, index, {}, &io::DirectoryEntry::name)) continue;
    auto made = (*folder)->open_file(index, io::OpenMode::kCreate);
    if (!made) return fail(std::move(made).error());
  }
  return {};
}

}  // namespace

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

Result<std::unique_ptr<PartitionLog>> open_or_create(const std::shared_ptr<io::Directory>& log_dir,
                                                     const std::string& folder, OpenOptions options) {
  const auto made = log_dir->create_directory(folder);
  if (!made) return fail(made.error());
  auto opened = log_dir->open_directory(folder);
  if (!opened) return fail(std::move(opened).error());
  if (*made) options.new_in = log_dir;
  return PartitionLog::open(*std::move(opened), options);
}

Result<std::string> move_aside(io::Directory& log_dir, const PartitionName& partition, FolderKind kind,
                               const Uuid& id) {
  return move_aside(log_dir, format_folder_name(partition), partition, kind, id);
}

Result<std::string> move_aside(io::Directory& log_dir, const std::string& folder,
                               const PartitionName& partition, FolderKind kind, const Uuid& id) {
  if (auto made = make_missing_indexes(log_dir, folder); !made) return fail(std::move(made).error());
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
