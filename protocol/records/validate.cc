#include "protocol/records/validate.h"

#include <algorithm>
#include <utility>

#include "base/endian.h"
#include "protocol/records/record_scan.h"
#include "protocol/records/stream_source.h"

namespace moldau::records {
namespace {

std::unexpected<Rejection> reject(ErrorCode code, std::string message) {
  return std::unexpected(Rejection{{code, std::move(message)}, false, {}});
}

// Timestamps come from outside, so sums and differences of them wrap, as in Java.
std::int64_t wrapping_add(std::int64_t a, std::int64_t b) {
  return static_cast<std::int64_t>(static_cast<std::uint64_t>(a) + static_cast<std::uint64_t>(b));
}

std::int64_t wrapping_subtract(std::int64_t a, std::int64_t b) {
  return static_cast<std::int64_t>(static_cast<std::uint64_t>(a) - static_cast<std::uint64_t>(b));
}

bool timestamp_in_range(TimestampMs timestamp_ms, const ProduceRules& rules) {
  const std::int64_t age = wrapping_subtract(rules.now_ms, timestamp_ms);
  return age <= rules.timestamp_before_max_ms && wrapping_subtract(0, age) <= rules.timestamp_after_max_ms;
}

/// The record errors of one batch, bounded in memory however many there are.
class RecordErrors {
 public:
  explicit RecordErrors(std::size_t batch_size_bytes) : budget_bytes_(batch_size_bytes + kAllowance) {}

  void add(ErrorCode code, std::int32_t index, std::string message) {
    ++count_;
    any_timestamp_ = any_timestamp_ || code == ErrorCode::kInvalidTimestamp;
    const std::size_t cost = sizeof(RecordError) + message.size();
    if (cost > budget_bytes_) {
      budget_bytes_ = 0;
      return;
    }
    budget_bytes_ -= cost;
    listed_.push_back({index, std::move(message)});
  }

  bool empty() const { return count_ == 0; }
  /// False once further errors would only be counted, so that their texts need not be made.
  bool lists_more() const { return budget_bytes_ > 0; }
  void count(ErrorCode code) {
    ++count_;
    any_timestamp_ = any_timestamp_ || code == ErrorCode::kInvalidTimestamp;
  }

  Rejection rejection() && {
    Error error = any_timestamp_ ? Error{ErrorCode::kInvalidTimestamp,
                                         "One or more records have been rejected due to invalid timestamp"}
                                 : Error{ErrorCode::kInvalidRecord, summary()};
    return Rejection{std::move(error), true, std::move(listed_)};
  }

 private:
  static constexpr std::size_t kAllowance = 65536;
  static constexpr std::size_t kShown = 3;

  std::string summary() const {
    std::string text = "One or more records have been rejected due to " + std::to_string(count_) +
                       " record errors in total, and only showing the first three errors at most: [";
    for (std::size_t i = 0; i < std::min(kShown, listed_.size()); ++i) {
      if (i > 0) text += ", ";
      text += "RecordError(batchIndex=" + std::to_string(listed_[i].batch_index) + ", message='" +
              listed_[i].message + "')";
    }
    return text + "]";
  }

  std::size_t budget_bytes_;
  std::size_t count_ = 0;
  bool any_timestamp_ = false;
  std::vector<RecordError> listed_;
};

/// The checks that need the fields of a record, and what they sum up to.
class RecordChecker {
 public:
  RecordChecker(const BatchView& batch, const ProduceRules& rules)
      : batch_(batch), rules_(rules), errors_(batch.size_bytes()) {}

  void check(std::int32_t index, const ScannedRecord& record) {
    const bool stamped_by_leader = batch_.timestamp_type() == TimestampType::kLogAppendTime;
    const TimestampMs timestamp_ms = stamped_by_leader
                                         ? batch_.max_timestamp()
                                         : wrapping_add(batch_.base_timestamp(), record.timestamp_delta);
    max_timestamp_ms_ = std::max(max_timestamp_ms_, timestamp_ms);
    if (rules_.keys_required && record.key_length < 0) {
      add(ErrorCode::kInvalidRecord, index, [&] { return missing_key(); });
    } else if (rules_.timestamp_type == TimestampType::kCreateTime && timestamp_ms != kNoTimestamp) {
      if (!timestamp_in_range(timestamp_ms, rules_)) {
        add(ErrorCode::kInvalidTimestamp, index, [&] { return out_of_range(record, timestamp_ms); });
      }
    } else if (stamped_by_leader) {
      add(ErrorCode::kInvalidTimestamp, index, [&] { return wrong_type(record, timestamp_ms); });
    }
  }

