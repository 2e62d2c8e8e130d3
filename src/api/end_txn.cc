#include "api/end_txn.h"

#include "api/transaction_access.h"

namespace moldau::api {
namespace {

constexpr std::int16_t kKnowsFenced = 2;
constexpr std::int16_t kFirstWithEpochs = 5;

}  // namespace

runtime::Task<protocol::EndTxnResponse> end_txn(Context& context, const protocol::EndTxnRequest& request) {
  const coordinator::Owner owner{.transactional_id = request.transactional_id.value(),
                                 .producer_id = request.producer_id.value(),
                                 .producer_epoch = request.producer_epoch};
  const std::int16_t version =
      context.request.version >= kFirstWithEpochs ? coordinator::kEpochPerTransaction : std::int16_t{0};
  const auto ended = co_await decide_transaction(
      context.node, context.shard, owner.transactional_id,
      [&](coordinator::TransactionCoordinator& coordinator, const coordinator::TransactionMoment& at) {
        return coordinator.end(at, owner, request.committed, version);
      });
  protocol::EndTxnResponse response;
  response.error_code = fenced_for(ended.error, context.request.version, kKnowsFenced);
  response.producer_id = ProducerId(ended.producer_id);
  response.producer_epoch = ended.producer_epoch;
  co_return response;
}

}  // namespace moldau::api
