#include "api/acls.h"

#include <algorithm>
#include <cstdint>
#include <initializer_list>

#include "protocol/messages/create_acls_request.h"
#include "protocol/messages/create_acls_response.h"
#include "protocol/messages/delete_acls_request.h"
#include "protocol/messages/delete_acls_response.h"
#include "protocol/messages/describe_acls_request.h"
#include "protocol/messages/describe_acls_response.h"

namespace moldau::api {
namespace {

using protocol::CreateAclsRequest;
using protocol::CreateAclsResponse;
using protocol::DeleteAclsRequest;
using protocol::DeleteAclsResponse;
using protocol::DescribeAclsRequest;
using protocol::DescribeAclsResponse;
using runtime::Task;

bool has_unknown(std::initializer_list<std::int8_t> codes) {
  constexpr std::int8_t kUnknown = 0;
  return std::ranges::find(codes, kUnknown) != codes.end();
}

/// Filters of DescribeAcls and DeleteAcls are alike.
template <class Filter>
bool is_unknown(const Filter& filter) {
  return has_unknown(
      {filter.resource_type_filter, filter.pattern_type_filter, filter.operation, filter.permission_type});
}

bool has_unknown(const DescribeAclsRequest& request) {
  return is_unknown(request);
}

bool has_unknown(const CreateAclsRequest& request) {
  return std::ranges::any_of(request.creations, [](const auto& creation) {
    return has_unknown({creation.resource_type, creation.resource_pattern_type, creation.operation,
                        creation.permission_type});
  });
}

bool has_unknown(const DeleteAclsRequest& request) {
  return std::ranges::any_of(request.filters, [](const auto& filter) { return is_unknown(filter); });
}

/// An answer, or a part of one.
template <class Message>
Message refused(std::string_view message) {
  Message part;
  part.error_code = ErrorCode::kSecurityDisabled;
  part.error_message = message;
  return part;
}

constexpr std::string_view kNoAuthorizer = "No Authorizer is configured.";

DescribeAclsResponse answer(const DescribeAclsRequest&) {
  return refused<DescribeAclsResponse>("No Authorizer is configured on the broker");
}

CreateAclsResponse answer(const CreateAclsRequest& request) {
  CreateAclsResponse response;
  response.results.assign(request.creations.size(),
                          refused<CreateAclsResponse::AclCreationResult>(kNoAuthorizer));
  return response;
}

DeleteAclsResponse answer(const DeleteAclsRequest& request) {
  DeleteAclsResponse response;
  response.filter_results.assign(request.filters.size(),
                                 refused<DeleteAclsResponse::DeleteAclsFilterResult>(kNoAuthorizer));
  return response;
}

template <class Request>
void serve(Exchange& exchange) {
  const RequestInfo& info = exchange.context.request;
  auto request =
      wire::decode_message<Request>(exchange.frame.bytes().subspan(exchange.body_at), info.version, true);
  if (request && has_unknown(*request)) {
    request =
        fail(ErrorCode::kInvalidRequest, std::string(Request::kName) + " has an element that is unknown");
  }
  if (!request) {
    log_malformed(exchange, request.error());
    exchange.responder.refuse();
    return;
  }
  send_reply(exchange.responder, info, answer(*request));
}

}  // namespace

Task<void> serve_describe_acls(Exchange& exchange) {
  serve<DescribeAclsRequest>(exchange);
  co_return;
}

Task<void> serve_create_acls(Exchange& exchange) {
  serve<CreateAclsRequest>(exchange);
  co_return;
}

Task<void> serve_delete_acls(Exchange& exchange) {
  serve<DeleteAclsRequest>(exchange);
  co_return;
}

}  // namespace moldau::api
