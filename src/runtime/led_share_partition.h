#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "base/timer_wheel.h"
#include "io/file.h"
#include "runtime/cluster_view.h"
#include "runtime/partition.h"
#include "runtime/shard.h"
#include "runtime/share_read_settings.h"
#include "runtime/task.h"
#include "runtime/waiter.h"
#include "share/share_partition.h"

namespace moldau::runtime {

class Node;

/// What a ShareFetch asks of one partition. Views outlive the call.
struct ShareReadCall {
  std::string_view member = {};
  share::AcquireMode mode = share::AcquireMode::kBatchOptimized;
  std::int32_t batch_size = 0;   ///< of acquired ranges, in records
  std::int32_t max_records = 0;  ///< what is left of the request's limit
  std::size_t max_bytes = 0;
  bool at_least_one_batch = false;  ///< even if it is larger than max_bytes
};

/// What a ShareFetch gets of one partition.
struct ShareReadOutcome {
  ErrorCode error = ErrorCode::kNone;
  std::string message = {};
  std::optional<io::FileSlice> records = {};  ///< whole batches around the acquired ranges
  share::Acquired acquired = {};
  bool was_read = false;  ///< there could be records to acquire
  /// There may be more at once, though nothing was acquired.
  bool has_more = false;
  /// What the partition was like, to wait for something else.
  std::int64_t seen_high_watermark = -1;
  std::uint64_t seen_changes = 0;
};

/// What a ShareFetch could get of one partition.
struct ShareAvailable {
  ErrorCode error = ErrorCode::kNone;  ///< to be read and told at once
  std::size_t bytes = 0;
  /// What the partition was like, to wait for more.
  std::int64_t seen_high_watermark = -1;
  std::uint64_t seen_changes = 0;
};

/// A partition that this node leads, as one share group reads it: reads the log for the pure share partition,
/// keeps its state with the share coordinator and its deadlines. Belongs to the partition's shard.
class LedSharePartition : public std::enable_shared_from_this<LedSharePartition> {
 public:
  /// What it shares with the others of its shard; all of it outlives them.
  struct Surroundings {
    Node* node = nullptr;
    Shard* shard = nullptr;
    /// It is of no use any more and is to be forgotten.
    const std::function<void(LedSharePartition&)>* on_useless = nullptr;
  };

  LedSharePartition(const Surroundings& surroundings, share::SharePartitionId id,
                    std::shared_ptr<Partition> partition);

  const share::SharePartitionId& id() const { return state_.id(); }
  /// Whether it still is the leader's view of that replica.
  bool is_of(const Partition& partition) const;

  /// Takes what there is for a member. Nothing while the state is being loaded; the errors that
  /// SharePartition::load() and the share coordinator gave where it could not be.
  ShareReadOutcome read(const ShareReadCall& call);
  /// What read() could take now, without taking it.
  ShareAvailable available();
  /// Acknowledges a member's records; returns when that is with the share coordinator.
  Task<Result<void>> acknowledge(std::string_view member, std::vector<share::AcknowledgementBatch> batches);
  /// Makes available again what a member has.
  void release(std::string_view member);
  /// Another leads the partition, it is gone, or nobody reads it in this way: waiters look again.
  void fence();

  /// Woken when there may be other records to acquire, or none any more.
  WaitList& progress() { return progress_; }
  /// How often that was.
  std::uint64_t changes() const { return changes_; }
  const std::shared_ptr<Partition>& partition() const { return partition_; }

 private:
  /// The next lock that ends.
  class Deadline final : public TimerWheel::Entry {
   public:
    explicit Deadline(LedSharePartition& owner) : owner_(owner) {}

   private:
    void fired() override { owner_.locks_ended(); }

    LedSharePartition& owner_;
  };

  /// Has the state loaded, if nobody has yet.
  void prepare();
  Task<void> load();
  /// The answer to a read where the state could not be loaded.
  ShareReadOutcome tell_load_error();
  /// Where a group begins that has no state yet. OFFSET_NOT_AVAILABLE.
  Result<std::int64_t> first_offset() const;
  /// One attempt to acquire; nullopt where another may find more at once.
  std::optional<ShareReadOutcome> try_read(const ShareReadCall& call);
  const ShareReadSettings& settings();
  /// Sends a write to the share coordinator, and what the answer means.
  Task<Result<void>> persist(share::SharePartition::Write write);
  Task<void> persist_apart(share::SharePartition::Write write);
  void locks_ended();
  void changed();

  Surroundings surroundings_;
  share::SharePartition state_;
  std::shared_ptr<Partition> partition_;
  std::optional<Error> load_error_;
  ClusterViewPtr settings_of_;  ///< the view that settings_ was made of
  ShareReadSettings settings_;
  WaitList progress_;
  std::uint64_t changes_ = 0;
  Deadline deadline_{*this};
};

}  // namespace moldau::runtime
