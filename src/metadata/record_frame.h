#pragma once

#include <cstddef>
#include <cstdint>

#include "base/assert.h"
#include "base/bytes.h"
#include "base/result.h"
#include "protocol/wire/message.h"

namespace moldau::metadata {

/// Types of the records of the metadata log; ids as on disk (docs/formats/metadata-records.md).
enum class RecordType : std::int16_t {
  kRegisterBroker = 0,
  kUnregisterBroker = 1,
  kTopic = 2,
  kPartition = 3,
  kConfig = 4,
  kPartitionChange = 5,
  kFenceBroker = 7,
  kUnfenceBroker = 8,
  kRemoveTopic = 9,
  kDelegationToken = 10,
  kUserScramCredential = 11,
  kFeatureLevel = 12,
  kClientQuota = 14,
  kProducerIds = 15,
  kBrokerRegistrationChange = 17,
  kAccessControlEntry = 18,
  kRemoveAccessControlEntry = 19,
  kNoOp = 20,
  kZkMigrationState = 21,
  kRemoveUserScramCredential = 22,
  kBeginTransaction = 23,
  kEndTransaction = 24,
  kAbortTransaction = 25,
  kRemoveDelegationToken = 26,
  kRegisterController = 27,
  kClearElr = 28,
};

/// A framed record taken apart; the message is not looked into. Borrows the bytes it was parsed from.
struct RecordFrame {
  std::int16_t type = 0;  ///< May be none of RecordType.
  std::int16_t version = 0;
  ByteView message;
};

/// Reads frame version, type and version in front of a message. INVALID_RECORD unless the frame version is 1
/// and both numbers fit into 16 bits.
Result<RecordFrame> parse_record_frame(ByteView value);

/// Bytes in front of a message of that type and version.
Bytes make_record_prefix(std::int16_t type, std::int16_t version);

/// The record as it stands in the log: the frame and the message. The message came from our own decisions, so
/// the version can carry it.
template <class Message>
Bytes frame_record(const Message& message, std::int16_t version) {
  Bytes framed = make_record_prefix(Message::kApiKey, version);
  const auto encoded = wire::encode_message(message, version);
  require(encoded.has_value(), "a record's version can carry what is decided");
  framed.insert(framed.end(), encoded->begin(), encoded->end());
  return framed;
}

}  // namespace moldau::metadata
