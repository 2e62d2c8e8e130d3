#include "tools/json_lines_writer.h"

#include <concepts>

#include "base/utf8.h"
#include "protocol/records/batch.h"
#include "protocol/wire/json_writer.h"

namespace moldau::tools {

/// One object; printed when it ends.
class JsonLinesWriter::Line {
 public:
  Line(JsonLinesWriter& owner, std::string_view kind) : owner_(owner) {
    json_.begin_object();
    add("kind", kind);
    add("file", std::string_view(owner.path_));
  }
  Line(const Line&) = delete;
  Line& operator=(const Line&) = delete;
  ~Line() {
    json_.end_object();
    owner_.host_.out(replace_malformed_utf8(json_.text()));
  }

  Line& add(std::string_view name, std::string_view value) {
    json_.key(name);
    json_.value(value);
    return *this;
  }
  template <std::integral T>
  Line& add(std::string_view name, T value) {
    json_.key(name);
    if constexpr (std::same_as<T, bool>) {
      json_.value(value);
    } else {
      json_.value(std::int64_t{value});
    }
    return *this;
  }
  /// Null without a value.
  Line& add(std::string_view name, const std::optional<std::int64_t>& value) {
    if (value) return add(name, *value);
    json_.key(name);
    json_.null();
    return *this;
  }

  wire::JsonWriter& json() { return json_; }