  /// In place of check() for every record: the header's maximum stands for them all.
  void check_header() {
    ScannedRecord latest;
    latest.timestamp_delta = wrapping_subtract(batch_.max_timestamp(), batch_.base_timestamp());
    check(0, latest);
  }

  TimestampMs max_timestamp_ms() const { return max_timestamp_ms_; }
  bool failed() const { return !errors_.empty(); }
  Rejection rejection() && { return std::move(errors_).rejection(); }

 private:
  template <class Text>
  void add(ErrorCode code, std::int32_t index, Text text) {
    if (errors_.lists_more()) {
      errors_.add(code, index, text());
    } else {
      errors_.count(code);
    }
  }

  std::string missing_key() const {
    return "Compacted topic cannot accept message without key in topic partition " +
           std::string(rules_.topic_partition);
  }

  std::string out_of_range(const ScannedRecord& record, TimestampMs timestamp_ms) const {
    return "Timestamp " + std::to_string(timestamp_ms) + " of message with offset " + offset(record) +
           " is out of range. The timestamp should be within [" +
           std::to_string(wrapping_subtract(rules_.now_ms, rules_.timestamp_before_max_ms)) + ", " +
           std::to_string(wrapping_add(rules_.now_ms, rules_.timestamp_after_max_ms)) + "]";
  }

  std::string wrong_type(const ScannedRecord& record, TimestampMs timestamp_ms) const {
    // Kafka prints the class of its record object: a partial one where it only walks over a compressed batch.
    const bool partial =
        batch_.is_compressed() && rules_.target_codec.value_or(*batch_.codec()) == batch_.codec();
    const std::int32_t key = partial ? record.key_length : std::max(record.key_length, 0);
    const std::int32_t value = partial ? record.value_length : std::max(record.value_length, 0);
    return std::string("Invalid timestamp type in message ") + (partial ? "Partial" : "") +
           "DefaultRecord(offset=" + offset(record) + ", timestamp=" + std::to_string(timestamp_ms) +
           ", key=" + std::to_string(key) + " bytes, value=" + std::to_string(value) +
           " bytes). Producer should not set timestamp type to LogAppendTime.";
  }

  std::string offset(const ScannedRecord& record) const {
    return std::to_string(wrapping_add(batch_.base_offset(), record.offset_delta));
  }

