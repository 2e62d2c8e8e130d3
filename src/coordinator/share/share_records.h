#pragma once

#include <cstdint>
#include <optional>
#include <variant>
#include <vector>

#include "base/bytes.h"
#include "base/result.h"
#include "base/time.h"
#include "coordinator/effects.h"
#include "coordinator/share/share_partition_key.h"
#include "coordinator/share/state_batches.h"

namespace moldau::coordinator {

/// All that is kept of a share partition, as a ShareSnapshot record has it.
struct SharePartitionState {
  std::int32_t snapshot_epoch = 0;
  std::int32_t state_epoch = 0;
  std::int32_t leader_epoch = 0;
  std::int64_t start_offset = kNoStartOffset;
  std::int32_t delivery_complete_count = -1;
  std::vector<StateBatch> batches = {};
  TimestampMs create_ms = 0;  ///< of the last snapshot that changes brought about
  TimestampMs write_ms = 0;   ///< of the last snapshot

  bool operator==(const SharePartitionState&) const = default;
};

/// What a ShareUpdate record changes; -1 leaves the start offset or the leader epoch as it is.
struct ShareUpdate {
  std::int32_t snapshot_epoch = 0;
  std::int32_t leader_epoch = 0;
  std::int64_t start_offset = kNoStartOffset;
  std::int32_t delivery_complete_count = -1;
  std::vector<StateBatch> batches = {};

  bool operator==(const ShareUpdate&) const = default;
};

/// The share partition is forgotten.
struct ShareTombstone {
  bool operator==(const ShareTombstone&) const = default;
};

struct ShareRecord {
  SharePartitionKey key;
  std::variant<ShareTombstone, SharePartitionState, ShareUpdate> value;

  bool operator==(const ShareRecord&) const = default;
};

/// Reads one record of __share_group_state (docs/formats/share-group-state-records.md); nullopt for one of a
/// type that this release does not know. kCorruptMessage when a record of a known type cannot be read.
Result<std::optional<ShareRecord>> decode_share_record(ByteView key, std::optional<ByteView> value);

Record encode_share_record(const ShareRecord& record);

}  // namespace moldau::coordinator
