#include "runtime/metadata_snapshots.h"

#include <string>
#include <string_view>
#include <utility>

#include "log/file_content.h"
#include "log/file_names.h"
#include "observe/log.h"
#include "protocol/records/codec.h"

namespace moldau::runtime {
namespace {

/// Far above what a snapshot of this release's clusters takes.
constexpr std::size_t kLargestSnapshotBytes = std::size_t{2} << 30;
/// Holds the first batch, with hundreds of voters.
constexpr std::size_t kHeadBytes = std::size_t{64} << 10;
constexpr std::string_view kUnfinishedSuffix = ".part";

}  // namespace

Result<MetadataSnapshots> MetadataSnapshots::open(std::shared_ptr<io::Directory> folder) {
  const auto entries = folder->list();
  if (!entries) return fail(entries.error());
  MetadataSnapshots snapshots(std::move(folder));
  for (const io::DirectoryEntry& entry : *entries) {
    if (entry.name.ends_with(kUnfinishedSuffix) || entry.name.ends_with(log::kDeletedCheckpointSuffix)) {
      if (auto removed = snapshots.folder_->remove_file(entry.name); !removed) return fail(removed.error());
      continue;
    }
    const auto id = quorum::parse_snapshot_file_name(entry.name);
    if (id) snapshots.add(*id, {.size_bytes = entry.size_bytes});
  }
  return snapshots;
}

std::optional<quorum::SnapshotId> MetadataSnapshots::oldest() const {
  return known_.empty() ? std::nullopt : std::optional(known_.begin()->first);
}

std::optional<quorum::SnapshotId> MetadataSnapshots::newest() const {
  return known_.empty() ? std::nullopt : std::optional(known_.rbegin()->first);
}

std::uint64_t MetadataSnapshots::total_bytes() const {
  std::uint64_t total = 0;
  for (const auto& [id, known] : known_) {
    total += known.size_bytes;
  }
  return total;
}

Result<quorum::SnapshotContent> MetadataSnapshots::read(const quorum::SnapshotId& id) const {
  const std::string name = quorum::snapshot_file_name(id);
  const auto bytes = log::read_small_file(*folder_, name, kLargestSnapshotBytes);
  if (!bytes) return fail(bytes.error());
  if (!*bytes) return fail(ErrorCode::kKafkaStorageError, name + " went away");
  records::DecoderSet decoders;
  return quorum::read_snapshot(**bytes, decoders);
}

Result<void> MetadataSnapshots::write(io::Directory& folder, const quorum::SnapshotId& id, ByteView content) {
  const std::string name = quorum::snapshot_file_name(id);
  const std::string unfinished = name + std::string(kUnfinishedSuffix);
  // What a crash left may be read-only already.
  const auto is_left = folder.contains(unfinished);
  if (!is_left) return fail(is_left.error());
  if (*is_left) {
    if (auto removed = folder.remove_file(unfinished); !removed) return removed;
  }
  auto file = folder.open_file(unfinished, io::OpenMode::kCreate);
  if (!file) return fail(std::move(file).error());
  if (auto written = (*file)->write_at(0, content); !written) return written;
  if (auto done = (*file)->make_read_only(); !done) return done;
  if (auto synced = (*file)->sync(); !synced) return synced;
  if (auto renamed = folder.rename(unfinished, name); !renamed) return renamed;
  return folder.sync();
}

Result<TimestampMs> MetadataSnapshots::read_time(const quorum::SnapshotId& id) const {
  const auto file = folder_->open_file(quorum::snapshot_file_name(id), io::OpenMode::kReadOnly);
  if (!file) return fail(file.error());
  Bytes beginning(kHeadBytes);
  const auto count = (*file)->read_at(0, beginning);
  if (!count) return fail(count.error());
  records::DecoderSet decoders;
  return quorum::read_snapshot_time(ByteView(beginning).first(*count), decoders);
}

bool MetadataSnapshots::is_older_than(const quorum::SnapshotId& id, Known& known, std::int64_t max_age_ms,
                                      TimestampMs now_ms) {
  if (!known.last_contained_ms) {
    const auto time = read_time(id);
    if (!time) {
      observe::warn("the age of {}: {}", quorum::snapshot_file_name(id), time.error().message);
      return false;
    }
    known.last_contained_ms = *time;
  }
  return now_ms - *known.last_contained_ms > max_age_ms;
}

std::optional<MetadataSnapshots::Expired> MetadataSnapshots::expired(std::uint64_t log_bytes,
                                                                     std::int64_t max_bytes,
                                                                     std::int64_t max_age_ms,
                                                                     TimestampMs now_ms) {
  if (known_.size() < 2) return std::nullopt;
  auto& [id, oldest] = *known_.begin();
  const bool is_large = max_bytes >= 0 && std::cmp_greater(log_bytes + total_bytes(), max_bytes);
  if (!is_large && (max_age_ms < 0 || !is_older_than(id, oldest, max_age_ms, now_ms))) return std::nullopt;
  return Expired{id, std::next(known_.begin())->first};
}

Result<void> MetadataSnapshots::remove(const quorum::SnapshotId& id) {
  known_.erase(id);
  return folder_->remove_file(quorum::snapshot_file_name(id));
}

}  // namespace moldau::runtime
