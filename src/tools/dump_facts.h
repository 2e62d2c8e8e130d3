#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/bytes.h"
#include "base/time.h"

namespace moldau::tools {

/// What is said of one batch, of magic 2 or of a legacy message set.
struct DumpedBatch {
  std::int64_t position = 0;  ///< In the file.
  std::int64_t size_bytes = 0;
  std::int8_t magic = 2;
  std::int64_t last_offset = 0;
  std::string_view timestamp_type;
  TimestampMs max_timestamp_ms = -1;
  std::string_view codec;
  std::uint32_t crc = 0;
  bool is_valid = false;

  /// Of magic 2 alone.
  std::int64_t base_offset = 0;
  std::int32_t count = 0;
  std::int32_t base_sequence = -1;
  std::int32_t last_sequence = -1;
  std::int64_t producer_id = -1;
  std::int16_t producer_epoch = -1;
  std::int32_t partition_leader_epoch = -1;
  bool is_transactional = false;
  bool is_control = false;
  std::optional<TimestampMs> delete_horizon_ms = {};
};

/// What a control record says.
struct ControlFacts {
  std::string_view type;  ///< Apache Kafka's name of it.
  std::int16_t type_id = -1;
  std::string data = {};  ///< JSON; empty for a type that Kafka 4.3 does not know.
  std::string text = {};  ///< As kafka-dump-log puts it.
};

/// A key or a value, in one of the forms.
struct DumpedField {
  enum class Form {
    kBytes,    ///< as they stand in the record
    kMessage,  ///< JSON of what they were decoded to
    kNote      ///< a sentence in their place
  };

  Form form = Form::kBytes;
  ByteView bytes = {};
  std::string text = {};
};

/// What a record holds, as far as it is to be told.
struct RecordContents {
  std::optional<DumpedField> key = {};
  std::optional<DumpedField> payload = {};
};

/// What is said of one record. Borrows its batch.
struct DumpedRecord {
  std::int64_t offset = 0;
  std::string_view timestamp_type;
  TimestampMs timestamp_ms = -1;
  std::int32_t key_size = -1;
  std::int32_t value_size = -1;
  std::int8_t magic = 2;

  /// Of magic 2 alone.
  std::int32_t sequence = -1;
  std::vector<std::string_view> header_keys = {};
  std::optional<ControlFacts> control = {};

  /// Of legacy message sets alone.
  std::uint32_t crc = 0;
  bool is_valid = false;

  std::optional<RecordContents> contents = {};
};

}  // namespace moldau::tools