  const BatchView& batch_;
  const ProduceRules& rules_;
  RecordErrors errors_;
  TimestampMs max_timestamp_ms_ = kNoTimestamp;
};

std::optional<Rejection> check_sizes_and_crc(const BatchView& batch, const ProduceRules& rules) {
  const auto refuse = [](ErrorCode code, std::string message) {
    return Rejection{{code, std::move(message)}, false, {}};
  };
  if (batch.base_offset() != 0) {
    return refuse(ErrorCode::kInvalidRecord,
                  "base offset of a produced batch is " + std::to_string(batch.base_offset()) + ", not 0");
  }
  if (std::cmp_greater(batch.size_bytes(), rules.max_message_bytes)) {
    return refuse(ErrorCode::kMessageTooLarge,
                  "batch of " + std::to_string(batch.size_bytes()) +
                      " bytes is larger than max.message.bytes=" + std::to_string(rules.max_message_bytes));
  }
  if (!batch.is_valid()) {
    return refuse(ErrorCode::kCorruptMessage, "batch is corrupt: stored crc " + std::to_string(batch.crc()) +
                                                  ", computed crc " + std::to_string(batch.compute_crc()));
  }
  if (!batch.codec()) {
    return refuse(ErrorCode::kUnknownServerError, "no codec has the id " + std::to_string(batch.codec_id()));
  }
  return std::nullopt;
}

std::optional<Rejection> check_header(const BatchView& batch) {
  const auto refuse = [](std::string message) {
    return Rejection{{ErrorCode::kInvalidRecord, std::move(message)}, false, {}};
  };
  const std::int64_t count_by_offsets = std::int64_t{batch.last_offset_delta()} + 1;
  if (count_by_offsets <= 0) {
    return refuse("last offset delta " + std::to_string(batch.last_offset_delta()) + " is negative");
  }
  if (batch.record_count() <= 0) {
    return refuse("record count " + std::to_string(batch.record_count()) + " is not positive");
  }
  if (count_by_offsets != batch.record_count()) {
    return refuse("record count " + std::to_string(batch.record_count()) +
                  " does not fit last offset delta " + std::to_string(batch.last_offset_delta()));
  }
  if (batch.is_control()) return refuse("clients may not write control batches");
  if (batch.has_producer_id() && batch.base_sequence() < 0) {
    return refuse("sequence " + std::to_string(batch.base_sequence()) +
                  " is negative in a batch of producer " + std::to_string(batch.producer_id()));
  }
  return std::nullopt;
}

/// Why the walk over the entries of a produce request cannot go on, if it is by their size or magic.
std::optional<Rejection> corruption_at(const BatchCursor& cursor, ByteView records) {
  const ByteView rest = records.subspan(cursor.position());
  if (cursor.stop() == CursorStop::kUnknownMagic) {
    const auto magic = load_big_endian<std::int8_t>(rest.data() + kMagicAt);
    return Rejection{
        {ErrorCode::kCorruptMessage, "Invalid magic found in record: " + std::to_string(magic)}, true, {}};
  }
  if (cursor.stop() != CursorStop::kCorruptSize) return std::nullopt;
  const auto length = load_big_endian<std::int32_t>(rest.data() + kLengthAt);
  if (length < kSmallestLength) {
    return Rejection{{ErrorCode::kCorruptMessage, "Record size " + std::to_string(length) +
                                                      " is less than the minimum record overhead (" +
                                                      std::to_string(kSmallestLength) + ")"},
                     true,
                     {}};
  }
  return Rejection{{ErrorCode::kCorruptMessage, "a batch is shorter than its header"}, false, {}};
}

RecordFault scan(SpanSource& source, ScannedRecord& record) {
  return scan_record(source, record);
}

/// Records that lie within one chunk are scanned there, which is several times faster than over its edge.
RecordFault scan(StreamSource& source, ScannedRecord& record) {
  SpanSource length_source(source.window());
  std::int32_t length = 0;
  const bool at_hand = read_varint(length_source, length) == RecordFault::kNone && length >= 0 &&
                       length_source.may_hold(static_cast<std::size_t>(length));
  if (!at_hand) return scan_record(source, record);
  const auto size = static_cast<std::size_t>(length_source.position()) + static_cast<std::size_t>(length);
  SpanSource within(source.window().first(size));
  const RecordFault fault = scan_record(within, record);
  source.skip(size);
  // What would be the end of the data is the end of this record only.
  return fault == RecordFault::kEndOfData ? RecordFault::kBadFieldLength : fault;
}

/// Runs over all records of `source`. A malformed record outweighs the record errors before it.
template <class Source>
std::optional<Rejection> check_records(Source& source, std::int32_t count, RecordChecker& checker) {
  const auto refuse = [](std::string message) {
    return Rejection{{ErrorCode::kInvalidRecord, std::move(message)}, false, {}};
  };
  for (std::int32_t index = 0; index < count; ++index) {
    ScannedRecord record;
    if (const RecordFault fault = scan(source, record); fault != RecordFault::kNone) {
      return refuse("record " + std::to_string(index) + ": " + std::string(describe(fault)));
    }
    if (record.offset_delta != index) {
      return refuse("record " + std::to_string(index) + " has the offset delta " +
                    std::to_string(record.offset_delta));
    }
    checker.check(index, record);
  }
  if (!source.at_end()) return refuse("bytes follow the last of " + std::to_string(count) + " records");
  return std::nullopt;
}

/// What is answered where the compressed stream does not decode. Apache Kafka fails inside where the stream
/// is broken; CORRUPT_MESSAGE would make the producer send it again and again.
Rejection undecodable(Error error) {
  if (error.code == ErrorCode::kCorruptMessage) error.code = ErrorCode::kUnknownServerError;
  return Rejection{std::move(error), false, {}};
}

bool must_recompress(const BatchView& batch, const ProduceRules& rules) {
  return rules.target_codec.value_or(*batch.codec()) != *batch.codec();
}

/// All that is behind the header, as far as the rules want it checked.
std::optional<Rejection> check_body(const BatchView& batch, const ProduceRules& rules, DecoderSet& decoders,
                                    RecordChecker& checker, std::uint64_t& uncompressed_bytes) {
  std::optional<Rejection> malformed;
  if (!rules.check_records && !rules.keys_required) {
    checker.check_header();
    uncompressed_bytes = batch.size_bytes();
  } else if (batch.is_compressed()) {
    const DecodeLimits limits{.output_bytes = must_recompress(batch, rules) ? rules.max_recompressed_bytes
                                                                            : rules.max_uncompressed_bytes};
    StreamSource source(decoders.open(*batch.codec(), batch.records(), limits));
    malformed = check_records(source, batch.record_count(), checker);
    uncompressed_bytes = kBatchHeaderSize + source.position();
    if (source.error()) malformed = undecodable(*source.error());
  } else {
    SpanSource source(batch.records());
    malformed = check_records(source, batch.record_count(), checker);
    uncompressed_bytes = kBatchHeaderSize + source.position();
  }
  if (!malformed && checker.failed()) return std::move(checker).rejection();
  return malformed;
}

}  // namespace

std::expected<BatchView, Rejection> sole_batch(ByteView records, std::int16_t produce_version) {
  BatchCursor cursor(records);
  const auto first = cursor.next();
  if (auto corrupt = corruption_at(cursor, records)) return std::unexpected(std::move(*corrupt));
  if (!first) {
    return reject(ErrorCode::kInvalidRecord, "a partition of a produce request has no whole record batch");
  }
  if (first->magic != kMagicV2) {
    return reject(ErrorCode::kInvalidRecord,
                  "produce requests carry batches of magic 2, not " + std::to_string(first->magic));
  }
  auto batch = BatchView::parse(first->bytes);
  if (!batch) return reject(batch.error().code, std::move(batch.error().message));
  constexpr std::int16_t kFirstVersionWithZstd = 7;
  if (produce_version < kFirstVersionWithZstd && batch->codec() == Codec::kZstd) {
    return reject(ErrorCode::kUnsupportedCompressionType, "zstd needs version 7 of the produce request");
  }
  if (cursor.next()) {
    return reject(ErrorCode::kInvalidRecord,
                  "a partition of a produce request has more than one record batch");
  }
  if (auto corrupt = corruption_at(cursor, records)) {
    corrupt->message_on_wire = false;
    return std::unexpected(std::move(*corrupt));
  }
  return *batch;
}

std::expected<ValidatedBatch, Rejection> validate_produced(const BatchView& batch, const ProduceRules& rules,
                                                           DecoderSet& decoders) {
  if (auto rejection = check_sizes_and_crc(batch, rules)) return std::unexpected(std::move(*rejection));
  if (auto rejection = check_header(batch)) return std::unexpected(std::move(*rejection));

  RecordChecker checker(batch, rules);
  ValidatedBatch validated;
  validated.record_count = batch.record_count();
  if (auto rejection = check_body(batch, rules, decoders, checker, validated.uncompressed_bytes)) {
    return std::unexpected(std::move(*rejection));
  }
  validated.max_timestamp_ms =
      rules.timestamp_type == TimestampType::kLogAppendTime ? rules.now_ms : checker.max_timestamp_ms();
  validated.must_recompress = must_recompress(batch, rules);
  if (!validated.must_recompress && std::cmp_greater(batch.size_bytes(), rules.segment_bytes)) {
    return reject(ErrorCode::kRecordListTooLarge,
                  "batch of " + std::to_string(batch.size_bytes()) +
                      " bytes is larger than segment.bytes=" + std::to_string(rules.segment_bytes));
  }
  return validated;
}

}  // namespace moldau::records
