#pragma once

#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <variant>

#include "base/bytes.h"
#include "base/result.h"
#include "base/time.h"
#include "coordinator/consumer/assigned_records.h"
#include "coordinator/consumer/member.h"
#include "coordinator/effects.h"

/// The records of consumer groups in __consumer_offsets (docs/formats/group-records.md). A value that is
/// missing is a tombstone.
namespace moldau::coordinator {

/// A regular expression with the topics whose names match it.
struct ResolvedRegex {
  std::set<std::string, std::less<>> topics = {};
  std::int64_t version = 0;      ///< of the metadata image that was searched
  TimestampMs timestamp_ms = 0;  ///< when

  bool operator==(const ResolvedRegex&) const = default;
};

/// Type 4: of releases before 4.1; only its tombstone is written.
struct PartitionMetadataRecord {
  bool exists = false;
};

/// Type 5.
struct SubscriptionRecord {
  std::string member;
  std::optional<MemberSubscription> value;
};

/// Type 8.
struct CurrentRecord {
  std::string member;
  std::optional<CurrentAssignment> value;
};

/// Type 16.
struct RegexRecord {
  std::string regex;
  std::optional<ResolvedRegex> value;
};

using ConsumerChange = std::variant<GroupEpochRecord, PartitionMetadataRecord, SubscriptionRecord,
                                    TargetEpochRecord, TargetRecord, CurrentRecord, RegexRecord>;

/// Whether records of that type are of consumer groups.
bool is_consumer_record(std::int16_t type);

/// A record and whose it is.
struct ConsumerRecord {
  std::string group;
  ConsumerChange change;
};

/// Reads a record whose type is_consumer_record(). CORRUPT_MESSAGE where it cannot be read.
Result<ConsumerRecord> decode_consumer_record(std::int16_t type, ByteView key, std::optional<ByteView> value);

/// The record's bytes, as Apache Kafka 4.3.1 writes it.
Record encode_consumer_record(std::string_view group, const ConsumerChange& change);

}  // namespace moldau::coordinator
