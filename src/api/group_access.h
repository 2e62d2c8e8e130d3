#pragma once

#include <algorithm>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

#include "api/context.h"
#include "runtime/coordinator_access.h"
#include "runtime/group_partition.h"
#include "runtime/group_table.h"
#include "runtime/task.h"

namespace moldau::api {

/// Whether the cluster has groups of a protocol of group.coordinator.rebalance.protocols that comes with a
/// level of `feature`.
inline bool has_groups_of(const Context& context, std::string_view protocol, std::string_view feature) {
  const auto& protocols = context.node.config().groups.rebalance_protocols;
  return std::ranges::find(protocols, protocol) != protocols.end() &&
         context.cluster->image.feature_level(feature) > 0;
}

/// Keeps what a coordinator's reply points into until the answer is encoded.
template <class Message>
Message keep_reply(Context& context, coordinator::Reply<Message> reply) {
  Message message = std::move(reply.message);
  context.keep_alive(std::move(reply.texts));
  return message;
}

/// The peer's address as Java prints it, which groups show to operators.
inline std::string java_host(const Context& context) {
  return "/" + std::string(context.request.client_host);
}

/// What the coordinator is told of a request, but for the moment and the random id, which are its shard's.
inline coordinator::RequestContext coordinator_context(const Context& context, std::string_view client_host) {
  coordinator::RequestContext result;
  result.api_version = context.request.version;
  result.client_id = context.request.client_id.value_or("");
  result.client_host = client_host;
  return result;
}

/// Adds what only the coordinator's own shard knows.
inline coordinator::RequestContext completed(coordinator::RequestContext request,
                                             runtime::GroupPartition& groups) {
  request.at = groups.moment();
  request.random = groups.fresh_id();
  return request;
}

/// Asks the coordinator of `group` on its shard: `ask(GroupPartition&)` gives a task of Reply<Message>.
/// `refuse(ErrorCode)` makes the answer where this node is not the coordinator.
template <class Message, class Ask, class Refuse>
runtime::Task<Message> ask_coordinator(Context& context, std::string_view group, Ask ask, Refuse refuse) {
  using Reply = coordinator::Reply<Message>;
  auto reply = co_await runtime::ask_coordinator_of<Reply>(
      context.node, context.shard, runtime::kOffsetsTopic, &runtime::Node::groups, group, std::move(ask),
      [&refuse](ErrorCode error) { return Reply(refuse(error)); });
  co_return keep_reply(context, std::move(reply));
}

/// The same for what the coordinator decides at once: `decide(GroupCoordinator&, RequestContext)` gives an
/// Answer<Message>, which goes out when its records are committed.
template <class Message, class Decide, class Refuse>
runtime::Task<Message> ask_for_decision(Context& context, std::string_view group,
                                        coordinator::RequestContext asked, Decide decide, Refuse refuse) {
  co_return co_await ask_coordinator<Message>(
      context, group,
      [&](runtime::GroupPartition& groups) {
        return groups.template answer<Message>(
            [&](coordinator::GroupCoordinator& coordinator) {
              asked.at = groups.moment();
              return decide(coordinator, asked);
            },
            refuse);
      },
      refuse);
}

}  // namespace moldau::api
