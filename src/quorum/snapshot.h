#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/buffer.h"
#include "base/bytes.h"
#include "base/result.h"
#include "base/time.h"
#include "quorum/batch_accumulator.h"
#include "quorum/control_records.h"
#include "quorum/snapshot_id.h"
#include "quorum/voter_set.h"

namespace moldau::quorum {

/// What formatting leaves beside the metadata log for the first leader: features and credentials.
inline constexpr std::string_view kBootstrapCheckpointName = "bootstrap.checkpoint";

/// "00000000000000012345-0000000007.checkpoint".
std::string snapshot_file_name(const SnapshotId& id);
/// nullopt for names that are not exactly of that form; unfinished and deleted snapshots have other endings.
std::optional<SnapshotId> parse_snapshot_file_name(std::string_view name);

/// What the control records of a snapshot say.
struct SnapshotHead {
  TimestampMs last_contained_log_timestamp_ms = 0;
  std::int16_t kraft_version = 0;  ///< 0 leaves version and voters out.
  std::optional<VoterSet> voters = {};

  bool operator==(const SnapshotHead&) const = default;
};

/// Writes a snapshot batch by batch (docs/formats/metadata-snapshot.md). The `now_ms` of each call is the
/// time of the batches that it returns or begins. Returned buffers follow each other in the file.
class SnapshotBuilder {
 public:
  explicit SnapshotBuilder(std::int32_t epoch) : epoch_(epoch), data_(epoch, 0) {}

  /// The first batch.
  Buffer begin(const SnapshotHead& head, TimestampMs now_ms);
  /// Takes framed records in order. RECORD_LIST_TOO_LARGE for one beyond the size of a batch.
  Result<void> append(std::span<const Bytes> records);
  /// The data batches and the footer.
  std::vector<Buffer> finish(TimestampMs now_ms);

 private:
  std::int32_t epoch_;
  BatchAccumulator data_;
};

/// A whole snapshot at once. RECORD_LIST_TOO_LARGE as above.
Result<Bytes> build_snapshot(const SnapshotHead& head, std::int32_t epoch, std::span<const Bytes> records,
                             TimestampMs now_ms);

/// What a snapshot file holds.
struct SnapshotContent {
  SnapshotHead head;
  std::vector<Bytes> records;  ///< Framed records in order.
};

/// Reads a snapshot or `bootstrap.checkpoint`. CORRUPT_MESSAGE or INVALID_RECORD if a batch is cut off or has
/// a wrong CRC, if header or footer are missing, or a record is malformed: half a snapshot is none.
Result<SnapshotContent> read_snapshot(ByteView file, records::DecoderSet& decoders);

/// When the last record that the snapshot stands for was written, as its first batch says: `beginning` is
/// some of the file, with that batch whole. CORRUPT_MESSAGE or INVALID_RECORD as above.
Result<TimestampMs> read_snapshot_time(ByteView beginning, records::DecoderSet& decoders);

}  // namespace moldau::quorum
