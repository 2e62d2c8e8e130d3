#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include <doctest/doctest.h>

#include "log/partition_log.h"
#include "memory_directory.h"
#include "protocol/records/batch.h"
#include "protocol/records/builder.h"

namespace moldau::log::testing {

inline Bytes owned(const Buffer& buffer) {
  return {buffer.bytes().begin(), buffer.bytes().end()};
}

/// A batch of `count` records whose timestamps rise by one from `timestamp_ms`.
inline Bytes batch_of(int count, TimestampMs timestamp_ms, std::size_t value_bytes = 10,
                      records::BatchSpec spec = {}) {
  records::BatchBuilder builder(spec);
  const std::string value(value_bytes, 'v');
  for (int i = 0; i < count; ++i) {
    builder.append({.timestamp_ms = timestamp_ms + i, .value = as_bytes(value)});
  }
  return owned(std::move(builder).build());
}

/// A batch of an idempotent producer.
inline Bytes produced(std::int64_t producer_id, std::int16_t epoch, std::int32_t base_sequence, int count = 1,
                      bool is_transactional = false, TimestampMs timestamp_ms = 1000) {
  return batch_of(count, timestamp_ms, 10,
                  {.producer_id = producer_id,
                   .producer_epoch = epoch,
                   .base_sequence = base_sequence,
                   .is_transactional = is_transactional});
}

inline Bytes end_marker(std::int64_t producer_id, std::int16_t epoch, records::ControlType type,
                        std::int32_t coordinator_epoch = 0, TimestampMs timestamp_ms = 2000) {
  records::BatchBuilder builder(
      {.producer_id = producer_id, .producer_epoch = epoch, .is_transactional = true, .is_control = true});
  builder.append_end_txn_marker(timestamp_ms, type, coordinator_epoch);
  return owned(std::move(builder).build());
}

inline OpenOptions options(std::int32_t segment_bytes = 1 << 20, std::int32_t index_interval_bytes = 4096) {
  OpenOptions options;
  options.config.segment_bytes = segment_bytes;
  options.config.segment.index_interval_bytes = index_interval_bytes;
  options.now_ms = 1000;
  return options;
}

inline std::unique_ptr<PartitionLog> open(std::shared_ptr<io::Directory> directory,
                                          const OpenOptions& opened_with = options()) {
  return PartitionLog::open(std::move(directory), opened_with).value();
}

/// Opens again what close_clean() left.
inline std::unique_ptr<PartitionLog> reopen_clean(std::shared_ptr<io::Directory> directory,
                                                  OpenOptions opened_with = options()) {
  opened_with.had_clean_shutdown = true;
  return open(std::move(directory), opened_with);
}

inline AppendInfo append(PartitionLog& log, Bytes batch, std::int32_t leader_epoch = 0,
                         TimestampMs now_ms = 1000) {
  return log.append_as_leader(batch, leader_epoch, now_ms).value();
}

/// Runs a flush; the disk is fine.
inline void flush(PartitionLog& log) {
  const auto work = log.begin_flush().value();
  REQUIRE(work.run());
  log.flushed(work.ticket);
}

inline constexpr std::int64_t kNoBound = std::numeric_limits<std::int64_t>::max();

}  // namespace moldau::log::testing
