#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>

#include "base/result.h"
#include "base/time.h"
#include "io/directory.h"
#include "quorum/snapshot.h"

namespace moldau::runtime {

/// The snapshots in the metadata log's folder (docs/formats/metadata-snapshot.md).
class MetadataSnapshots {
 public:
  /// What is kept of one beside its name.
  struct Known {
    std::uint64_t size_bytes = 0;
    /// Of the last record that it stands for; nullopt until it is asked for.
    std::optional<TimestampMs> last_contained_ms = {};
  };

  /// Knows the snapshots of the folder; removes those that were never finished or were on their way out.
  static Result<MetadataSnapshots> open(std::shared_ptr<io::Directory> folder);

  std::optional<quorum::SnapshotId> oldest() const;
  std::optional<quorum::SnapshotId> newest() const;
  std::size_t count() const { return known_.size(); }
  std::uint64_t total_bytes() const;

  /// The content of one that is known.
  Result<quorum::SnapshotContent> read(const quorum::SnapshotId& id) const;

  /// Writes a whole snapshot, which is there and durable, or not there, whatever happens meanwhile. Blocks;
  /// may be called on any thread, and is told to the others by add().
  static Result<void> write(io::Directory& folder, const quorum::SnapshotId& id, ByteView content);

  void add(const quorum::SnapshotId& id, const Known& known) { known_[id] = known; }

  /// The oldest that may go, with the one behind it, from which on the log must stay: more than one is there,
  /// and all of it with `log_bytes` of log is larger than `max_bytes`, or it is older than `max_age_ms` by
  /// its own word; negative limits are none.
  struct Expired {
    quorum::SnapshotId id;
    quorum::SnapshotId next;
  };
  std::optional<Expired> expired(std::uint64_t log_bytes, std::int64_t max_bytes, std::int64_t max_age_ms,
                                 TimestampMs now_ms);

  Result<void> remove(const quorum::SnapshotId& id);

 private:
  explicit MetadataSnapshots(std::shared_ptr<io::Directory> folder) : folder_(std::move(folder)) {}

  /// Whether that one is old; one that does not say so is not.
  bool is_older_than(const quorum::SnapshotId& id, Known& known, std::int64_t max_age_ms, TimestampMs now_ms);
  Result<TimestampMs> read_time(const quorum::SnapshotId& id) const;

  std::shared_ptr<io::Directory> folder_;
  std::map<quorum::SnapshotId, Known> known_;
};

}  // namespace moldau::runtime
