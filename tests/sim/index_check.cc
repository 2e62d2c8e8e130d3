#include "tests/sim/index_check.h"

#include <algorithm>
#include <limits>
#include <optional>
#include <vector>

#include "base/endian.h"
#include "io/sim/host.h"
#include "log/batch_scanner.h"
#include "log/clean_shutdown_marker.h"
#include "log/file_content.h"
#include "log/file_names.h"
#include "log/log_directory.h"
#include "tests/sim/broker_process.h"

namespace moldau::sim {
namespace {

constexpr std::size_t kLargestFile = std::size_t{1} << 30;

struct OffsetEntry {
  std::int64_t offset;
  std::int64_t position;
  bool operator==(const OffsetEntry&) const = default;
};

struct TimeEntry {
  TimestampMs timestamp_ms;
  std::int64_t offset;
  bool operator==(const TimeEntry&) const = default;
};

/// What stands in the index files of a segment, or should.
struct Indexes {
  std::vector<OffsetEntry> offsets;
  std::vector<TimeEntry> times;
};

Bytes content_of(io::Directory& folder, const std::string& name) {
  return log::read_small_file(folder, name, kLargestFile).value().value_or(Bytes());
}

Indexes read_indexes(io::Directory& folder, std::int64_t base) {
  Indexes found;
  const Bytes offsets = content_of(folder, log::offset_file_name(base, log::kOffsetIndexSuffix));
  for (std::size_t at = 0; at + 8 <= offsets.size(); at += 8) {
    found.offsets.push_back({base + load_big_endian<std::int32_t>(offsets.data() + at),
                             load_big_endian<std::int32_t>(offsets.data() + at + 4)});
  }
  const Bytes times = content_of(folder, log::offset_file_name(base, log::kTimeIndexSuffix));
  for (std::size_t at = 0; at + 12 <= times.size(); at += 12) {
    found.times.push_back({load_big_endian<std::int64_t>(times.data() + at),
                           base + load_big_endian<std::int32_t>(times.data() + at + 8)});
  }
  return found;
}

std::vector<log::BatchPlace> batches_of(io::Directory& folder, std::int64_t base) {
  const auto file =
      folder.open_file(log::offset_file_name(base, log::kLogSuffix), io::OpenMode::kReadOnly).value();
  log::BatchScanner scanner(*file, 0, static_cast<std::int64_t>(file->size_bytes().value()));
  std::vector<log::BatchPlace> batches;
  while (const auto place = scanner.next().value()) {
    batches.push_back(*place);
  }
  return batches;
}

/// What reading the batches from the first one on gives (docs/formats/offset-index.md and time-index.md).
Indexes rebuilt(const std::vector<log::BatchPlace>& batches, std::int64_t interval_bytes) {
  Indexes made;
  TimeEntry latest{-1, 0};
  const auto add_time = [&] {
    const TimestampMs before = made.times.empty() ? -1 : made.times.back().timestamp_ms;
    if (latest.timestamp_ms > before) made.times.push_back(latest);
  };
  std::int64_t since_entry = 0;
  for (const log::BatchPlace& batch : batches) {
    if (batch.max_timestamp_ms > latest.timestamp_ms) latest = {batch.max_timestamp_ms, batch.last_offset};
    if (since_entry > interval_bytes) {
      made.offsets.push_back({batch.last_offset, batch.position});
      add_time();
      since_entry = 0;
    }
    since_entry += batch.size_bytes;
  }
  add_time();
  return made;
}

std::string text_of(const std::vector<OffsetEntry>& entries) {
  std::string text;
  for (const OffsetEntry& entry : entries) {
    text += std::to_string(entry.offset) + "@" + std::to_string(entry.position) + " ";
  }
  return text;
}

std::string text_of(const std::vector<TimeEntry>& entries) {
  std::string text;
  for (const TimeEntry& entry : entries) {
    text += std::to_string(entry.timestamp_ms) + ":" + std::to_string(entry.offset) + " ";
  }
  return text;
}

/// Every entry states something true, and both files rise.
std::string untrue(const Indexes& found, const std::vector<log::BatchPlace>& batches) {
  for (const OffsetEntry& entry : found.offsets) {
    const auto at = std::ranges::find(batches, entry.position, &log::BatchPlace::position);
    if (at == batches.end() || at->last_offset != entry.offset) {
      return "an entry of the offset index points to no batch: " + text_of(found.offsets) + "of " +
             std::to_string(batches.size()) + " batches";
    }
  }
  for (const TimeEntry& entry : found.times) {
    TimestampMs largest = -1;
    for (const log::BatchPlace& batch : batches) {
      if (batch.last_offset <= entry.offset) largest = std::max(largest, batch.max_timestamp_ms);
    }
    if (largest != entry.timestamp_ms) return "an entry of the time index is not the largest before it";
  }
  if (!std::ranges::is_sorted(found.offsets, {}, &OffsetEntry::offset))
    return "the offset index does not rise";
  if (!std::ranges::is_sorted(found.times, {}, &TimeEntry::timestamp_ms))
    return "the time index does not rise";
  return {};
}

std::int64_t interval_of(const log::PartitionName& partition) {
  return partition.topic == "flushed" ? 1000 : 4096;
}

}  // namespace

IndexCheck::IndexCheck(io::sim::World& world, io::sim::Disk& disk) : world_(world), disk_(disk) {
  io::sim::SimHost host(world_, disk_, {.name = "inspector"});
  const auto root = host.open_root(BrokerProcess::kDataPath).value();
  const auto known = log::read_offset_checkpoint(*root, log::kRecoveryPointCheckpointName);
  if (known) recovery_points_ = *known;
  is_clean_ = log::read_clean_shutdown(*root).value().is_marked;
}

std::string IndexCheck::complaint() {
  io::sim::SimHost host(world_, disk_, {.name = "inspector"});
  const auto root = host.open_root(BrokerProcess::kDataPath).value();
  for (const log::FoundFolder& found : log::list_partition_folders(*root).value()) {
    if (found.folder.kind != log::FolderKind::kLive) continue;
    const auto complaint = check_partition(*root->open_directory(found.name).value(), found.folder.partition);
    if (!complaint.empty()) return found.name + ": " + complaint;
  }
  return {};
}

std::string IndexCheck::check_partition(io::Directory& folder, const log::PartitionName& partition) {
  std::vector<std::int64_t> bases;
  for (const io::DirectoryEntry& entry : folder.list().value()) {
    const auto base = log::offset_of_file_name(entry.name);
    if (base && entry.name == log::offset_file_name(*base, log::kLogSuffix)) bases.push_back(*base);
  }
  const auto known = recovery_points_.find(partition);
  const std::int64_t trusted = known == recovery_points_.end() ? 0 : known->second;
  for (std::size_t i = 0; i < bases.size(); ++i) {
    const auto batches = batches_of(folder, bases[i]);
    const Indexes found = read_indexes(folder, bases[i]);
    const std::string segment = "segment " + std::to_string(bases[i]) + ": ";
    if (auto complaint = untrue(found, batches); !complaint.empty()) return segment + complaint;
    const std::int64_t behind =
        i + 1 < bases.size() ? bases[i + 1] : std::numeric_limits<std::int64_t>::max();
    // The metadata log grows while the broker that recovered it runs.
    if (is_clean_ || behind <= trusted || partition.topic == "__cluster_metadata") continue;
    const Indexes expected = rebuilt(batches, interval_of(partition));
    if (found.offsets != expected.offsets) {
      return segment + "the offset index is not what its " + std::to_string(batches.size()) +
             " batches give: " + text_of(found.offsets) + "instead of " + text_of(expected.offsets);
    }
    if (found.times != expected.times) {
      return segment + "the time index is not what its " + std::to_string(batches.size()) +
             " batches give: " + text_of(found.times) + "instead of " + text_of(expected.times);
    }
  }
  return {};
}

}  // namespace moldau::sim
