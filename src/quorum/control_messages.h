#pragma once

#include <cstdint>

#include "base/bytes.h"
#include "base/time.h"
#include "quorum/quorum.h"

/// Values of the control records that leaders and snapshots write; each begins with its version.
namespace moldau::quorum {

/// Version 0, which is what Apache Kafka 4.3 writes although it reads 1.
Bytes leader_change_message(const LeaderChangeBatch& batch);
Bytes kraft_version_message(std::int16_t kraft_version);
Bytes voters_message(const VoterSet& voters);
Bytes snapshot_header_message(TimestampMs last_contained_log_timestamp_ms);
Bytes snapshot_footer_message();

}  // namespace moldau::quorum
