#pragma once

#include <string_view>

#include "config/broker_config.h"
#include "runtime/coordinator_table.h"
#include "runtime/transaction_partition.h"

namespace moldau::runtime {

inline constexpr std::string_view kTransactionStateTopic = "__transaction_state";

/// The transaction coordinators of one shard.
class TransactionTable : public CoordinatorTable<TransactionPartition> {
 public:
  /// All of it outlives the table.
  TransactionTable(PartitionTable& partitions, BrokerId node_id, TransactionPartition::Surroundings around);

  /// Follows the partitions that the shard leads after `delta` was applied to its partition table.
  void apply(const ClusterView& view, const metadata::ImageDelta& delta);

  /// Aborts the transactions that have been open for longer than their owners wanted.
  void abort_timed_out();
  /// Forgets the transactional ids that nobody uses any more.
  void forget_expired();

 private:
  TransactionPartition::Surroundings around_;
};

coordinator::TransactionCoordinatorConfig transaction_settings(const config::BrokerConfig& config);

}  // namespace moldau::runtime
