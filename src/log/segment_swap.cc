#include "log/segment_swap.h"

#include <string>
#include <string_view>

#include "log/file_content.h"
#include "log/file_names.h"

namespace moldau::log {
namespace {

Result<void> take_off_swap(io::Directory& directory, std::int64_t base_offset, std::string_view kind) {
  const std::string live = offset_file_name(base_offset, kind);
  return rename_if_there(directory, live + std::string(kSwapSuffix), live);
}

}  // namespace

Result<void> SegmentSwap::run() const {
  // Before this the old segments may be all that there is.
  if (auto synced = directory->sync(); !synced) return synced;
  // The next start removes old segments that begin below the end of a `.swap` log. Those behind it, of which
  // nothing was kept, go one by one, the oldest first: a tombstone must not be gone while a value before it
  // may come back. And their indexes go later: aborted data must not come back without the index that says
  // so.
  for (const std::int64_t old : replaced) {
    if (old < end_offset || old == base_offset) continue;
    if (auto gone = remove_if_there(*directory, offset_file_name(old, kLogSuffix)); !gone) return gone;
    if (auto synced = directory->sync(); !synced) return synced;
  }
  for (const std::int64_t old : replaced) {
    // Their producer snapshots are the log's to forget.
    for (const std::string_view kind : kSegmentSuffixes) {
      if (auto gone = remove_if_there(*directory, offset_file_name(old, kind)); !gone) return gone;
    }
  }
  // As long as an old log may come back, the `.swap` log has to be there to cover it.
  if (auto synced = directory->sync(); !synced) return synced;
  if (auto renamed = take_off_swap(*directory, base_offset, kLogSuffix); !renamed) return renamed;
  // With a `.swap` log, the next start removes all live files that it covers, indexes among them.
  if (auto synced = directory->sync(); !synced) return synced;
  for (const std::string_view kind : kSegmentSuffixes) {
    if (kind == kLogSuffix) continue;
    if (auto renamed = take_off_swap(*directory, base_offset, kind); !renamed) return renamed;
  }
  return directory->sync();
}

}  // namespace moldau::log