 private:
  JsonLinesWriter& owner_;
  wire::JsonWriter json_;
};

namespace {

/// As {"text": ...} or {"base64": ...} if it is bytes, {"message": ...} if they were decoded, {"note": ...}.
void write_field(wire::JsonWriter& json, std::string_view name, const DumpedField& field) {
  json.key(name);
  json.begin_object();
  switch (field.form) {
    case DumpedField::Form::kBytes:
      if (const std::string_view text = as_text(field.bytes); is_utf8(text)) {
        json.key("text");
        json.value(text);
      } else {
        json.key("base64");
        json.value(field.bytes);
      }
      break;
    case DumpedField::Form::kMessage:
      json.key("message");
      json.json(field.text);
      break;
    case DumpedField::Form::kNote:
      json.key("note");
      json.value(std::string_view(field.text));
      break;
  }
  json.end_object();
}

void write_control(wire::JsonWriter& json, const ControlFacts& control) {
  json.key("control");
  json.begin_object();
  json.key("type");
  json.value(control.type);
  json.key("typeId");
  json.value(std::int64_t{control.type_id});
  json.key("data");
  if (control.data.empty()) {
    json.null();
  } else {
    json.json(control.data);
  }
  json.end_object();
}

}  // namespace

void JsonLinesWriter::begin_file(const std::string& path) {
  path_ = path;
  const Line line(*this, "file");
}

void JsonLinesWriter::unknown_file() {
  const Line line(*this, "unknown-file");
}

void JsonLinesWriter::log_start(std::int64_t offset) {
  Line(*this, "log").add("startOffset", offset);
}

void JsonLinesWriter::snapshot_start(std::int64_t end_offset, std::int32_t epoch) {
  Line(*this, "metadata-snapshot").add("endOffset", end_offset).add("epoch", epoch);
}

void JsonLinesWriter::bootstrap_start() {
  const Line line(*this, "bootstrap-snapshot");
}

void JsonLinesWriter::batch(const DumpedBatch& batch) {
  Line line(*this, "batch");
  line.add("position", batch.position).add("sizeBytes", batch.size_bytes).add("magic", batch.magic);
  if (batch.magic == records::kMagicV2) {
    line.add("baseOffset", batch.base_offset)
        .add("lastOffset", batch.last_offset)
        .add("count", batch.count)
        .add("baseSequence", batch.base_sequence)
        .add("lastSequence", batch.last_sequence)
        .add("producerId", batch.producer_id)
        .add("producerEpoch", batch.producer_epoch)
        .add("partitionLeaderEpoch", batch.partition_leader_epoch)
        .add("isTransactional", batch.is_transactional)
        .add("isControl", batch.is_control)
        .add("deleteHorizonMs", batch.delete_horizon_ms);
  } else {
    line.add("lastOffset", batch.last_offset);
  }
  line.add("timestampType", batch.timestamp_type)
      .add("maxTimestamp", batch.max_timestamp_ms)
      .add("codec", batch.codec)
      .add("crc", batch.crc)
      .add("isValid", batch.is_valid);
}

void JsonLinesWriter::record(const DumpedRecord& record) {
  if (skip_record_metadata_ && !record.contents) return;
  Line line(*this, "record");
  if (!skip_record_metadata_) {
    line.add("offset", record.offset)
        .add("timestampType", record.timestamp_type)
        .add("timestamp", record.timestamp_ms)
        .add("keySize", record.key_size)
        .add("valueSize", record.value_size);
    if (record.magic == records::kMagicV2) {
      line.add("sequence", record.sequence);
      line.json().key("headerKeys");
      line.json().begin_array();
      for (const std::string_view key : record.header_keys) {
        line.json().value(key);
      }
      line.json().end_array();
    } else {
      line.add("crc", record.crc).add("isValid", record.is_valid);
    }
    if (record.control) write_control(line.json(), *record.control);
  }
  if (!record.contents) return;
  if (record.contents->key) write_field(line.json(), "key", *record.contents->key);
  if (record.contents->payload) write_field(line.json(), "payload", *record.contents->payload);
}

void JsonLinesWriter::trailing_bytes(std::int64_t size_bytes) {
  Line(*this, "trailing-bytes").add("sizeBytes", size_bytes);
}

void JsonLinesWriter::index_entry(std::int64_t offset, std::int32_t position) {
  Line(*this, "index-entry").add("offset", offset).add("position", position);
}

void JsonLinesWriter::time_index_entry(TimestampMs timestamp_ms, std::int64_t offset) {
  Line(*this, "time-index-entry").add("timestamp", timestamp_ms).add("offset", offset);
}

void JsonLinesWriter::empty_index() {
  const Line line(*this, "empty-index");
}

void JsonLinesWriter::passed_sanity_check() {
  const Line line(*this, "passed-sanity-check");
}

void JsonLinesWriter::producer(const log::ProducerEntry& producer) {
  Line line(*this, "producer");
  line.add("producerId", producer.producer_id)
      .add("producerEpoch", producer.epoch)
      .add("coordinatorEpoch", producer.coordinator_epoch)
      .add("currentTxnFirstOffset", producer.transaction_first_offset)
      .add("lastTimestamp", producer.last_timestamp_ms);
  if (producer.batches.empty()) return;
  const log::ProducedBatch& batch = producer.batches.front();
  line.add("firstSequence", batch.base_sequence())
      .add("lastSequence", batch.last_sequence)
      .add("lastOffset", batch.last_offset)
      .add("offsetDelta", batch.offset_delta);
}

void JsonLinesWriter::corrupt_snapshot(std::string_view reason) {
  Line(*this, "problem").add("problem", "corrupt-snapshot").add("reason", reason);
}

void JsonLinesWriter::aborted_transaction(const log::AbortedTransaction& aborted) {
  Line(*this, "aborted-transaction")
      .add("producerId", aborted.producer_id)
      .add("firstOffset", aborted.first_offset)
      .add("lastOffset", aborted.last_offset)
      .add("lastStableOffset", aborted.last_stable_offset);
}

void JsonLinesWriter::index_mismatch(std::int64_t index_offset, std::int64_t log_offset) {
  Line(*this, "problem")
      .add("problem", "index-mismatch")
      .add("indexOffset", index_offset)
      .add("logOffset", log_offset);
}

void JsonLinesWriter::timestamp_mismatch(TimestampMs index_ms, TimestampMs log_ms) {
  Line(*this, "problem")
      .add("problem", "timestamp-mismatch")
      .add("indexTimestamp", index_ms)
      .add("logTimestamp", log_ms);
}

void JsonLinesWriter::timestamps_out_of_order(TimestampMs index_ms, TimestampMs previous_ms) {
  Line(*this, "problem")
      .add("problem", "timestamps-out-of-order")
      .add("indexTimestamp", index_ms)
      .add("previousTimestamp", previous_ms);
}

void JsonLinesWriter::offset_not_found(std::int64_t index_offset, std::int64_t log_offset) {
  Line(*this, "problem")
      .add("problem", "offset-not-found")
      .add("indexOffset", index_offset)
      .add("logOffset", log_offset);
}

void JsonLinesWriter::offsets_not_consecutive(std::int64_t offset, std::int64_t next_offset) {
  Line(*this, "problem")
      .add("problem", "offsets-not-consecutive")
      .add("offset", offset)
      .add("nextOffset", next_offset);
}

void JsonLinesWriter::failure(std::string_view reason) {
  Line(*this, "failure").add("reason", reason);
  host_.err(path_ + ": " + std::string(reason));
}

}  // namespace moldau::tools
