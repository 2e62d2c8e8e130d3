#include "api/group_listing.h"

#include <array>
#include <utility>

#include "api/group_access.h"
#include "api/operations.h"

namespace moldau::api {
namespace {

using protocol::DescribeGroupsResponse;
using protocol::ListGroupsResponse;
using runtime::GroupPartition;
using runtime::Task;

Task<coordinator::Reply<ListGroupsResponse>> list_on(runtime::GroupTable& table,
                                                     const protocol::ListGroupsRequest& request) {
  coordinator::Reply<ListGroupsResponse> all;
  for (const auto& groups : table.all()) {
    if (!groups->is_loaded()) {
      // What could not be loaded has no groups that anybody could work with.
      if (groups->unready() != ErrorCode::kNotCoordinator) all.message.error_code = groups->unready();
      continue;
    }
    auto some = groups->state().list_groups(request.states_filter, request.types_filter);
    for (auto& group : some.message.groups) {
      all.message.groups.push_back(std::move(group));
    }
    all.texts.splice(all.texts.end(), some.texts);
  }
  co_return all;
}

}  // namespace

Task<DescribeGroupsResponse> describe_groups(Context& context,
                                             const protocol::DescribeGroupsRequest& request) {
  DescribeGroupsResponse response;
  const coordinator::RequestContext asked = coordinator_context(context, "");
  for (const GroupId& group : request.groups) {
    const std::array<std::string_view, 1> names = {group.value()};
    const auto refuse = [&group](ErrorCode error) {
      DescribeGroupsResponse refused;
      refused.groups.emplace_back();
      refused.groups.back().group_id = group;
      refused.groups.back().error_code = error;
      return refused;
    };
    auto described = co_await ask_coordinator<DescribeGroupsResponse>(
        context, group.value(),
        [&](GroupPartition& groups) -> Task<coordinator::Reply<DescribeGroupsResponse>> {
          if (!groups.is_loaded()) {
            co_return coordinator::Reply<DescribeGroupsResponse>(refuse(groups.unready()));
          }
          co_return groups.state().describe_groups(asked, names);
        },
        refuse);
    for (auto& one : described.groups) {
      if (request.include_authorized_operations && one.error_code == ErrorCode::kNone)
        one.authorized_operations = kAllGroupOperations;
      response.groups.push_back(std::move(one));
    }
  }
  co_return response;
}

Task<ListGroupsResponse> list_groups(Context& context, const protocol::ListGroupsRequest& request) {
  ListGroupsResponse response;
  for (std::size_t i = 0; i < context.node.shards().count(); ++i) {
    const runtime::ShardId shard(static_cast<std::uint32_t>(i));
    runtime::GroupTable& table = context.node.groups(shard);
    auto listed = co_await runtime::on_shard<coordinator::Reply<ListGroupsResponse>>(
        context.shard, context.node.shards()[shard], [&table, &request] { return list_on(table, request); });
    ListGroupsResponse some = keep_reply(context, std::move(listed));
    if (some.error_code != ErrorCode::kNone) response.error_code = some.error_code;
    for (auto& group : some.groups) {
      response.groups.push_back(std::move(group));
    }
  }
  co_return response;
}

}  // namespace moldau::api
