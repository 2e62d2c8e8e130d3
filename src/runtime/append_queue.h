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
#include "runtime/partition.h"
#include "runtime/shard.h"
#include "runtime/task.h"
#include "runtime/waiter.h"

namespace moldau::runtime {

/// The way of a coordinator's records into its log. Records of decisions that fall into the linger time are
/// one append (`group.coordinator.append.linger.ms`, `share.coordinator.append.linger.ms`). Belongs to the
/// partition's shard.
class AppendQueue {
 public:
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

  /// Told of each append in the turn that it is tried in, before those who wait for it.
  struct Events {
    std::function<void(std::int64_t log_end)> appended;
    std::function<void(const Error&)> failed;
  };

  /// Without a linger time, 0 or -1, each decision is an append. The shard outlives the queue.
  AppendQueue(Shard& shard, std::shared_ptr<Partition> partition, std::int32_t linger_ms, Events events);
  ~AppendQueue();

  /// The offset of the next record that is added.
  std::int64_t next_offset() const;
  bool is_gathering() const { return gathered_ != nullptr; }

  /// Adds the records of one decision. Without any the append is the one that is gathered, or none, which is
  /// over: in this way a decision waits for those before it.
  AppendPtr add(std::vector<coordinator::Record> records);
  /// Appends the records of one decision by themselves. What was gathered has been written before the
  /// decision was made: write() does that.
  AppendPtr add_transactional(const std::vector<coordinator::Record>& records, const Writer& writer);

  /// Appends what is gathered.
  void write();
  /// What is gathered is not written any more; those who wait for it get the error, and no event comes.
  void give_up(ErrorCode error);

  /// Waits until the append was tried.
  static Task<Result<std::int64_t>> written(Shard& shard, AppendPtr append);

 private:
  class Linger;

  Result<std::int64_t> append(const std::vector<coordinator::Record>& records,
                              const std::optional<Writer>& writer);
  void finish(Append& append, Result<std::int64_t> outcome);

  Shard& shard_;
  std::shared_ptr<Partition> partition_;
  std::int32_t linger_ms_;
  Events events_;
  AppendPtr gathered_;
  std::vector<coordinator::Record> records_;
  std::size_t size_bytes_ = 0;
  std::unique_ptr<Linger> linger_;
};

}  // namespace moldau::runtime
