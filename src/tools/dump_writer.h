#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/time.h"
#include "log/producer_entry.h"
#include "log/transaction_index.h"
#include "tools/dump_facts.h"

namespace moldau::tools {

/// Puts what dump-log finds into words. Everything is about the file that was begun last.
class DumpWriter {
 public:
  virtual ~DumpWriter() = default;

  /// `path` as the user gave it.
  virtual void begin_file(const std::string& path) = 0;
  /// The file is none that the tool reads.
  virtual void unknown_file() = 0;
  virtual void log_start(std::int64_t offset) = 0;
  virtual void snapshot_start(std::int64_t end_offset, std::int32_t epoch) = 0;
  virtual void bootstrap_start() = 0;

  virtual void batch(const DumpedBatch& batch) = 0;
  virtual void record(const DumpedRecord& record) = 0;
  virtual void trailing_bytes(std::int64_t size_bytes) = 0;

  virtual void index_entry(std::int64_t offset, std::int32_t position) = 0;
  virtual void time_index_entry(TimestampMs timestamp_ms, std::int64_t offset) = 0;
  virtual void empty_index() = 0;
  virtual void passed_sanity_check() = 0;

  virtual void producer(const log::ProducerEntry& producer) = 0;
  virtual void corrupt_snapshot(std::string_view reason) = 0;
  virtual void aborted_transaction(const log::AbortedTransaction& aborted) = 0;

  /// The batch at an index entry's position ends at another offset.
  virtual void index_mismatch(std::int64_t index_offset, std::int64_t log_offset) = 0;
  /// The records at a time index entry's offset have another largest timestamp.
  virtual void timestamp_mismatch(TimestampMs index_ms, TimestampMs log_ms) = 0;
  virtual void timestamps_out_of_order(TimestampMs index_ms, TimestampMs previous_ms) = 0;
  /// No batch ends at a time index entry's offset; -1: none ends behind it either.
  virtual void offset_not_found(std::int64_t index_offset, std::int64_t log_offset) = 0;
  virtual void offsets_not_consecutive(std::int64_t offset, std::int64_t next_offset) = 0;
  /// The file could not be read on.
  virtual void failure(std::string_view reason) = 0;

  /// After the last file.
  virtual void finish() = 0;
};

}  // namespace moldau::tools
