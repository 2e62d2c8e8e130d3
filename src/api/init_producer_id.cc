#include "api/init_producer_id.h"

namespace moldau::api {

runtime::Task<protocol::InitProducerIdResponse> init_producer_id(
    Context& context, const protocol::InitProducerIdRequest& request) {
  protocol::InitProducerIdResponse response;
  constexpr ProducerId kNoId(-1);
  constexpr std::int16_t kNoEpoch = -1;
  response.producer_id = kNoId;
  response.producer_epoch = kNoEpoch;
  if ((request.producer_id == kNoId) != (request.producer_epoch == kNoEpoch)) {
    response.error_code = ErrorCode::kInvalidRequest;
    co_return response;
  }
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
