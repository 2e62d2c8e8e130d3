#pragma once

#include "api/context.h"
#include "protocol/messages/describe_transactions_request.h"
#include "protocol/messages/describe_transactions_response.h"
#include "protocol/messages/list_transactions_request.h"
#include "protocol/messages/list_transactions_response.h"
#include "runtime/task.h"

namespace moldau::api {

/// DescribeTransactions (KIP-664): what the coordinators on this node know of the ids.
runtime::Task<protocol::DescribeTransactionsResponse> describe_transactions(
    Context& context, const protocol::DescribeTransactionsRequest& request);

/// ListTransactions (KIP-664, KIP-994, KIP-1152): all transactional ids whose coordinator is on this node, as
/// far as the filters let them pass. COORDINATOR_LOAD_IN_PROGRESS while one of them is not read yet;
/// INVALID_REGULAR_EXPRESSION.
runtime::Task<protocol::ListTransactionsResponse> list_transactions(
    Context& context, const protocol::ListTransactionsRequest& request);

}  // namespace moldau::api
