#include "runtime/transaction_table.h"

#include <memory>
#include <utility>

namespace moldau::runtime {

coordinator::TransactionCoordinatorConfig transaction_settings(const config::BrokerConfig& config) {
  return {.max_timeout_ms = config.transactions.max_timeout_ms,
          .id_expiration_ms = config.transactions.transactional_id_expiration_ms,
          .two_phase_commit_enabled = config.transactions.two_phase_commit_enable};
}

TransactionTable::TransactionTable(PartitionTable& partitions, BrokerId node_id,
                                   TransactionPartition::Surroundings around)
    : CoordinatorTable(kTransactionStateTopic, *around.shard, partitions, node_id),
      around_(std::move(around)) {}

void TransactionTable::apply(const ClusterView& view, const metadata::ImageDelta& delta) {
  CoordinatorTable::apply(view, delta, [this](std::shared_ptr<Partition> partition) {
    return std::make_shared<TransactionPartition>(around_, std::move(partition));
  });
}

void TransactionTable::abort_timed_out() {
  for (const auto& transactions : all()) {
    transactions->abort_timed_out();
  }
}

void TransactionTable::forget_expired() {
  for (const auto& transactions : all()) {
    transactions->forget_expired();
  }
}

}  // namespace moldau::runtime
