#include "tools/dump_batches.h"

#include <charconv>
#include <cstdint>
#include <limits>
#include <utility>

#include "log/file_names.h"
#include "protocol/records/legacy.h"
#include "protocol/records/record_iterator.h"
#include "tools/batch_file.h"
#include "tools/control_record.h"
#include "tools/record_decoder.h"

namespace moldau::tools {
namespace {

std::string_view name_of(records::TimestampType type) {
  return type == records::TimestampType::kLogAppendTime ? "LogAppendTime" : "CreateTime";
}

Result<std::string_view> codec_name_of(std::optional<records::Codec> codec, const records::Entry& batch) {
  if (codec) return records::codec_name(*codec);
  return fail(ErrorCode::kCorruptMessage,
              "Unknown compression type at position " + std::to_string(batch.position));
}

Result<DumpedBatch> batch_facts(const records::BatchView& batch, const records::Entry& entry) {
  const auto codec = codec_name_of(batch.codec(), entry);
  if (!codec) return fail(codec.error());
  return DumpedBatch{.position = static_cast<std::int64_t>(entry.position),
                     .size_bytes = static_cast<std::int64_t>(batch.size_bytes()),
                     .last_offset = batch.last_offset(),
                     .timestamp_type = name_of(batch.timestamp_type()),
                     .max_timestamp_ms = batch.max_timestamp(),
                     .codec = *codec,
                     .crc = batch.crc(),
                     .is_valid = batch.is_valid(),
                     .base_offset = batch.base_offset(),
                     .count = batch.record_count(),
                     .base_sequence = batch.base_sequence(),
                     .last_sequence = batch.last_sequence(),
                     .producer_id = batch.producer_id(),
                     .producer_epoch = batch.producer_epoch(),
                     .partition_leader_epoch = batch.partition_leader_epoch(),
                     .is_transactional = batch.is_transactional(),
                     .is_control = batch.is_control(),
                     .delete_horizon_ms = batch.delete_horizon_ms()};
}

std::string_view timestamp_type_of(const records::LegacyEntry& entry) {
  return entry.magic() == records::kMagicV0 ? "NoTimestampType" : name_of(entry.timestamp_type());
}

Result<DumpedBatch> batch_facts(const records::LegacyEntry& batch, const records::Entry& entry) {
  const auto codec = codec_name_of(batch.codec(), entry);
  if (!codec) return fail(codec.error());
  return DumpedBatch{.position = static_cast<std::int64_t>(entry.position),
                     .size_bytes = static_cast<std::int64_t>(batch.size_bytes()),
                     .magic = batch.magic(),
                     .last_offset = batch.offset(),
                     .timestamp_type = timestamp_type_of(batch),
                     .max_timestamp_ms = batch.timestamp_ms(),
                     .codec = *codec,
                     .crc = batch.crc(),
                     .is_valid = batch.is_valid()};
}

std::int32_t size_of(const std::optional<ByteView>& field) {
  return field ? static_cast<std::int32_t>(field->size()) : -1;
}

/// Dumps the batches of one file.
class BatchDump {
 public:
  BatchDump(const DumpOptions& options, DumpWriter& writer) : options_(options), writer_(writer) {}

  Result<void> dump(const records::Entry& entry) {
    return entry.magic == records::kMagicV2 ? dump_batch(entry) : dump_legacy(entry);
  }

 private:
  Result<void> dump_batch(const records::Entry& entry) {
    const auto batch = records::BatchView::parse(entry.bytes);
    if (!batch) return fail(batch.error());
    const auto facts = batch_facts(*batch, entry);
    if (!facts) return fail(facts.error());
    writer_.batch(*facts);
    if (!options_.is_deep()) return {};
    auto iterator = records::RecordIterator::open(*batch, decoders_);
    if (!iterator) return fail(std::move(iterator).error());
    return dump_records(*iterator, *facts);
  }

  Result<void> dump_legacy(const records::Entry& entry) {
    const auto batch = records::LegacyEntry::parse(entry.bytes);
    if (!batch) return fail(batch.error());
    const auto facts = batch_facts(*batch, entry);
    if (!facts) return fail(facts.error());
    writer_.batch(*facts);
    if (!options_.is_deep()) return {};
    auto iterator = records::LegacyIterator::open(*batch, decoders_);
    if (!iterator) return fail(std::move(iterator).error());
    return dump_records(*iterator, *facts);
  }

