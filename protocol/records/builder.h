#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>

#include "base/buffer.h"
#include "base/bytes.h"
#include "base/result.h"
#include "base/time.h"
#include "protocol/records/batch.h"
#include "protocol/records/codec.h"

namespace moldau::records {

/// A header of a record as it is written. Borrowed.
struct RecordHeader {
  ByteView key;                        ///< UTF-8, may be empty but not null.
  std::optional<ByteView> value = {};  ///< nullopt for null.
};

/// A record as it is written. Borrowed for the call.
struct RecordData {
  TimestampMs timestamp_ms = kNoTimestamp;
  std::optional<ByteView> key = {};    ///< nullopt for null.
  std::optional<ByteView> value = {};  ///< nullopt for null: a tombstone.
  std::span<const RecordHeader> headers = {};
};

/// Types of control records; they stand in the record's key. Values as on the wire.
enum class ControlType : std::int16_t {
  kAbort = 0,
  kCommit = 1,
  kLeaderChange = 2,
  kSnapshotHeader = 3,
  kSnapshotFooter = 4,
  kKraftVersion = 5,
  kKraftVoters = 6,
};

/// The type that the key of a control record states; nullopt for a type that Kafka 4.3 does not know, which
/// readers skip. INVALID_RECORD for fewer than 4 bytes or a negative version.
Result<std::optional<ControlType>> parse_control_key(ByteView key);

/// Bytes of the record in a batch, where the deltas are to the batch's first offset and timestamp.
std::size_t record_size(std::int32_t offset_delta, std::int64_t timestamp_delta, const RecordData& record);

/// Header fields of a batch to build.
struct BatchSpec {
  std::int64_t base_offset = 0;
  std::int32_t partition_leader_epoch = kNoPartitionLeaderEpoch;
  TimestampType timestamp_type = TimestampType::kCreateTime;
  TimestampMs log_append_time_ms = kNoTimestamp;  ///< The maximum timestamp where the type is LogAppendTime.
  std::int64_t producer_id = kNoProducerId;
  std::int16_t producer_epoch = kNoProducerEpoch;
  std::int32_t base_sequence = kNoSequence;
  bool is_transactional = false;
  bool is_control = false;
  Codec codec = Codec::kNone;
  std::optional<int> compression_level =
      {};  ///< One that is_valid_level allows; nullopt for Kafka's default.
  /// Replaces the base timestamp, and marks that it does (KIP-534).
  std::optional<TimestampMs> delete_horizon_ms = {};
  /// Stands in place of the last record's offset, which it is not below: a batch that compaction has thinned
  /// out still ends where it did, so that its last sequence is told.
  std::optional<std::int64_t> last_offset = {};
};

/// Writes one batch of magic 2, byte for byte as Kafka's own builder does (for compressed records up to what
/// the codecs' libraries make of the same input). The record calls are made in the
/// order of the offsets; build() ends it.
class BatchBuilder {
 public:
  explicit BatchBuilder(const BatchSpec& spec);

  /// Appends at the offset after the last record, or at the base offset.
  void append(const RecordData& record);
  /// Appends at `offset`, which is larger than any before and within 2^31-1 of the base offset: compaction
  /// keeps offsets and leaves gaps.
  void append_at(std::int64_t offset, const RecordData& record);
  /// Appends a control record; `value` is the message with its version in front, as the schemas define it.
  void append_control(TimestampMs timestamp_ms, ControlType type, ByteView value);
  /// COMMIT or ABORT of the producer that the spec names, which must be transactional.
  void append_end_txn_marker(TimestampMs timestamp_ms, ControlType type, std::int32_t coordinator_epoch);

  std::int32_t record_count() const { return record_count_; }
  /// Size of the batch so far, uncompressed.
  std::size_t size_bytes() const { return buffer_.size(); }
  /// Bytes by which append() of the record makes it larger.
  std::size_t size_of_next(const RecordData& record) const;

  /// The finished batch; empty if nothing was appended. The builder is spent.
  Buffer build() &&;

 private:
  std::int64_t next_offset() const;
  void compress_records();
  void write_header();

  BatchSpec spec_;
  Buffer buffer_;
  std::optional<TimestampMs> base_timestamp_ms_;
  TimestampMs max_timestamp_ms_ = kNoTimestamp;
  std::int64_t last_offset_ = -1;
  std::int32_t record_count_ = 0;
};

/// A whole control batch with one record: what leaders, snapshots and transaction coordinators write.
Buffer build_control_batch(BatchSpec spec, TimestampMs timestamp_ms, ControlType type, ByteView value);

}  // namespace moldau::records
