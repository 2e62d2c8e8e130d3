#include "api/unregister_broker.h"

#include <variant>

#include "metadata/broker_lifecycle.h"

namespace moldau::api {

runtime::Task<protocol::UnregisterBrokerResponse> unregister_broker(
    Context& context, const protocol::UnregisterBrokerRequest& request) {
  const auto done = co_await context.node.decide<std::monostate>(
      context.shard, [id = request.broker_id](const metadata::DecisionContext& decision) {
        return metadata::unregister_broker(id, decision);
      });
  protocol::UnregisterBrokerResponse response;
  if (!done) {
    response.error_code = done.error().code;
    response.error_message = context.keep(done.error().message);
  }
  co_return response;
}

}  // namespace moldau::api
