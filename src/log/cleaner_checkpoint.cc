#include "log/cleaner_checkpoint.h"

namespace moldau::log {

std::optional<std::int64_t> compacted_up_to(const PartitionOffsets& offsets, const PartitionName& name) {
  const auto found = offsets.find(name);
  return found == offsets.end() ? std::nullopt : std::optional(found->second);
}

bool lower_cleaner_offset(PartitionOffsets& offsets, const PartitionName& name, std::int64_t offset) {
  const auto found = offsets.find(name);
  if (found == offsets.end() || found->second <= offset) return false;
  found->second = offset;
  return true;
}

}  // namespace moldau::log
