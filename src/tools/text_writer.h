#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "tools/dump_writer.h"
#include "tools/tool_host.h"

namespace moldau::tools {

/// Prints what kafka-dump-log of Apache Kafka 4.3.1 prints, line for line; complaints about indexes and gaps
/// come at the end, on the stream for errors, in the order of the files.
class TextWriter final : public DumpWriter {
 public:
  /// The host outlives the writer.
  TextWriter(ToolHost& host, bool skip_record_metadata)
      : host_(host), skip_record_metadata_(skip_record_metadata) {}

  void begin_file(const std::string& path) override;
  void unknown_file() override;
  void log_start(std::int64_t offset) override;
  void snapshot_start(std::int64_t end_offset, std::int32_t epoch) override;
  void bootstrap_start() override;
  void batch(const DumpedBatch& batch) override;
  void record(const DumpedRecord& record) override;
  void trailing_bytes(std::int64_t size_bytes) override;
  void index_entry(std::int64_t offset, std::int32_t position) override;
  void time_index_entry(TimestampMs timestamp_ms, std::int64_t offset) override;
  void empty_index() override;
  void passed_sanity_check() override;
  void producer(const log::ProducerEntry& producer) override;
  void corrupt_snapshot(std::string_view reason) override;
  void aborted_transaction(const log::AbortedTransaction& aborted) override;
  void index_mismatch(std::int64_t index_offset, std::int64_t log_offset) override;
  void timestamp_mismatch(TimestampMs index_ms, TimestampMs log_ms) override;
  void timestamps_out_of_order(TimestampMs index_ms, TimestampMs previous_ms) override;
  void offset_not_found(std::int64_t index_offset, std::int64_t log_offset) override;
  void offsets_not_consecutive(std::int64_t offset, std::int64_t next_offset) override;
  void failure(std::string_view reason) override;
  void finish() override;

 private:
  using Pair = std::pair<std::int64_t, std::int64_t>;

  /// Pairs of numbers by the file they are about, in the order in which the files were first named.
  class Complaints {
   public:
    void add(const std::string& path, Pair pair);
    std::vector<std::pair<std::string, std::vector<Pair>>>& by_file() { return by_file_; }

   private:
    std::vector<std::pair<std::string, std::vector<Pair>>> by_file_;
  };

  void print(Complaints& complaints, std::string_view title, std::string_view first, std::string_view second);

  ToolHost& host_;
  bool skip_record_metadata_;
  std::string path_;
  std::string absolute_path_;
  Complaints index_mismatches_;
  Complaints timestamp_mismatches_;
  Complaints out_of_order_;
  Complaints not_found_;
  Complaints gaps_;
};

}  // namespace moldau::tools
