#include "runtime/stray_replicas.h"

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

Result<std::vector<log::PartitionName>> move_strays_aside(LogDir& dir, const metadata::Image& image,
                                                          BrokerId node_id, io::Random& random) {
  const auto folders = log::list_partition_folders(*dir.folder);
  if (!folders) return fail(folders.error());
  std::vector<log::PartitionName> kept;
  for (const log::FoundFolder& found : *folders) {
    if (found.folder.kind != log::FolderKind::kLive || found.name == MetadataLog::kFolderName) continue;
    const auto topic_id = topic_id_of(*dir.folder, found.name);
    if (!topic_id) return fail(topic_id.error());
    if (is_placed_here(image, found.folder.partition, *topic_id, node_id)) {
      kept.push_back(found.folder.partition);
      continue;
    }
    const auto moved =
        log::move_aside(*dir.folder, found.folder.partition, log::FolderKind::kStray, random.uuid());
    if (!moved) return fail(moved.error());
    observe::warn("{} is no replica of this node: moved aside as {}", found.name, *moved);
  }
  return kept;
}

}  // namespace moldau::runtime
