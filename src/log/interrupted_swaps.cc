#include <algorithm>
#include <limits>
#include <string>
#include <utility>

#include "log/batch_scanner.h"
#include "log/file_names.h"
#include "log/log_loader.h"

namespace moldau::log {
namespace {

struct OffsetRange {
  std::int64_t from = std::numeric_limits<std::int64_t>::max();
  std::int64_t to = std::numeric_limits<std::int64_t>::min();
};

/// Widens `range` by the offsets that a `.log.swap` file holds.
Result<void> cover(io::Directory& directory, const io::DirectoryEntry& entry, OffsetRange& range) {
  const auto base_offset = offset_of_file_name(entry.name);
  if (!base_offset) return {};
  auto file = directory.open_file(entry.name, io::OpenMode::kReadOnly);
  if (!file) return fail(std::move(file).error());
  BatchScanner scanner(**file, 0, static_cast<std::int64_t>(entry.size_bytes));
  // One of which nothing is left still replaces the segment of its name, with all its indexes.
  std::int64_t next_offset = *base_offset + 1;
  while (true) {
    const auto place = scanner.next();
    if (!place) return fail(place.error());
    if (!*place) break;
    next_offset = (*place)->last_offset + 1;
  }
  range.from = std::min(range.from, *base_offset);
  range.to = std::max(range.to, next_offset);
  return {};
}

bool is_log_swap(std::string_view name) {
  return name.ends_with(std::string(kLogSuffix) + std::string(kSwapSuffix));
}

/// Removes what is to go whatever else is there: `.deleted`, `.cleaned`, and `.swap` files of a split that
/// had not written all of its output.
Result<bool> remove_leftovers(io::Directory& directory, const std::vector<io::DirectoryEntry>& entries) {
  std::int64_t lowest_cleaned = std::numeric_limits<std::int64_t>::max();
  for (const io::DirectoryEntry& entry : entries) {
    if (entry.is_directory || !entry.name.ends_with(kCleanedSuffix)) continue;
    lowest_cleaned = std::min(lowest_cleaned, offset_of_file_name(entry.name).value_or(lowest_cleaned));
  }
  bool changed = false;
  for (const io::DirectoryEntry& entry : entries) {
    if (entry.is_directory) continue;
    const bool is_deleted =
        entry.name.ends_with(kDeletedSuffix) && !entry.name.ends_with(kDeletedCheckpointSuffix);
    const bool is_unfinished_swap =
        entry.name.ends_with(kSwapSuffix) && offset_of_file_name(entry.name).value_or(-1) >= lowest_cleaned;
    if (!is_deleted && !is_unfinished_swap && !entry.name.ends_with(kCleanedSuffix)) continue;
    if (auto removed = directory.remove_file(entry.name); !removed) return fail(std::move(removed).error());
    changed = true;
  }
  return changed;
}

/// Removes the files of segments in the range, for good.
Result<void> remove_replaced(io::Directory& directory, const std::vector<io::DirectoryEntry>& entries,
                             const OffsetRange& replaced) {
  bool changed = false;
  for (const io::DirectoryEntry& entry : entries) {
    if (entry.is_directory || entry.name.ends_with(kSwapSuffix)) continue;
    const auto offset = offset_of_file_name(entry.name);
    if (!offset || *offset < replaced.from || *offset >= replaced.to) continue;
    if (auto removed = directory.remove_file(entry.name); !removed) return removed;
    changed = true;
  }
  return changed ? directory.sync() : Result<void>();
}

/// Gives `.swap` files, the logs or the others, the names they are to have, for good. True if there was one.
Result<bool> rename_swaps(io::Directory& directory, const std::vector<io::DirectoryEntry>& entries,
                          bool logs) {
  bool changed = false;
  for (const io::DirectoryEntry& entry : entries) {
    if (entry.is_directory || !entry.name.ends_with(kSwapSuffix) || is_log_swap(entry.name) != logs) continue;
    const std::string_view live =
        std::string_view(entry.name).substr(0, entry.name.size() - kSwapSuffix.size());
    if (auto renamed = directory.rename(entry.name, live); !renamed) return fail(std::move(renamed).error());
    changed = true;
  }
  if (changed) {
    if (auto synced = directory.sync(); !synced) return fail(std::move(synced).error());
  }
  return changed;
}

}  // namespace

Result<bool> finish_interrupted_swaps(io::Directory& directory) {
  auto entries = directory.list();
  if (!entries) return fail(std::move(entries).error());
  auto changed = remove_leftovers(directory, *entries);
  if (!changed) return changed;
  if (*changed) {
    entries = directory.list();
    if (!entries) return fail(std::move(entries).error());
  }
  OffsetRange replaced;
  for (const io::DirectoryEntry& entry : *entries) {
    if (entry.is_directory || !is_log_swap(entry.name)) continue;
    if (auto covered = cover(directory, entry, replaced); !covered) return fail(std::move(covered).error());
  }
  if (auto removed = remove_replaced(directory, *entries, replaced); !removed) {
    return fail(std::move(removed).error());
  }
  // A power cut may keep any of the steps below without the others, and the next start goes by the logs that
  // are still to be swapped: so they go first, when what they replace is gone for good, and their indexes
  // behind them.
  for (const bool logs : {true, false}) {
    const auto renamed = rename_swaps(directory, *entries, logs);
    if (!renamed) return renamed;
    changed = *changed || *renamed;
  }
  return changed;
}

}  // namespace moldau::log
