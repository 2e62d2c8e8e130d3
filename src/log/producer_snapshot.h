#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "base/bytes.h"
#include "base/result.h"
#include "log/producer_entry.h"

namespace moldau::log {

/// Content of a `.snapshot` file (docs/formats/producer-snapshot.md). Entries are written in the order in
/// which a Java hash map of their ids yields them, so that the file is that of Apache Kafka; of each only the
/// last batch.
Bytes format_producer_snapshot(std::span<const ProducerEntry* const> entries);

/// CORRUPT_MESSAGE if the version is not 1, the size does not fit the count or the CRC is wrong. Memory is
/// bounded by a small multiple of the input.
Result<std::vector<ProducerEntry>> parse_producer_snapshot(ByteView bytes);

}  // namespace moldau::log
