#include "api/share_acknowledge.h"

#include <utility>

#include "api/current_leader.h"
#include "api/share_acknowledgement.h"
#include "api/share_group.h"
#include "api/share_sessions.h"

namespace moldau::api {
namespace {

using protocol::ShareAcknowledgeResponse;
using runtime::Task;

ShareAcknowledgeResponse failed(ErrorCode error) {
  ShareAcknowledgeResponse response;
  response.error_code = error;
  return response;
}

ShareAcknowledgeResponse response_of(Context& context, AcknowledgeOutcomes outcomes) {
  ShareAcknowledgeResponse response;
  for (auto& [partition, outcome] : outcomes) {
    if (response.responses.empty() || response.responses.back().topic_id != partition.first)
      response.responses.emplace_back().topic_id = partition.first;
    auto& data = response.responses.back().partitions.emplace_back();
    data.partition_index = partition.second;
    data.error_code = outcome.error;
    if (!outcome.message.empty()) data.error_message = context.keep(std::move(outcome.message));
    if (!has_other_leader(outcome.error)) continue;
    tell_leader(context, partition.first, partition.second, data.current_leader);
    add_endpoint(context, BrokerId(data.current_leader.leader_id), response);
  }
  return response;
}

}  // namespace

Task<ShareAcknowledgeResponse> share_acknowledge(Context& context,
                                                 const protocol::ShareAcknowledgeRequest& request) {
  if (!has_share_groups(context)) co_return failed(ErrorCode::kUnsupportedVersion);
  if (!request.group_id || !is_member_id(request.member_id)) co_return failed(ErrorCode::kInvalidRequest);
  const share::ShareSessionKey key{.group = std::string(request.group_id->value()),
                                   .member = std::string(*request.member_id)};
  if (const auto went_on =
          co_await context.share_sessions.acknowledge(context.shard, key, request.share_session_epoch);
      !went_on) {
    co_return failed(went_on.error().code);
  }
  auto outcomes =
      co_await acknowledge_records(context, key, acknowledgements_of(request),
                                   {.knows_renew = context.request.version >= kFirstVersionWithRenewals,
                                    .is_renewal = request.is_renew_ack});
  if (request.share_session_epoch == share::ShareSession::kFinalEpoch)
    co_await context.share_sessions.end(context.shard, key);
  ShareAcknowledgeResponse response = response_of(context, std::move(outcomes));
  response.acquisition_lock_timeout_ms = lock_timeout_ms(context, key.group);
  co_return response;
}

}  // namespace moldau::api