  template <class Iterator>
  Result<void> dump_records(Iterator& iterator, const DumpedBatch& batch) {
    records::RecordView record;
    while (true) {
      const auto more = iterator.next(record);
      if (!more) return fail(more.error());
      if (!*more) return {};
      check_order(record.offset);
      DumpedRecord facts = record_facts(record, batch);
      if constexpr (std::is_same_v<Iterator, records::LegacyIterator>) {
        facts.crc = iterator.current().crc();
        facts.is_valid = iterator.current().is_valid();
      }
      if (auto read = read_contents(record, batch, facts); !read) return read;
      writer_.record(facts);
    }
  }

  /// A record's offset is one above that of the record before, and 0 for the first of the file: so the tool
  /// of Apache Kafka has it, whatever the file's own base is.
  void check_order(std::int64_t offset) {
    if (offset == std::numeric_limits<std::int64_t>::min() || offset - 1 != last_offset_) {
      writer_.offsets_not_consecutive(last_offset_, offset);
    }
    last_offset_ = offset;
  }

  static DumpedRecord record_facts(const records::RecordView& record, const DumpedBatch& batch) {
    DumpedRecord facts{.offset = record.offset,
                       .timestamp_type = batch.timestamp_type,
                       .timestamp_ms = record.timestamp_ms,
                       .key_size = size_of(record.key),
                       .value_size = size_of(record.value),
                       .magic = batch.magic,
                       .sequence = record.sequence};
    records::HeaderCursor headers = record.headers;
    while (const auto header = headers.next()) {
      facts.header_keys.push_back(as_text(header->key));
    }
    return facts;
  }

  Result<void> read_contents(const records::RecordView& record, const DumpedBatch& batch,
                             DumpedRecord& facts) const {
    if (batch.is_control) {
      if (options_.skip_record_metadata) return {};
      auto control = read_control_record(record);
      if (!control) return fail(std::move(control).error());
      facts.control = std::move(*control);
    } else if (options_.prints_contents()) {
      auto contents = decode_record(options_.kind, record);
      if (!contents) return fail(std::move(contents).error());
      facts.contents = std::move(*contents);
    }
    return {};
  }

  const DumpOptions& options_;
  DumpWriter& writer_;
  records::DecoderSet decoders_;
  std::int64_t last_offset_ = -1;
};

/// Reads `digits` digits of a snapshot's name at `position`.
template <class T>
std::optional<T> number_at(std::string_view name, std::size_t position, std::size_t digits) {
  T value = 0;
  const std::string_view text = name.substr(position, digits);
  const auto [stopped, fault] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (fault != std::errc{} || stopped != text.data() + text.size() || value < 0) return std::nullopt;
  return value;
}

/// Says where the file begins, by its name.
Result<void> write_start(const std::string& name, DumpWriter& writer) {
  constexpr std::size_t kOffsetDigits = 20;
  constexpr std::size_t kEpochDigits = 10;
  constexpr std::string_view kSnapshotSuffix = ".checkpoint";
  if (name == "bootstrap.checkpoint") {
    writer.bootstrap_start();
    return {};
  }
  if (name.ends_with(kSnapshotSuffix)) {
    const bool fits = name.size() == kOffsetDigits + 1 + kEpochDigits + kSnapshotSuffix.size() &&
                      name[kOffsetDigits] == '-';
    const auto end_offset = fits ? number_at<std::int64_t>(name, 0, kOffsetDigits) : std::nullopt;
    const auto epoch = fits ? number_at<std::int32_t>(name, kOffsetDigits + 1, kEpochDigits) : std::nullopt;
    if (!end_offset || !epoch) {
      return fail(ErrorCode::kInvalidRequest, "the name is not that of a snapshot: OFFSET-EPOCH.checkpoint");
    }
    writer.snapshot_start(*end_offset, *epoch);
    return {};
  }
  const auto start = log::offset_of_file_name(name);
  if (!start) return fail(ErrorCode::kInvalidRequest, "the name does not begin with an offset");
  writer.log_start(*start);
  return {};
}

}  // namespace

Result<void> dump_batches(io::Directory& folder, const std::string& name, const DumpOptions& options,
                          DumpWriter& writer) {
  if (auto started = write_start(name, writer); !started) return started;
  auto file = BatchFile::open(folder, name);
  if (!file) return fail(std::move(file).error());
  if (auto limited = file->seek(0, options.max_bytes); !limited) return limited;
  BatchDump dump(options, writer);
  while (true) {
    const auto entry = file->next();
    if (!entry) return fail(entry.error());
    if (!*entry) break;
    if (auto done = dump.dump(**entry); !done) return done;
  }
  const std::int64_t trailing_bytes = file->end() - file->position();
  const bool is_whole = options.max_bytes == std::numeric_limits<std::int32_t>::max();
  if (trailing_bytes > 0 && is_whole) writer.trailing_bytes(trailing_bytes);
  return {};
}

}  // namespace moldau::tools
