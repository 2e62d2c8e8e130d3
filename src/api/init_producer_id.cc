#include "api/init_producer_id.h"

#include "api/transaction_access.h"

namespace moldau::api {
namespace {

using protocol::InitProducerIdRequest;
using protocol::InitProducerIdResponse;
using Answer = runtime::TransactionPartition::Answer;

constexpr std::int16_t kKnowsFenced = 4;

/// An id without a transactional one: nobody else will ever ask for it.
runtime::Task<Answer> new_producer_id(Context& context) {
  const auto id = co_await context.node.producer_ids().next(context.shard);
  // Apache Kafka too makes the client try again while no block of ids can be had.
  if (!id) co_return Answer{.error = ErrorCode::kCoordinatorLoadInProgress};
  co_return Answer{.producer_id = *id, .producer_epoch = 0};
}

runtime::Task<Answer> answer(Context& context, const InitProducerIdRequest& request) {
  const bool has_id = request.producer_id.value() != coordinator::kNoProducerId;
  const bool has_epoch = request.producer_epoch != coordinator::kNoProducerEpoch;
  if (has_id != has_epoch) co_return Answer{.error = ErrorCode::kInvalidRequest};
  if (!request.transactional_id) co_return co_await new_producer_id(context);
  const auto settings = runtime::transaction_settings(context.node.config());
  const ErrorCode obstacle = coordinator::check_init_producer_id(settings, request);
  if (obstacle != ErrorCode::kNone) co_return Answer{.error = obstacle};
  co_return co_await decide_transaction(
      context.node, context.shard, request.transactional_id->value(),
      [&request](coordinator::TransactionCoordinator& coordinator, const coordinator::TransactionMoment& at) {
        return coordinator.init_producer_id(at, request);
      });
}

}  // namespace

runtime::Task<InitProducerIdResponse> init_producer_id(Context& context,
                                                       const InitProducerIdRequest& request) {
  const Answer given = co_await answer(context, request);
  InitProducerIdResponse response;
  response.error_code = fenced_for(given.error, context.request.version, kKnowsFenced);
  response.producer_id = ProducerId(given.producer_id);
  response.producer_epoch = given.producer_epoch;
  co_return response;
}

}  // namespace moldau::api
