#pragma once

#include <cstddef>
#include <cstdint>
#include <expected>
#include <limits>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/bytes.h"
#include "base/result.h"
#include "base/time.h"
#include "protocol/records/batch.h"
#include "protocol/records/codec.h"

namespace moldau::records {

/// What gzip compresses in a fraction of a second.
inline constexpr std::uint64_t kMaxRecompressedBytes = std::uint64_t{64} << 20;

/// What a topic and the moment ask of a produced batch. Names and defaults are those of Kafka's topic
/// configurations.
struct ProduceRules {
  std::int64_t max_message_bytes = 1048588;  ///< `max.message.bytes`, compared with the batch as sent.
  std::int64_t segment_bytes = 1073741824;   ///< `segment.bytes`; a batch is never cut over two segments.
  bool keys_required = false;                ///< True where `cleanup.policy` contains compact.
  TimestampType timestamp_type = TimestampType::kCreateTime;  ///< `message.timestamp.type`.
  std::int64_t timestamp_before_max_ms = std::numeric_limits<std::int64_t>::max();
  std::int64_t timestamp_after_max_ms = 3600000;
  TimestampMs now_ms = 0;  ///< The leader's wall clock.
  std::optional<Codec> target_codec =
      {};  ///< `compression.type`; nullopt for "producer": keep what was sent.
  /// Bytes a compressed batch may decode to. Kafka has no such limit; it is what a compression bomb costs.
  std::uint64_t max_uncompressed_bytes = DecodeLimits{}.output_bytes;
  /// The same for one that is to be recompressed: a byte then costs several times as much, by gzip above all.
  std::uint64_t max_recompressed_bytes = kMaxRecompressedBytes;
  /// False: the header alone is checked, and its maximum timestamp for all, for operators who trust their
  /// producers (`moldau.produce.validate=headers`). Ignored where keys are required.
  bool check_records = true;
  /// "topic-partition" as Kafka writes it into its messages. Borrowed for the call.
  std::string_view topic_partition;
};

/// What validation found out about a batch that may be appended.
struct ValidatedBatch {
  std::int32_t record_count = 0;
  /// The maximum to store, by MutableBatch::set_max_timestamp(rules.timestamp_type, ...): the largest
  /// timestamp of a record, which the sender's header may state wrongly, or now_ms for LogAppendTime.
  /// Its place for the time index is the batch's last offset, as in Kafka ("shallow offset of max
  /// timestamp").
  TimestampMs max_timestamp_ms = kNoTimestamp;
  /// Header and records before compression.
  std::uint64_t uncompressed_bytes = 0;
  /// True if target_codec differs from the batch's codec: the leader rebuilds the batch with it. Sizes are
  /// then checked again by who rebuilds, and segment_bytes has not been.
  bool must_recompress = false;
};

/// One refused record of a batch, for the `RecordErrors` of a Produce response.
struct RecordError {
  std::int32_t batch_index;  ///< Counted from 0.
  std::string message;       ///< Kafka's text.

  bool operator==(const RecordError&) const = default;
};

/// Why a batch may not be appended.
struct Rejection {
  Error error;
  /// Whether the message belongs into the response's ErrorMessage. Kafka fills it in together with record
  /// errors and for sizes and magics that cannot be; elsewhere it sends null, and the message is for the log.
  bool message_on_wire = false;
  /// In the order of the batch; no more than take the batch's own size and 64 KiB in memory.
  std::vector<RecordError> record_errors;
};

/// The checks of a Produce request's records field that come before any look at the log: exactly one whole
/// batch of magic 2, zstd from version 7 on. Bytes of a started further entry are tolerated and are not part
/// of the view, as in Kafka. INVALID_RECORD, CORRUPT_MESSAGE or UNSUPPORTED_COMPRESSION_TYPE.
std::expected<BatchView, Rejection> sole_batch(ByteView records, std::int16_t produce_version);

/// The checks of the log, in Kafka's order, in one pass over the batch where it lies: sizes, CRC, header,
/// then every record. No allocation or copy per record; a compressed batch is decoded in chunks by one of
/// `decoders`, which the caller keeps from batch to batch. docs/record-batch.md lists each check with its
/// code.
std::expected<ValidatedBatch, Rejection> validate_produced(const BatchView& batch, const ProduceRules& rules,
                                                           DecoderSet& decoders);

}  // namespace moldau::records
