#include "log/producer_snapshots.h"

#include <algorithm>
#include <utility>

#include "log/file_content.h"
#include "log/file_names.h"
#include "log/producer_snapshot.h"

namespace moldau::log {
namespace {

constexpr std::size_t kLargestSnapshot = std::size_t{1} << 30;

}  // namespace

ProducerSnapshots::ProducerSnapshots(std::shared_ptr<io::Directory> directory,
                                     std::span<const io::DirectoryEntry> entries)
    : directory_(std::move(directory)) {
  for (const io::DirectoryEntry& entry : entries) {
    if (entry.is_directory || !entry.name.ends_with(kProducerSnapshotSuffix)) continue;
    const auto offset = offset_of_file_name(entry.name);
    if (offset && offset_file_name(*offset, kProducerSnapshotSuffix) == entry.name) offsets_.insert(*offset);
  }
}

Result<io::FileHandle> ProducerSnapshots::take(const ProducerState& state) {
  if (state.end_offset() <= last_taken_) return nullptr;
  const std::string name = offset_file_name(state.end_offset(), kProducerSnapshotSuffix);
  auto file = directory_->open_file(name, io::OpenMode::kCreate);
  if (!file) return file;
  const Bytes content = format_producer_snapshot(state.entries());
  if (auto emptied = (*file)->truncate(0); !emptied) return fail(std::move(emptied).error());
  if (auto written = (*file)->write_at(0, content); !written) return fail(std::move(written).error());
  offsets_.insert(state.end_offset());
  last_taken_ = state.end_offset();
  return file;
}

Result<void> ProducerSnapshots::load_latest(ProducerState& state, std::int64_t offset,
                                            std::int64_t log_start_offset, TimestampMs now_ms) {
  while (true) {
    const auto behind = offsets_.upper_bound(offset);
    if (behind == offsets_.begin()) break;
    const std::int64_t candidate = *std::prev(behind);
    const std::string name = offset_file_name(candidate, kProducerSnapshotSuffix);
    auto content = read_small_file(*directory_, name, kLargestSnapshot);
    if (!content) return fail(std::move(content).error());
    if (*content) {
      auto entries = parse_producer_snapshot(**content);
      if (entries) {
        state.load(*std::move(entries), candidate, now_ms);
        last_taken_ = candidate;
        return {};
      }
    }
    if (auto removed = remove(candidate); !removed) return removed;
  }
  state.reset(log_start_offset);
  last_taken_ = log_start_offset;
  return {};
}

Result<void> ProducerSnapshots::remove_stray(const std::vector<std::int64_t>& segment_base_offsets) {
  std::vector<std::int64_t> stray;
  std::ranges::set_difference(offsets_, segment_base_offsets, std::back_inserter(stray));
  if (!stray.empty() && !segment_base_offsets.empty() && stray.back() >= segment_base_offsets.back()) {
    stray.pop_back();
  }
  for (const std::int64_t offset : stray) {
    if (auto removed = remove(offset); !removed) return removed;
  }
  return {};
}

Result<void> ProducerSnapshots::remove(std::int64_t offset) {
  if (offsets_.erase(offset) == 0) return {};
  return remove_if_there(*directory_, offset_file_name(offset, kProducerSnapshotSuffix));
}

Result<void> ProducerSnapshots::remove_outside(std::int64_t start, std::int64_t end) {
  const std::set<std::int64_t> before = offsets_;
  for (const std::int64_t offset : before) {
    if (offset > start && offset <= end) continue;
    if (auto removed = remove(offset); !removed) return removed;
  }
  return {};
}

Result<void> ProducerSnapshots::remove_all() {
  const std::set<std::int64_t> before = offsets_;
  for (const std::int64_t offset : before) {
    if (auto removed = remove(offset); !removed) return removed;
  }
  return {};
}

void ProducerSnapshots::log_starts_at(std::int64_t log_start_offset) {
  last_taken_ = offsets_.empty() ? log_start_offset : *offsets_.rbegin();
}

}  // namespace moldau::log
