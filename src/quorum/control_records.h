#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/buffer.h"
#include "base/bytes.h"
#include "base/result.h"
#include "base/time.h"
#include "protocol/records/batch.h"
#include "protocol/records/codec.h"
#include "quorum/quorum.h"

namespace moldau::quorum {

/// The batch as it stands in the log, with `append_time_ms` as the time of all its records. Uncompressed, as
/// Apache Kafka writes the metadata log.
Buffer encode_batch(const LogBatch& batch, TimestampMs append_time_ms);

/// What the control records of a log or a snapshot say about the quorum, each nullopt until one was seen.
struct ControlContent {
  std::optional<BrokerId> leader;              ///< Of the newest LeaderChange.
  std::optional<std::int16_t> kraft_version;   ///< Of the newest KRaftVersion.
  std::optional<VoterSet> voters;              ///< Of the newest Voters.
  std::optional<TimestampMs> snapshot_header;  ///< Timestamp of the last record that a snapshot stands for.
  bool has_snapshot_footer = false;
};

/// Reads the records of a control batch into `content`; unknown types are skipped, as by Kafka.
/// INVALID_RECORD if one is malformed.
Result<void> read_control_batch(const records::BatchView& batch, records::DecoderSet& decoders,
                                ControlContent& content);

}  // namespace moldau::quorum
