#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <set>
#include <utility>
#include <vector>

#include "base/result.h"
#include "coordinator/share/share_coordinator.h"
#include "runtime/append_queue.h"
#include "runtime/partition.h"
#include "runtime/shard.h"
#include "runtime/task.h"

namespace moldau::runtime {

/// The share coordinator on one partition of __share_group_state that this node leads: carries out what the
/// pure coordinator decides, and deletes what its log does not need any more. Belongs to the partition's
/// shard.
class ShareStatePartition : public std::enable_shared_from_this<ShareStatePartition> {
 public:
  template <class Outcome>
  using Decide = std::move_only_function<coordinator::ShareDecision<Outcome>(coordinator::ShareCoordinator&,
                                                                             coordinator::ShareMoment)>;

  /// `shard` outlives it.
  ShareStatePartition(Shard& shard, std::shared_ptr<Partition> partition,
                      const coordinator::ShareCoordinatorConfig& config,
                      const AppendQueue::Settings& appends);

  /// Reads the partition's log; requests are COORDINATOR_LOAD_IN_PROGRESS until it is done, and
  /// NOT_COORDINATOR where that has failed.
  Task<void> load();
  bool is_loaded() const { return is_loaded_; }

  /// The partition is not led here any more, or the node stops: NOT_COORDINATOR from here on.
  void resign();
  /// The partition is not served any more.
  bool is_retired() const { return partition_->is_retired(); }

  /// A decision, answered when its record and all before it are committed. Errors are those that a client is
  /// told, with Apache Kafka's words where the coordinator is not here.
  template <class Outcome>
  Task<Result<Outcome>> answer(Decide<Outcome> decide);

  /// Writes snapshots of share partitions whose last one is old.
  void snapshot_cold();
  /// Deletes records that later ones have made redundant.
  void prune();
  /// Forgets the share partitions of deleted topics.
  void topics_deleted(const std::set<Uuid>& topics);

  /// What is known now, committed or not.
  const coordinator::ShareCoordinator& state() const { return coordinator_; }

 private:
  using Change = std::optional<coordinator::Record> (coordinator::ShareCoordinator::*)(
      const coordinator::ShareMoment&, const coordinator::SharePartitionKey&);

  coordinator::ShareMoment moment() const;
  Result<void> check_serving() const;
  /// Adds what a decision has taken, if anything.
  AppendQueue::AppendPtr append(std::optional<coordinator::Record> record);
  /// Waits until the append, and all before it, are committed; or what a client is told.
  Task<Result<void>> commit(AppendQueue::AppendPtr append);
  /// Changes many share partitions, with others' turns in between.
  Task<void> change_all(std::vector<coordinator::SharePartitionKey> keys, Change change);

  Shard& shard_;
  std::shared_ptr<Partition> partition_;
  coordinator::ShareCoordinator coordinator_;
  AppendQueue queue_;
  std::int64_t pruned_before_ = 0;
  bool is_loaded_ = false;
  bool has_failed_ = false;  ///< to load
  bool is_resigned_ = false;
};

template <class Outcome>
Task<Result<Outcome>> ShareStatePartition::answer(Decide<Outcome> decide) {
  const auto self = shared_from_this();
  if (auto serving = check_serving(); !serving) co_return fail(std::move(serving).error());
  auto decision = decide(coordinator_, moment());
  const auto committed = co_await commit(append(std::move(decision.record)));
  if (!committed) co_return fail(committed.error());
  co_return std::move(decision.result);
}

}  // namespace moldau::runtime
