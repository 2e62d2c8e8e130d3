#pragma once

#include <utility>

#include "api/context.h"
#include "api/group_access.h"
#include "api/operations.h"
#include "base/error_code.h"

namespace moldau::api {

template <class DescribedGroup>
DescribedGroup not_described(GroupId group, ErrorCode error) {
  DescribedGroup described;
  described.group_id = group;
  described.error_code = error;
  return described;
}

/// Asks the group's coordinator; see describe_groups().
template <class DescribedGroup, class Describe>
runtime::Task<DescribedGroup> describe_group(Context& context, GroupId group, const Describe& describe) {
  if (group.value().empty()) co_return not_described<DescribedGroup>(group, ErrorCode::kInvalidGroupId);
  const auto refuse = [group](ErrorCode error) { return not_described<DescribedGroup>(group, error); };
  co_return co_await ask_coordinator<DescribedGroup>(
      context, group.value(),
      [&](runtime::GroupPartition& groups) -> runtime::Task<coordinator::Reply<DescribedGroup>> {
        if (!groups.is_loaded()) co_return coordinator::Reply<DescribedGroup>(refuse(groups.unready()));
        co_return describe(groups.state(), group.value());
      },
      refuse);
}

/// Describes the groups of one of the newer protocols that a request names, each by its coordinator:
/// `describe(const GroupCoordinator&, id)` gives a Reply<DescribedGroup>. Where the cluster has no groups of
/// that kind each of them is UNSUPPORTED_VERSION.
template <class Response, class Request, class Describe>
runtime::Task<Response> describe_groups(Context& context, const Request& request, bool has_groups,
                                        Describe describe) {
  using DescribedGroup = typename Response::DescribedGroup;
  Response response;
  for (const GroupId group : request.group_ids) {
    DescribedGroup described = has_groups
                                   ? co_await describe_group<DescribedGroup>(context, group, describe)
                                   : not_described<DescribedGroup>(group, ErrorCode::kUnsupportedVersion);
    if (request.include_authorized_operations && described.error_code == ErrorCode::kNone)
      described.authorized_operations = kAllGroupOperations;
    response.groups.push_back(std::move(described));
  }
  co_return response;
}

}  // namespace moldau::api
