#include "log/partition_name.h"

#include <algorithm>
#include <cstddef>
#include <limits>

#include "base/assert.h"
#include "log/file_names.h"

namespace moldau::log {
namespace {

struct Suffix {
  std::string_view text;
  FolderKind kind;
};
constexpr Suffix kSuffixes[] = {
    {"-delete", FolderKind::kDeleted}, {"-stray", FolderKind::kStray}, {"-future", FolderKind::kFuture}};
constexpr std::size_t kLargestName = 255;
constexpr std::size_t kHexDigits = 32;

/// `topic-3`; the last dash separates, as topics may contain dashes.
std::optional<PartitionName> parse_partition(std::string_view name) {
  const std::size_t dash = name.rfind('-');
  if (dash == std::string_view::npos || dash == 0) return std::nullopt;
  const auto number = parse_decimal(name.substr(dash + 1));
  if (!number || *number > std::numeric_limits<std::int32_t>::max()) {
    return std::nullopt;
  }
  return PartitionName{std::string(name.substr(0, dash)), static_cast<std::int32_t>(*number)};
}

}  // namespace

std::string format_folder_name(const PartitionName& partition) {
  return partition.topic + '-' + std::to_string(partition.partition);
}

std::string format_folder_name(const PartitionName& partition, FolderKind kind, const Uuid& id) {
  require(kind != FolderKind::kLive, "a live folder has no unique part");
  const auto* suffix = std::ranges::find(kSuffixes, kind, &Suffix::kind);
  std::string end = '-' + std::to_string(partition.partition) + '.' + id.to_hex();
  end += suffix->text;
  const std::size_t room = kind == FolderKind::kFuture ? partition.topic.size() : kLargestName - end.size();
  return partition.topic.substr(0, room) + end;
}

std::optional<PartitionFolder> parse_folder_name(std::string_view name) {
  for (const Suffix& suffix : kSuffixes) {
    if (!name.ends_with(suffix.text)) continue;
    const std::string_view stem = name.substr(0, name.size() - suffix.text.size());
    const std::size_t dot = stem.rfind('.');
    if (dot == std::string_view::npos || stem.size() - dot - 1 != kHexDigits) return std::nullopt;
    auto partition = parse_partition(stem.substr(0, dot));
    if (!partition) return std::nullopt;
    return PartitionFolder{*std::move(partition), suffix.kind};
  }
  auto partition = parse_partition(name);
  if (!partition) return std::nullopt;
  return PartitionFolder{*std::move(partition), FolderKind::kLive};
}

}  // namespace moldau::log
