#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <variant>

#include "base/bytes.h"
#include "base/result.h"
#include "base/time.h"
#include "base/uuid.h"
#include "coordinator/consumer/assigned_records.h"
#include "coordinator/consumer/member.h"
#include "coordinator/effects.h"

/// The records of share groups in __consumer_offsets (docs/formats/group-records.md). A value that is missing
/// is a tombstone.
namespace moldau::coordinator {

/// Partitions by topic, each once.
using PartitionSets = std::map<Uuid, std::set<std::int32_t>>;

/// Who a member is and what it subscribes to (type 10).
struct ShareSubscription {
  std::optional<std::string> rack_id = {};
  std::string client_id = {};
  std::string client_host = {};
  std::set<std::string, std::less<>> topics = {};

  bool operator==(const ShareSubscription&) const = default;
};

/// What a member has (type 14).
struct ShareAssignment {
  std::int32_t epoch = 0;
  std::int32_t previous_epoch = -1;
  MemberState state = MemberState::kStable;
  PartitionSets assigned = {};

  bool operator==(const ShareAssignment&) const = default;
};

/// Partitions of a topic whose state is kept, or about to be, by the share coordinator.
struct ShareTopic {
  std::string name = {};
  std::set<std::int32_t> partitions = {};
  TimestampMs since_ms = -1;  ///< when the record was written or read; not in it

  /// The time apart.
  bool operator==(const ShareTopic& other) const {
    return name == other.name && partitions == other.partitions;
  }
};

/// Which share partitions have their state (type 15).
struct ShareStates {
  std::map<Uuid, ShareTopic> initializing = {};  ///< asked for, not confirmed
  std::map<Uuid, ShareTopic> initialized = {};
  std::map<Uuid, std::string> deleting = {};  ///< names of topics whose state is about to go

  bool operator==(const ShareStates&) const = default;
};

/// Type 10.
struct ShareSubscriptionRecord {
  std::string member;
  std::optional<ShareSubscription> value;
};

/// Type 14.
struct ShareCurrentRecord {
  std::string member;
  std::optional<ShareAssignment> value;
};

/// Type 15.
struct ShareStatesRecord {
  std::optional<ShareStates> value;
};

using ShareGroupChange = std::variant<ShareSubscriptionRecord, GroupEpochRecord, TargetEpochRecord,
                                      TargetRecord, ShareCurrentRecord, ShareStatesRecord>;

/// Whether records of that type are of share groups.
bool is_share_group_record(std::int16_t type);

/// A record and whose it is.
struct ShareGroupRecord {
  std::string group;
  ShareGroupChange change;
};

/// Reads a record whose type is_share_group_record(). CORRUPT_MESSAGE where it cannot be read.
Result<ShareGroupRecord> decode_share_group_record(std::int16_t type, ByteView key,
                                                   std::optional<ByteView> value);

/// The record's bytes, as Apache Kafka 4.3.1 writes it.
Record encode_share_group_record(std::string_view group, const ShareGroupChange& change);

}  // namespace moldau::coordinator
