#include "api/init_producer_id.h"

namespace moldau::api {

runtime::Task<protocol::InitProducerIdResponse> init_producer_id(
    Context& context, const protocol::InitProducerIdRequest& request) {
  protocol::InitProducerIdResponse response;
  response.producer_id = ProducerId(-1);
  response.producer_epoch = -1;
  if (request.transactional_id) {
    response.error_code = request.transactional_id->value().empty() ? ErrorCode::kInvalidRequest
                                                                    : ErrorCode::kUnsupportedVersion;
    co_return response;
  }
  const auto id = co_await context.node.producer_ids().next(context.shard);
  if (!id) {
    // Apache Kafka too makes the client try again while no block of ids can be had.
    response.error_code = ErrorCode::kCoordinatorLoadInProgress;
    co_return response;
  }
  response.producer_id = ProducerId(*id);
  response.producer_epoch = 0;
  co_return response;
}

}  // namespace moldau::api
