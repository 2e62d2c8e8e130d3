#pragma once

#include <cstdint>
#include <limits>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/time.h"
#include "base/uuid.h"

namespace moldau::sim {

/// A batch that was sent to a partition.
struct SentBatch {
  std::vector<std::string> values;
  std::optional<std::int64_t> acknowledged_at;  ///< its base offset
  /// What an acknowledgement promised holds over a power cut too.
  bool survives_power_cut = false;
  /// From then on the topic's retention may take it.
  TimestampMs may_go_at_ms = std::numeric_limits<TimestampMs>::max();
  /// Was found behind a gap that a power cut may leave; it stays.
  bool follows_gap = false;
};

/// One record as it was read back.
struct ReadRecord {
  std::int64_t offset = 0;
  std::string value;
};

/// A log as it was read back.
struct ReadLog {
  std::int64_t start_offset = 0;  ///< where it began after it was read
  std::vector<ReadRecord> records;
};

/// What was sent to one partition, in order: each batch after the one before was acknowledged or failed.
class PartitionLedger {
 public:
  void sent(SentBatch batch) { batches_.push_back(std::move(batch)); }
  SentBatch& last() { return batches_.back(); }
  bool empty() const { return batches_.empty(); }
  const std::vector<SentBatch>& batches() const { return batches_; }

  /// Everything acknowledged so far is on disk.
  void closed_cleanly();

  /// Holds what is read at `now_ms` against what was promised; the complaint, or nothing. What was lost
  /// rightly, or has come through without an answer, is taken note of.
  std::string reconcile(const ReadLog& log, TimestampMs now_ms, bool power_was_cut);

 private:
  std::vector<SentBatch> batches_;
};

/// A topic as its creation was answered.
struct TopicLedger {
  Uuid id;                         ///< zero while the creation has no answer
  bool is_certain = false;         ///< it was acknowledged
  bool deletion_was_sent = false;  ///< it may be gone
  bool is_deleted = false;         ///< the deletion was acknowledged
  std::vector<PartitionLedger> partitions;
};

/// All that clients were told.
struct Ledger {
  std::map<std::string, TopicLedger> topics;
  /// Offsets that were sent to be committed, oldest first, and how many of them were acknowledged.
  std::vector<std::int64_t> commits;
  std::size_t acknowledged_commits = 0;
  std::size_t durable_commits = 0;  ///< of those, how many a power cut must leave

  void closed_cleanly();
};

}  // namespace moldau::sim
