#pragma once

#include "api/context.h"
#include "protocol/messages/delete_share_group_state_request.h"
#include "protocol/messages/delete_share_group_state_response.h"
#include "protocol/messages/initialize_share_group_state_request.h"
#include "protocol/messages/initialize_share_group_state_response.h"
#include "protocol/messages/read_share_group_state_request.h"
#include "protocol/messages/read_share_group_state_response.h"
#include "protocol/messages/read_share_group_state_summary_request.h"
#include "protocol/messages/read_share_group_state_summary_response.h"
#include "protocol/messages/write_share_group_state_request.h"
#include "protocol/messages/write_share_group_state_response.h"
#include "runtime/task.h"

/// The durable state of share partitions (KIP-932), which brokers ask the share coordinators for. A request
/// without a group or topics has an answer without results, and so has one with a topic without partitions,
/// but for InitializeShareGroupState. Of a partition that is named twice the last answer counts.
namespace moldau::api {

runtime::Task<protocol::InitializeShareGroupStateResponse> initialize_share_group_state(
    Context& context, const protocol::InitializeShareGroupStateRequest& request);
runtime::Task<protocol::ReadShareGroupStateResponse> read_share_group_state(
    Context& context, const protocol::ReadShareGroupStateRequest& request);
runtime::Task<protocol::WriteShareGroupStateResponse> write_share_group_state(
    Context& context, const protocol::WriteShareGroupStateRequest& request);
runtime::Task<protocol::DeleteShareGroupStateResponse> delete_share_group_state(
    Context& context, const protocol::DeleteShareGroupStateRequest& request);
runtime::Task<protocol::ReadShareGroupStateSummaryResponse> read_share_group_state_summary(
    Context& context, const protocol::ReadShareGroupStateSummaryRequest& request);

}  // namespace moldau::api
