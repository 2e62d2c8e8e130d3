#pragma once

#include "api/context.h"
#include "protocol/messages/list_offsets_request.h"
#include "protocol/messages/list_offsets_response.h"
#include "protocol/messages/offset_for_leader_epoch_request.h"
#include "protocol/messages/offset_for_leader_epoch_response.h"
#include "runtime/task.h"

namespace moldau::api {

/// ListOffsets (key 2): offsets by timestamp, or by the special timestamps of each version.
runtime::Task<protocol::ListOffsetsResponse> list_offsets(Context& context,
                                                          const protocol::ListOffsetsRequest& request);

/// OffsetForLeaderEpoch (key 23): where a leader epoch ended (KIP-101, KIP-320).
runtime::Task<protocol::OffsetForLeaderEpochResponse> offset_for_leader_epoch(
    Context& context, const protocol::OffsetForLeaderEpochRequest& request);

}  // namespace moldau::api
