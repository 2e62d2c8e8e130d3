#include "log/leader_epoch_checkpoint.h"

#include <limits>
#include <utility>

#include "log/checkpoint_file.h"
#include "log/file_names.h"

namespace moldau::log {

std::string format_leader_epochs(std::span<const EpochEntry> entries) {
  std::vector<std::string> lines;
  lines.reserve(entries.size());
  for (const EpochEntry& entry : entries) {
    lines.push_back(std::to_string(entry.epoch) + ' ' + std::to_string(entry.start_offset));
  }
  return format_checkpoint(lines);
}

Result<std::vector<EpochEntry>> parse_leader_epochs(std::string_view text) {
  auto lines = parse_checkpoint(text);
  if (!lines) return fail(std::move(lines).error());
  std::vector<EpochEntry> entries;
  entries.reserve(lines->size());
  for (const std::string_view line : *lines) {
    const auto words = words_of(line);
    const auto epoch = words.size() == 2 ? parse_decimal(words[0]) : std::nullopt;
    const auto offset = words.size() == 2 ? parse_decimal(words[1]) : std::nullopt;
    if (!epoch || *epoch < 0 || *epoch > std::numeric_limits<std::int32_t>::max() || !offset || *offset < 0) {
      return fail(ErrorCode::kKafkaStorageError, "malformed line in a leader epoch checkpoint");
    }
    entries.push_back({static_cast<std::int32_t>(*epoch), *offset});
  }
  return entries;
}

}  // namespace moldau::log
