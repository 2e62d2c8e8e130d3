#include "api/produce_transaction.h"

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "api/partition_verification.h"
#include "api/produce_plan.h"
#include "runtime/partition_table.h"
#include "runtime/shards.h"
#include "runtime/together.h"
#include "runtime/waiter.h"

namespace moldau::api {
namespace {

using coordinator::Owner;
using coordinator::TopicPartition;
using runtime::Task;

/// Clients know TRANSACTION_ABORTABLE from this version of Produce on, and leave adding partitions to their
/// leaders from the next one on.
constexpr std::int16_t kFirstAbortable = 11;

/// What a partition says before its transaction's coordinator is asked.
struct Begun {
  ErrorCode error = ErrorCode::kNone;
  runtime::Verification verification = {};
};

/// Runs on the shard that owns the partition.
Task<Begun> begin(runtime::PartitionTable& table, Uuid topic_id, std::int32_t partition_id,
                  log::TransactionalBatch batch) {
  if (!batch.supports_epoch_bump && !table.verifies_transactions()) {
    co_return Begun{.verification = {.is_required = false}};
  }
  const auto partition = table.find(topic_id, partition_id);
  if (!partition) co_return Begun{.error = partition.error().code};
  const auto guard = (*partition)->begin_verification(batch);
  if (!guard) co_return Begun{.error = guard.error().code};
  co_return Begun{.verification = {.guard = *guard}};
}

Task<void> begin_part(Context& context, TransactionalPart& part) {
  const runtime::ShardId owner = context.node.shards().owner_of(part.topic_id, part.partition);
  runtime::PartitionTable& table = context.node.partitions(owner);
  const Begun begun =
      co_await runtime::on_shard<Begun>(context.shard, context.node.shards()[owner],
                                        [&table, id = part.topic_id, partition = part.partition,
                                         batch = part.batch] { return begin(table, id, partition, batch); });
  part.error = begun.error;
  part.verification = begun.verification;
}

/// Answers the batch with an error of its transaction's coordinator. Older clients would not try again after
/// some of them, so they are told of replicas.
void refuse(TransactionalPart& part, ErrorCode error, TransactionSupport support) {
  part.error = error;
  switch (error) {
    case ErrorCode::kInvalidTxnState:
      part.message = "Partition was not added to the transaction";
      return;
    case ErrorCode::kConcurrentTransactions:
      if (support == TransactionSupport::kImplicit) return;
      break;
    case ErrorCode::kNetworkException:
    case ErrorCode::kCoordinatorLoadInProgress:
    case ErrorCode::kCoordinatorNotAvailable:
    case ErrorCode::kNotCoordinator:
      break;
    default:
      return;
  }
  part.error = ErrorCode::kNotEnoughReplicas;
  part.message = "Unable to verify the partition has been added to the transaction. Underlying error: " +
                 std::string(error_name(error));
}

/// Asks again for a while where the transaction before is just being ended, which is what a client that
/// begins the next one at once meets.
Task<std::vector<ErrorCode>> ask(Context& context, Owner owner, const std::vector<TopicPartition>& partitions,
                                 TransactionSupport support) {
  const config::BrokerConfig& config = context.node.config();
  const Duration longest = std::min(from_ms(config.transactions.add_partitions_retry_backoff_max_ms),
                                    from_ms(config.network.request_timeout_ms));
  const Instant deadline = context.shard.now() + longest;
  while (true) {
    auto outcomes = co_await verify_or_add(context.node, context.shard, owner, partitions, support);
    const bool tries_again =
        support == TransactionSupport::kImplicit && context.shard.now() < deadline &&
        std::ranges::find(outcomes, ErrorCode::kConcurrentTransactions) != outcomes.end();
    if (!tries_again) co_return outcomes;
    runtime::Waiter pause(context.shard,
                          context.shard.now() + from_ms(config.transactions.add_partitions_retry_backoff_ms));
    co_await pause;
  }
}

}  // namespace

bool has_several_producers(std::span<const TransactionalPart> parts) {
  const auto same = [&parts](const TransactionalPart& part) {
    return part.batch.producer_id == parts.front().batch.producer_id &&
           part.batch.producer_epoch == parts.front().batch.producer_epoch;
  };
  return !std::ranges::all_of(parts, same);
}

std::optional<log::TransactionalBatch> transactional_batch_of(ByteView records, bool supports_epoch_bump) {
  const auto batch = transactional_batch(records);
  if (!batch || !batch->has_producer_id()) return std::nullopt;
  return log::TransactionalBatch{.producer_id = batch->producer_id(),
                                 .producer_epoch = batch->producer_epoch(),
                                 .base_sequence = batch->base_sequence(),
                                 .supports_epoch_bump = supports_epoch_bump};
}

Task<void> verify_transaction(Context& context, std::string_view transactional_id,
                              std::span<TransactionalPart> parts) {
  if (parts.empty()) co_return;
  runtime::TaskList tasks;
  for (TransactionalPart& part : parts) {
    tasks.push_back(begin_part(context, part));
  }
  co_await runtime::together(context.shard, std::move(tasks));
  std::vector<TransactionalPart*> asking;
  std::vector<TopicPartition> partitions;
  for (TransactionalPart& part : parts) {
    if (part.error != ErrorCode::kNone || !part.verification.guard) continue;
    asking.push_back(&part);
    partitions.push_back({.topic = std::string(part.topic), .partition = part.partition});
  }
  if (asking.empty()) co_return;
  const TransactionSupport support = support_of(context.request.version, kFirstAbortable);
  const Owner owner{.transactional_id = transactional_id,
                    .producer_id = parts.front().batch.producer_id,
                    .producer_epoch = parts.front().batch.producer_epoch};
  const auto outcomes = co_await ask(context, owner, partitions, support);
  for (std::size_t i = 0; i < asking.size(); ++i) {
    if (outcomes[i] != ErrorCode::kNone) refuse(*asking[i], outcomes[i], support);
  }
}

}  // namespace moldau::api
