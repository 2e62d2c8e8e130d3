#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/error_code.h"
#include "coordinator/txn/transaction_coordinator.h"
#include "log/end_txn_marker.h"
#include "runtime/partition.h"
#include "runtime/shard.h"
#include "runtime/task.h"

namespace moldau::runtime {

/// The transaction coordinator on one partition of __transaction_state that this node leads: carries out what
/// the pure coordinator decides, and writes the markers of what was decided. Belongs to the partition's
/// shard.
class TransactionPartition : public std::enable_shared_from_this<TransactionPartition> {
 public:
  /// The rest of the node, as the coordinators of one shard see it.
  struct Surroundings {
    Shard* shard = nullptr;
    coordinator::TransactionCoordinatorConfig config;
    /// A producer id that nobody has.
    std::function<Task<Result<std::int64_t>>()> fresh_producer_id;
    /// Writes the marker into the partition, wherever that is. UNKNOWN_TOPIC_OR_PARTITION if there is none
    /// any more.
    std::function<Task<ErrorCode>(coordinator::TopicPartition, log::TransactionMarker)> write_marker;
    /// Finalized level of transaction.version.
    std::function<std::int16_t()> transaction_version;
  };

  /// The answer to whoever asked; ids are -1 where none are given.
  struct Answer {
    ErrorCode error = ErrorCode::kNone;
    std::int64_t producer_id = coordinator::kNoProducerId;
    std::int16_t producer_epoch = coordinator::kNoProducerEpoch;
  };

  using Decide = std::move_only_function<coordinator::TransactionDecision(
      coordinator::TransactionCoordinator&, const coordinator::TransactionMoment&)>;

  /// `around` outlives it.
  TransactionPartition(const Surroundings& around, std::shared_ptr<Partition> partition);

  /// Reads the partition's log, then ends what was decided before; requests are COORDINATOR_LOAD_IN_PROGRESS
  /// until the log is read.
  Task<void> load();
  bool is_loaded() const { return is_loaded_; }

  /// The partition is not led here any more, or the node stops: NOT_COORDINATOR from here on.
  void resign();
  /// The partition is not served any more.
  bool is_retired() const { return partition_->is_retired(); }

  /// A decision about `transactional_id`, with the producer id that it may want; answered when its record is
  /// committed. `decide` may be called twice.
  Task<Answer> answer(std::string transactional_id, Decide decide);

  /// What is committed now.
  const coordinator::TransactionCoordinator& state() const { return coordinator_; }
  TimestampMs wall_ms() const { return around_.shard->wall_ms(); }

  /// Aborts the transactions that have been open for longer than their owners wanted.
  void abort_timed_out();
  /// Forgets the ids that nobody uses any more.
  void forget_expired();

 private:
  /// Appends a record of the id's next step and has it count when it is committed.
  Task<ErrorCode> commit(std::string transactional_id, coordinator::Record record);
  Task<ErrorCode> append(Buffer batch);
  /// Writes the id's markers, then the record that ends its transaction.
  Task<void> finish(std::string transactional_id);
  /// Once into each partition that is left. False if there is nothing to go on with.
  Task<bool> write_markers(std::string transactional_id, coordinator::TransactionMarkers markers);
  Task<void> abort(std::string transactional_id);
  Task<void> forget(std::vector<std::string> ids, Buffer tombstones);
  coordinator::TransactionMoment moment(std::optional<std::int64_t> fresh_producer_id) const;
  /// Lets some time pass before something is tried again.
  Task<void> pause();

  const Surroundings& around_;
  std::shared_ptr<Partition> partition_;
  coordinator::TransactionCoordinator coordinator_;
  bool is_loaded_ = false;
  bool is_resigned_ = false;
};

}  // namespace moldau::runtime
