#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string_view>
#include <vector>

#include "base/bytes.h"
#include "base/result.h"
#include "io/directory.h"
#include "io/loop.h"
#include "log/partition_log.h"
#include "metadata/activation.h"
#include "metadata/image_loader.h"
#include "quorum/quorum.h"
#include "runtime/metadata_snapshots.h"

namespace moldau::runtime {

/// The folder `__cluster_metadata-0`: the quorum's log, its snapshots and quorum-state. Carries out what the
/// quorum decides; decides nothing.
class MetadataLog {
 public:
  static constexpr std::string_view kFolderName = "__cluster_metadata-0";

  /// What the folder says at start.
  struct Content {
    quorum::Start start;  ///< without the configured voters of a static quorum
    metadata::ImageLoader loader;
    std::int64_t next_offset = 0;  ///< behind the last record in the loader
  };

  struct Settings {
    std::int32_t segment_bytes = 0;  ///< `metadata.log.segment.bytes`
    std::int64_t segment_ms = 0;     ///< `metadata.log.segment.ms`
    std::int64_t max_retention_bytes =
        -1;                              ///< `metadata.max.retention.bytes`, of log and snapshots; -1: none
    std::int64_t max_retention_ms = -1;  ///< `metadata.max.retention.ms`; -1: none
  };

  struct Lanes {
    io::LaneId sync;      ///< of its own: heartbeats wait for it
    io::LaneId snapshot;  ///< for what takes long and nobody waits for
  };

  /// Opens the folder in `log_dir`, made when missing, and recovers the log from its start, as Kafka does.
  /// KAFKA_STORAGE_ERROR for a broken disk, INVALID_RECORD and
  /// CORRUPT_MESSAGE for content that cannot be read.
  static Result<std::unique_ptr<MetadataLog>> open(io::Directory& log_dir, const Settings& settings,
                                                   const Lanes& lanes, TimestampMs now_ms);

  /// Reads the newest snapshot and the log behind it.
  Result<Content> load();

  /// Replaces quorum-state; durable when it returns.
  Result<void> persist(const quorum::ElectionState& state, std::int16_t kraft_version);

  /// Appends one encoded batch that states its own offsets.
  Result<void> append(MutableBytes batch, TimestampMs now_ms);

  std::int64_t log_start_offset() const { return log_->log_start_offset(); }
  std::int64_t log_end_offset() const { return log_->log_end_offset(); }

  /// What log and snapshots say of another replica's fetch whose last record is of that epoch.
  quorum::FetchGround fetch_ground(std::int32_t last_fetched_epoch) const;

  /// Batches from the one that holds `offset` on, below `end_offset`: at most `max_bytes`, which may end
  /// within a batch, but the first one whole.
  Result<log::ReadInfo> read(std::int64_t offset, std::int64_t max_bytes, std::int64_t end_offset) {
    return log_->read(offset, max_bytes, end_offset, true);
  }

  /// Syncs what was appended so far and tells the offset that is durable with it, on `loop`.
  void sync(io::Loop& loop, std::move_only_function<void(Result<std::int64_t> offset)> done);

  /// Writes the snapshot that `build` makes, both in a lane of their own, and tells on `loop` when it is
  /// durable. One at a time; `build` owns all it touches.
  void write_snapshot(io::Loop& loop, const quorum::SnapshotId& id, TimestampMs last_contained_ms,
                      std::move_only_function<Result<Bytes>()> build,
                      std::move_only_function<void(Result<void>)> done);
  std::optional<quorum::SnapshotId> newest_snapshot() const { return snapshots_.newest(); }

  /// Removes snapshots beyond the retention, and what of the log they alone needed. The newest one stays.
  Result<void> clean(TimestampMs now_ms);

  /// Closes the log in order: everything durable.
  Result<void> close();

 private:
  MetadataLog(std::shared_ptr<io::Directory> folder, std::unique_ptr<log::PartitionLog> log,
              MetadataSnapshots snapshots, const Settings& settings, const Lanes& lanes);

  Result<void> read_newest_snapshot(Content& content);
  Result<void> replay_log(Content& content);
  Result<void> replay_batches(ByteView batches, Content& content);

  std::shared_ptr<io::Directory> folder_;
  std::shared_ptr<log::PartitionLog> log_;
  MetadataSnapshots snapshots_;
  Settings settings_;
  Lanes lanes_;
};

/// What formatting left in `log_dir` for the first leader; the defaults of the latest production version
/// without it.
Result<metadata::BootstrapMetadata> read_bootstrap(io::Directory& log_dir);

}  // namespace moldau::runtime
