#include "runtime/producer_ids.h"

#include "metadata/partition_decisions.h"
#include "runtime/node.h"

namespace moldau::runtime {

Task<Result<std::int64_t>> ProducerIds::next(Shard& here) {
  co_return co_await on_shard<Result<std::int64_t>>(here, node_.shards()[ShardId(0)],
                                                    [this] { return next_on_zero(); });
}

Task<Result<std::int64_t>> ProducerIds::next_on_zero() {
  while (next_ == end_) {
    if (fetching_) {
      Waiter waiter(node_.shards()[ShardId(0)], Instant::never());
      fetched_.add(waiter);
      co_await waiter;
      continue;
    }
    if (const auto done = co_await fetch_block(); !done) co_return fail(done.error());
  }
  co_return next_++;
}

Task<Result<void>> ProducerIds::fetch_block() {
  fetching_ = true;
  protocol::AllocateProducerIdsRequest request;
  request.broker_id = node_.id();
  request.broker_epoch = node_.broker_epoch();
  const auto block = co_await node_.controller().decide<protocol::AllocateProducerIdsResponse>(
      [&request](const metadata::DecisionContext& context) {
        return metadata::allocate_producer_ids(request, context);
      });
  fetching_ = false;
  fetched_.wake_all();
  if (!block) co_return fail(block.error());
  if (block->error_code != ErrorCode::kNone) co_return fail(block->error_code, "no block of producer ids");
  next_ = block->producer_id_start.value();
  end_ = next_ + block->producer_id_len;
  co_return Result<void>{};
}

}  // namespace moldau::runtime
