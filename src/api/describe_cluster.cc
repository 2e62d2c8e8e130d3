#include "api/describe_cluster.h"

#include "api/operations.h"
#include "metadata/image_queries.h"

namespace moldau::api {
namespace {

constexpr std::int8_t kBrokers = 1;
constexpr std::int8_t kControllers = 2;

}  // namespace

runtime::Task<protocol::DescribeClusterResponse> describe_cluster(
    Context& context, const protocol::DescribeClusterRequest& request) {
  protocol::DescribeClusterResponse response;
  const std::int8_t wanted = request.endpoint_type;
  const std::int8_t served = context.listener.is_controller ? kControllers : kBrokers;
  if (wanted != kBrokers && wanted != kControllers) {
    response.error_code = ErrorCode::kUnsupportedEndpointType;
    response.error_message = context.keep("Unsupported endpoint type " + std::to_string(wanted));
    co_return response;
  }
  if (wanted != served) {
    // Clients of version 0 know nothing of kinds of endpoints.
    response.error_code =
        context.request.version == 0 ? ErrorCode::kInvalidRequest : ErrorCode::kMismatchedEndpointType;
    response.error_message =
        served == kBrokers ? "The request was sent to an endpoint of type BROKER, but we wanted an endpoint "
                             "of type CONTROLLER"
                           : "The request was sent to an endpoint of type CONTROLLER, but we wanted an "
                             "endpoint of type BROKER";
    co_return response;
  }
  response.endpoint_type = wanted;
  response.cluster_id = context.node.cluster_id();
  if (request.include_cluster_authorized_operations) {
    response.cluster_authorized_operations = kAllClusterOperations;
  }
  const metadata::Image& image = context.cluster->image;
  if (wanted == kBrokers) {
    response.controller_id = metadata::controller_for_clients(image, context.node.id());
    for (const metadata::BrokerNode& broker :
         metadata::broker_nodes(image, context.listener.name, request.include_fenced_brokers)) {
      response.brokers.push_back({.broker_id = broker.id,
                                  .host = broker.host,
                                  .port = broker.port,
                                  .rack = broker.rack,
                                  .is_fenced = broker.is_fenced,
                                  .unknown_tags = {}});
    }
    co_return response;
  }
  response.controller_id = context.node.id();
  for (const auto& [id, controller] : image.controllers) {
    const auto found = controller->listeners.find(context.listener.name);
    if (found == controller->listeners.end()) continue;
    response.brokers.push_back(
        {.broker_id = id, .host = found->second.host, .port = found->second.port, .unknown_tags = {}});
  }
  co_return response;
}

}  // namespace moldau::api
