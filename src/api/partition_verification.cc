#include "api/partition_verification.h"

#include <algorithm>
#include <set>

#include "api/transaction_access.h"
#include "metadata/image_queries.h"

namespace moldau::api {
namespace {

using coordinator::TopicPartition;
using runtime::Task;
using Outcomes = std::vector<ErrorCode>;

/// What a producer is told of the coordinator's answer.
ErrorCode told(ErrorCode error, TransactionSupport support) {
  switch (error) {
    case ErrorCode::kProducerFenced:
      return ErrorCode::kInvalidProducerEpoch;
    case ErrorCode::kTransactionAbortable:
      return support == TransactionSupport::kVerified ? ErrorCode::kInvalidTxnState : error;
    default:
      return error;
  }
}

bool has_coordinator(const runtime::ClusterView& view, std::string_view transactional_id) {
  constexpr std::string_view kTopic = runtime::kTransactionStateTopic;
  const auto partition_id = runtime::coordinator_partition(view.image, kTopic, transactional_id);
  if (!partition_id) return false;
  const metadata::Partition* partition = metadata::find_partition(view.image, kTopic, *partition_id);
  return partition != nullptr && partition->leader != metadata::kNoLeader;
}

}  // namespace

Task<Outcomes> verify_partitions(runtime::Node& node, runtime::Shard& here, coordinator::Owner owner,
                                 std::span<const TopicPartition> partitions) {
  const auto refuse = [partitions](ErrorCode error) { return Outcomes(partitions.size(), error); };
  co_return co_await ask_transactions<Outcomes>(
      node, here, owner.transactional_id,
      [&](runtime::TransactionPartition& transactions) -> Task<Outcomes> {
        if (!transactions.is_loaded()) co_return refuse(ErrorCode::kCoordinatorLoadInProgress);
        co_return transactions.state().verify_partitions(owner, partitions);
      },
      refuse);
}

Task<Outcomes> verify_or_add(runtime::Node& node, runtime::Shard& here, coordinator::Owner owner,
                             std::span<const TopicPartition> partitions, TransactionSupport support) {
  if (!has_coordinator(*node.cluster_view(here), owner.transactional_id)) {
    co_return Outcomes(partitions.size(), ErrorCode::kCoordinatorNotAvailable);
  }
  Outcomes outcomes;
  if (support == TransactionSupport::kImplicit) {
    const std::set<TopicPartition> added(partitions.begin(), partitions.end());
    const auto answer = co_await decide_transaction(
        node, here, owner.transactional_id,
        [&](coordinator::TransactionCoordinator& coordinator, const coordinator::TransactionMoment& at) {
          return coordinator.add_partitions(at, owner, added, coordinator::kEpochPerTransaction);
        });
    outcomes.assign(partitions.size(), answer.error);
  } else {
    outcomes = co_await verify_partitions(node, here, owner, partitions);
  }
  std::ranges::transform(outcomes, outcomes.begin(),
                         [support](ErrorCode error) { return told(error, support); });
  co_return outcomes;
}

}  // namespace moldau::api
