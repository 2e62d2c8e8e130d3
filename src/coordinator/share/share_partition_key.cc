#include "coordinator/share/share_partition_key.h"

#include <charconv>
#include <cstddef>
#include <system_error>
#include <utility>
#include <vector>

#include "base/ascii.h"
#include "base/split.h"

namespace moldau::coordinator {
namespace {

constexpr std::size_t kFewestPieces = 3;
constexpr std::size_t kIdLength = 22;
constexpr std::size_t kPaddedIdLength = 24;

/// Java's decoder takes an id without padding or with all of it.
std::optional<Uuid> parse_id(std::string_view text) {
  if (text.size() != kIdLength && text.size() != kPaddedIdLength) return std::nullopt;
  const auto id = Uuid::parse(text);
  return id ? std::optional(*id) : std::nullopt;
}

std::optional<std::int32_t> parse_partition(std::string_view text) {
  if (text.starts_with('+')) {
    text.remove_prefix(1);
    if (text.starts_with('-')) return std::nullopt;
  }
  std::int32_t partition = 0;
  const auto [at, error] = std::from_chars(text.data(), text.data() + text.size(), partition);
  if (error != std::errc() || at != text.data() + text.size()) return std::nullopt;
  return partition;
}

}  // namespace

std::string SharePartitionKey::to_string() const {
  return group + ":" + topic_id.to_string() + ":" + std::to_string(partition);
}

std::optional<SharePartitionKey> SharePartitionKey::parse(std::string_view text) {
  const std::vector<std::string_view> pieces = java_split(text, ':');
  if (pieces.size() < kFewestPieces) return std::nullopt;
  const std::string_view id_text = pieces[pieces.size() - 2];
  const auto group_size = static_cast<std::size_t>(id_text.data() - text.data()) - 1;
  const std::string_view group = text.substr(0, group_size);
  const auto id = parse_id(id_text);
  const auto partition = parse_partition(pieces.back());
  if (is_blank(group) || !id || !partition) return std::nullopt;
  return SharePartitionKey{.group = std::string(group), .topic_id = *id, .partition = *partition};
}

}  // namespace moldau::coordinator
