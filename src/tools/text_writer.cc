#include "tools/text_writer.h"

#include <algorithm>
#include <map>
#include <optional>

#include "base/utf8.h"
#include "protocol/records/batch.h"
#include "tools/text_line.h"

namespace moldau::tools {
namespace {

std::string optional_long(const std::optional<std::int64_t>& value) {
  return value ? "OptionalLong[" + std::to_string(*value) + "]" : "OptionalLong.empty";
}

std::string text_of(const DumpedField& field) {
  return replace_malformed_utf8(field.form == DumpedField::Form::kBytes ? as_text(field.bytes) : field.text);
}

void add_metadata(TextLine& line, const DumpedRecord& record) {
  line << "| offset: " << record.offset << " " << record.timestamp_type << ": " << record.timestamp_ms
       << " keySize: " << record.key_size << " valueSize: " << record.value_size;
  if (record.magic < records::kMagicV2) {
    line << " isValid: " << record.is_valid << " crc: " << record.crc;
    return;
  }
  line << " sequence: " << record.sequence << " headerKeys: [";
  std::string_view separator;
  for (const std::string_view key : record.header_keys) {
    line << separator << replace_malformed_utf8(key);
    separator = ",";
  }
  line << "]";
  if (record.control) line << " " << record.control->text;
}

void add_contents(TextLine& line, const RecordContents& contents, std::string_view prefix) {
  if (contents.key) {
    line << prefix << "key: " << text_of(*contents.key);
    prefix = " ";
  }
  if (contents.payload) line << prefix << "payload: " << text_of(*contents.payload);
}

using Pairs = std::vector<std::pair<std::int64_t, std::int64_t>>;

/// In the order of the first numbers; of several with the same one the last.
Pairs by_first(const Pairs& pairs) {
  std::map<std::int64_t, std::int64_t> sorted;
  for (const auto& [first, second] : pairs) {
    sorted[first] = second;
  }
  return {sorted.begin(), sorted.end()};
}

std::string_view file_name(std::string_view path) {
  return path.substr(path.rfind('/') + 1);
}

}  // namespace

void TextWriter::Complaints::add(const std::string& path, Pair pair) {
  if (by_file_.empty() || by_file_.back().first != path) by_file_.emplace_back(path, std::vector<Pair>());
  by_file_.back().second.push_back(pair);
}

void TextWriter::begin_file(const std::string& path) {
  path_ = path;
  absolute_path_ = host_.absolute_path(path);
  host_.out("Dumping " + path);
}

void TextWriter::unknown_file() {
  host_.err("Ignoring unknown file " + path_);
}

void TextWriter::log_start(std::int64_t offset) {
  host_.out("Log starting offset: " + std::to_string(offset));
}

void TextWriter::snapshot_start(std::int64_t end_offset, std::int32_t epoch) {
  host_.out("Snapshot end offset: " + std::to_string(end_offset) + ", epoch: " + std::to_string(epoch));
}

void TextWriter::bootstrap_start() {
  host_.out("KRaft bootstrap snapshot");
}

void TextWriter::batch(const DumpedBatch& batch) {
  TextLine line;
  if (batch.magic < records::kMagicV2) {
    line << "offset: " << batch.last_offset;
  } else {
    line << "baseOffset: " << batch.base_offset << " lastOffset: " << batch.last_offset
         << " count: " << batch.count << " baseSequence: " << batch.base_sequence
         << " lastSequence: " << batch.last_sequence << " producerId: " << batch.producer_id
         << " producerEpoch: " << batch.producer_epoch
         << " partitionLeaderEpoch: " << batch.partition_leader_epoch
         << " isTransactional: " << batch.is_transactional << " isControl: " << batch.is_control
         << " deleteHorizonMs: " << optional_long(batch.delete_horizon_ms);
  }
  line << " position: " << batch.position << " " << batch.timestamp_type << ": " << batch.max_timestamp_ms
       << " size: " << batch.size_bytes << " magic: " << std::int32_t{batch.magic}
       << " compresscodec: " << batch.codec << " crc: " << batch.crc << " isvalid: " << batch.is_valid;
  host_.out(line.text());
}

void TextWriter::record(const DumpedRecord& record) {
  TextLine line;
  if (!skip_record_metadata_) add_metadata(line, record);
  if (record.contents) add_contents(line, *record.contents, skip_record_metadata_ ? "| " : " ");
  host_.out(line.text());
}

void TextWriter::trailing_bytes(std::int64_t size_bytes) {
  TextLine line;
  line << "Found " << size_bytes << " invalid bytes at the end of " << file_name(path_);
  host_.out(line.text());
}

void TextWriter::index_entry(std::int64_t offset, std::int32_t position) {
  host_.out("offset: " + std::to_string(offset) + " position: " + std::to_string(position));
}

void TextWriter::time_index_entry(TimestampMs timestamp_ms, std::int64_t offset) {
  host_.out("timestamp: " + std::to_string(timestamp_ms) + " offset: " + std::to_string(offset));
}

void TextWriter::empty_index() {
  host_.out(path_ + " is empty.");
}

void TextWriter::passed_sanity_check() {
  host_.out(path_ + " passed sanity check.");
}

void TextWriter::producer(const log::ProducerEntry& producer) {
  TextLine line;
  line << "producerId: " << producer.producer_id << " producerEpoch: " << producer.epoch
       << " coordinatorEpoch: " << producer.coordinator_epoch
       << " currentTxnFirstOffset: " << optional_long(producer.transaction_first_offset)
       << " lastTimestamp: " << producer.last_timestamp_ms;
  if (!producer.batches.empty()) {
    const log::ProducedBatch& batch = producer.batches.front();
    line << " firstSequence: " << batch.base_sequence() << " lastSequence: " << batch.last_sequence
         << " lastOffset: " << batch.last_offset << " offsetDelta: " << batch.offset_delta
         << " timestamp: " << batch.timestamp_ms;
  }
  host_.out(line.text());
}

void TextWriter::corrupt_snapshot(std::string_view reason) {
  host_.err(reason);
}

void TextWriter::aborted_transaction(const log::AbortedTransaction& aborted) {
  TextLine line;
  line << "version: 0 producerId: " << aborted.producer_id << " firstOffset: " << aborted.first_offset
       << " lastOffset: " << aborted.last_offset << " lastStableOffset: " << aborted.last_stable_offset;
  host_.out(line.text());
}

void TextWriter::index_mismatch(std::int64_t index_offset, std::int64_t log_offset) {
  index_mismatches_.add(absolute_path_, {index_offset, log_offset});
}

void TextWriter::timestamp_mismatch(TimestampMs index_ms, TimestampMs log_ms) {
  timestamp_mismatches_.add(absolute_path_, {index_ms, log_ms});
}

void TextWriter::timestamps_out_of_order(TimestampMs index_ms, TimestampMs previous_ms) {
  out_of_order_.add(absolute_path_, {index_ms, previous_ms});
}

void TextWriter::offset_not_found(std::int64_t index_offset, std::int64_t log_offset) {
  not_found_.add(absolute_path_, {index_offset, log_offset});
}

void TextWriter::offsets_not_consecutive(std::int64_t offset, std::int64_t next_offset) {
  gaps_.add(absolute_path_, {offset, next_offset});
}

void TextWriter::failure(std::string_view reason) {
  host_.err(path_ + ": " + std::string(reason));
}

void TextWriter::print(Complaints& complaints, std::string_view title, std::string_view first,
                       std::string_view second) {
  for (const auto& [path, pairs] : complaints.by_file()) {
    host_.err(std::string(title) + path);
    for (const auto& [one, other] : pairs) {
      TextLine line;
      line << first << one << second << other;
      host_.err(line.text());
    }
  }
}

void TextWriter::finish() {
  // By offset and once for each, the index's from the end.
  for (auto& [path, pairs] : index_mismatches_.by_file()) {
    pairs = by_first(pairs);
    std::ranges::reverse(pairs);
  }
  for (auto& [path, pairs] : gaps_.by_file()) {
    pairs = by_first(pairs);
  }
  print(index_mismatches_, "Mismatches in :", "  Index offset: ", ", log offset: ");
  print(timestamp_mismatches_, "Found timestamp mismatch in :", "  Index timestamp: ", ", log timestamp: ");
  print(out_of_order_,
        "Found out of order timestamp in :", "  Index timestamp: ", ", Previously indexed timestamp: ");
  print(not_found_,
        "The following indexed offsets are not found in :", "Indexed offset: ", ", found log offset: ");
  print(gaps_, "Non-consecutive offsets in ", "  ", " is followed by ");
}

}  // namespace moldau::tools
