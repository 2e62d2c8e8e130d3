#include "log/offset_checkpoint.h"

#include <limits>
#include <optional>
#include <utility>
#include <vector>

#include "log/checkpoint_file.h"
#include "log/file_content.h"
#include "log/file_names.h"

namespace moldau::log {

std::string format_offset_checkpoint(const PartitionOffsets& offsets) {
  std::vector<std::string> lines;
  lines.reserve(offsets.size());
  for (const auto& [name, offset] : offsets) {
    lines.push_back(name.topic + ' ' + std::to_string(name.partition) + ' ' + std::to_string(offset));
  }
  return format_checkpoint(lines);
}

Result<PartitionOffsets> parse_offset_checkpoint(std::string_view text) {
  auto lines = parse_checkpoint(text);
  if (!lines) return fail(std::move(lines).error());
  PartitionOffsets offsets;
  for (const std::string_view line : *lines) {
    const auto words = words_of(line);
    const auto partition = words.size() == 3 ? parse_decimal(words[1]) : std::nullopt;
    const auto offset = words.size() == 3 ? parse_decimal(words[2]) : std::nullopt;
    if (!partition || *partition < 0 || *partition > std::numeric_limits<std::int32_t>::max() || !offset) {
      return fail(ErrorCode::kKafkaStorageError, "malformed line in an offset checkpoint");
    }
    offsets[{std::string(words[0]), static_cast<std::int32_t>(*partition)}] = *offset;
  }
  return offsets;
}

Result<PartitionOffsets> read_offset_checkpoint(io::Directory& log_dir, std::string_view name) {
  auto content = read_small_file(log_dir, name, kLargestCheckpointBytes);
  if (!content) return fail(std::move(content).error());
  if (!*content) return PartitionOffsets{};
  return parse_offset_checkpoint(as_text(**content));
}

Result<void> write_offset_checkpoint(io::Directory& log_dir, std::string_view name,
                                     const PartitionOffsets& offsets) {
  return replace_file(log_dir, name, as_bytes(format_offset_checkpoint(offsets)));
}

}  // namespace moldau::log
