#include "coordinator/group/offset_replay.h"

#include "coordinator/group/group_records.h"

namespace moldau::coordinator {

bool OffsetReplay::keep(std::int64_t offset, ByteView key, std::optional<ByteView> value,
                        TimestampMs wall_ms) {
  if (!value || !is_offset_commit(key)) return false;
  auto found = kept_.find(as_text(key));
  if (found == kept_.end()) {
    found = kept_.emplace(as_text(key), Kept{.offset = offset, .first_wall_ms = wall_ms, .value = {}}).first;
    order_.push_back(&*found);
  }
  found->second.offset = offset;
  found->second.value = as_text(*value);
  return true;
}

}  // namespace moldau::coordinator
