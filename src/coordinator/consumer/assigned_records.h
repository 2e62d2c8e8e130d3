#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "base/time.h"
#include "coordinator/assignor/assignor.h"

/// The records that groups of both kinds whose partitions the broker assigns have, each with keys of its own.
/// A value that is missing is a tombstone.
namespace moldau::coordinator {

/// The group (types 3 and 11). Its tombstone comes last of the group's.
struct GroupEpochRecord {
  struct Value {
    std::int32_t epoch = 0;
    std::int64_t metadata_hash = 0;
  };
  std::optional<Value> value;
};

/// Which epoch of the group the targets are of (types 6 and 12).
struct TargetEpochRecord {
  struct Value {
    std::int32_t epoch = 0;
    TimestampMs timestamp_ms = 0;  ///< when they were computed; 0 where that is not known

    bool operator==(const Value&) const = default;
  };
  std::optional<Value> value;
};

/// What a member is to have (types 7 and 13).
struct TargetRecord {
  std::string member;
  std::optional<MemberAssignment> value;
};

}  // namespace moldau::coordinator
