#pragma once

#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"
#include "base/uuid.h"

namespace moldau::log {

/// Topic and partition number: what a replica's folder is named after.
struct PartitionName {
  std::string topic;
  std::int32_t partition = 0;

  auto operator<=>(const PartitionName&) const = default;
  bool operator==(const PartitionName&) const = default;
};

/// What a partition's folder is for, by the end of its name.
enum class FolderKind {
  kLive,     ///< `topic-3`
  kDeleted,  ///< `topic-3.<32 hex>-delete`: its content goes after a while
  kStray,    ///< `topic-3.<32 hex>-stray`: no longer assigned to this node, kept for the operator
  kFuture,   ///< `topic-3.<32 hex>-future`: target of a move between log directories
};

struct PartitionFolder {
  PartitionName partition;  ///< A long topic name is cut in deleted and stray folders.
  FolderKind kind = FolderKind::kLive;

  bool operator==(const PartitionFolder&) const = default;
};

/// "topic-3".
std::string format_folder_name(const PartitionName& partition);

/// The name of a folder on its way out: `id` is fresh for each; the topic is cut so that deleted and stray
/// names fit into 255 bytes. `kind` is not kLive.
std::string format_folder_name(const PartitionName& partition, FolderKind kind, const Uuid& id);

/// nullopt if the name is none of these.
std::optional<PartitionFolder> parse_folder_name(std::string_view name);

}  // namespace moldau::log
