#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <vector>

#include "base/result.h"
#include "base/timer_wheel.h"
#include "coordinator/effects.h"
#include "protocol/records/codec.h"
#include "runtime/partition.h"
#include "runtime/shard.h"
#include "runtime/task.h"
#include "runtime/waiter.h"

namespace moldau::runtime {

/// The way of a coordinator's records into its log. Records of decisions that fall into the linger time are
/// one append (`group.coordinator.append.linger.ms`, `share.coordinator.append.linger.ms`), a batch that
/// `max.message.bytes` of the log's topic bounds. Belongs to the partition's shard.
class AppendQueue {
 public:
  struct Settings {
    std::int32_t linger_ms = 0;  ///< 0 or -1: each decision is an append
    records::Codec codec = records::Codec::kNone;
  };

  /// The producer in whose transaction records are written.
  struct Writer {
    std::int64_t producer_id = -1;
    std::int16_t producer_epoch = -1;
    Verification verification = {};
  };

  /// One append, for those who wait for it.
  struct Append {
    /// The log's end behind it, or why it could not be written; nothing while it is gathered.
    std::optional<Result<std::int64_t>> outcome;
    WaitList waiting;
  };
  using AppendPtr = std::shared_ptr<Append>;

  /// What the coordinator's state follows. Nothing is added or written from here.
  struct Events {
    /// A decision's records are taken up; they will end there.
    std::function<void(std::int64_t log_end)> taken_up;
    /// The log ends there now.
    std::function<void(std::int64_t log_end)> appended;
    /// What was taken up behind this offset is not written, nor is a decision that is being added.
    std::function<void(std::int64_t offset, const Error&)> failed;
  };

  /// The shard outlives the queue.
  AppendQueue(Shard& shard, std::shared_ptr<Partition> partition, const Settings& settings, Events events);
  ~AppendQueue();

  /// The offset of the next record that is added.
  std::int64_t next_offset() const;

  /// Adds the records of one decision, and gives the append that the last of them is in. They are in one
  /// batch, or may be in several where nothing needs them to be written together; batches that are written
  /// when a later one fails stay written. MESSAGE_TOO_LARGE where a batch would be larger than the topic
  /// allows. Without any records the append is the one that is gathered, or none, which is over: in this way
  /// a decision waits for those before it.
  AppendPtr add(const std::vector<coordinator::Record>& records, bool is_atomic = true);
  /// Appends the records of one decision by themselves. What was gathered has been written before the
  /// decision was made: write() does that.
  AppendPtr add_transactional(const std::vector<coordinator::Record>& records, const Writer& writer);

  /// Appends what is gathered; fails where that does.
  Result<void> write();
  /// What is gathered is not written any more; those who wait for it get the error, and no event comes.
  void give_up(ErrorCode error);

  /// Waits until the append was tried.
  static Task<Result<std::int64_t>> written(Shard& shard, AppendPtr append);

 private:
  class Linger;
  struct Batch;

  /// Writes what is gathered where that much more would be more than a batch.
  Result<void> make_room(std::size_t more_bytes);
  static AppendPtr over(Result<std::int64_t> outcome);
  std::int64_t log_end() const;
  std::size_t max_batch_bytes() const;

  Shard& shard_;
  std::shared_ptr<Partition> partition_;
  Settings settings_;
  Events events_;
  std::unique_ptr<Batch> gathered_;
  std::unique_ptr<Linger> linger_;
};

}  // namespace moldau::runtime
