#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>

#include "base/bytes.h"
#include "base/result.h"
#include "coordinator/assignor/task_assignor.h"
#include "coordinator/consumer/assigned_records.h"
#include "coordinator/effects.h"
#include "coordinator/streams_group/member.h"
#include "coordinator/streams_group/topology.h"

/// The records of streams groups in __consumer_offsets (docs/formats/group-records.md). A value that is
/// missing is a tombstone.
namespace moldau::coordinator {

/// Type 17. Its tombstone ends the group, though the topology's follows it.
struct StreamsEpochRecord {
  struct Value {
    std::int32_t epoch = 0;
    std::int64_t metadata_hash = 0;
    std::int32_t validated_topology_epoch = -1;  ///< of the topology that fits the cluster's topics, or -1
    TextMap assignment_configs = {};             ///< settings that the target was, or is to be, computed by

    bool operator==(const Value&) const = default;
  };
  std::optional<Value> value;
};

/// Type 19.
struct StreamsMemberRecord {
  std::string member;
  std::optional<StreamsMemberMetadata> value;
};

/// Type 21.
struct StreamsTargetRecord {
  std::string member;
  std::optional<Tasks> value;
};

/// Type 22.
struct StreamsCurrentRecord {
  std::string member;
  std::optional<StreamsAssignment> value;
};

/// Type 23.
struct StreamsTopologyRecord {
  std::optional<StreamsTopology> value;
};

/// TargetEpochRecord is type 20 here.
using StreamsGroupChange = std::variant<StreamsEpochRecord, StreamsMemberRecord, TargetEpochRecord,
                                        StreamsTargetRecord, StreamsCurrentRecord, StreamsTopologyRecord>;

/// Whether records of that type are of streams groups.
bool is_streams_group_record(std::int16_t type);

/// A record and whose it is.
struct StreamsGroupRecord {
  std::string group;
  StreamsGroupChange change;
};

/// Reads a record whose type is_streams_group_record(). CORRUPT_MESSAGE where it cannot be read.
Result<StreamsGroupRecord> decode_streams_group_record(std::int16_t type, ByteView key,
                                                       std::optional<ByteView> value);

/// The record's bytes, as Apache Kafka 4.3.1 writes it.
Record encode_streams_group_record(std::string_view group, const StreamsGroupChange& change);

}  // namespace moldau::coordinator
