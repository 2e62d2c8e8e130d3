#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <variant>

#include "base/bytes.h"
#include "base/result.h"
#include "base/time.h"
#include "base/uuid.h"
#include "coordinator/consumer/consumer_records.h"
#include "coordinator/effects.h"
#include "coordinator/share_group/share_group_records.h"
#include "coordinator/streams_group/streams_group_records.h"
#include "protocol/messages/group_metadata_value.h"

namespace moldau::coordinator {

/// A committed offset and what was committed with it (docs/formats/group-records.md).
struct StoredOffset {
  std::int64_t record_offset = -1;  ///< where its record lies in the log
  std::int64_t offset = 0;
  std::int32_t leader_epoch = -1;
  std::string metadata;
  TimestampMs commit_timestamp = -1;
  TimestampMs expire_timestamp = -1;  ///< -1: by the broker's retention
  Uuid topic_id;                      ///< zero where it is not known

  bool operator==(const StoredOffset&) const = default;
};

/// Where an offset is stored.
struct OffsetKey {
  std::string group;
  std::string topic;
  std::int32_t partition = 0;

  auto operator<=>(const OffsetKey&) const = default;
};

/// Kinds of groups that share the log.
enum class GroupType : std::uint8_t { kClassic, kConsumer, kShare, kStreams };

/// Key of an offset (record types 0 and 1).
struct OffsetRecord {
  OffsetKey key;
  std::optional<StoredOffset> value;  ///< without record_offset
};

/// Key of a classic group (type 2). Views of the value point into the record.
struct GroupMetadataRecord {
  std::string group;
  std::optional<protocol::GroupMetadataValue> value;
};

/// Any other record type, of a newer version.
struct OtherRecord {
  std::int16_t type = 0;
};

using GroupRecord = std::variant<OffsetRecord, GroupMetadataRecord, ConsumerRecord, ShareGroupRecord,
                                 StreamsGroupRecord, OtherRecord>;

/// Reads one record of __consumer_offsets. kCorruptMessage when a record of a known type cannot be read.
Result<GroupRecord> decode_group_record(ByteView key, std::optional<ByteView> value);

/// Whether a record's key is that of an offset, of the type written today.
bool is_offset_commit(ByteView key);

/// Whether a record of one of the newer kinds of groups has no value.
template <class Change>
bool is_tombstone(const Change& change) {
  return std::visit(
      [](const auto& one) {
        if constexpr (requires { one.value; }) {
          return !one.value.has_value();
        } else {
          return !one.exists;
        }
      },
      change);
}

/// OffsetCommit: key type 1, value version 4, or 1 when it carries an expiry of its own.
Record offset_record(const OffsetKey& key, const StoredOffset& value);

Record offset_tombstone(const OffsetKey& key);

/// GroupMetadata: key type 2, value version 3.
Record group_metadata_record(std::string_view group, const protocol::GroupMetadataValue& value);

Record group_tombstone(std::string_view group);

}  // namespace moldau::coordinator
