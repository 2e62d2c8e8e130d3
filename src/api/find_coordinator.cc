#include "api/find_coordinator.h"

#include <algorithm>
#include <optional>
#include <string>
#include <vector>

#include "coordinator/share/share_partition_key.h"
#include "metadata/image_queries.h"
#include "runtime/coordinator_access.h"
#include "runtime/group_table.h"
#include "runtime/internal_topics.h"
#include "runtime/share_state_table.h"
#include "runtime/transaction_table.h"

namespace moldau::api {
namespace {

using protocol::FindCoordinatorRequest;
using protocol::FindCoordinatorResponse;
using Coordinator = FindCoordinatorResponse::Coordinator;

constexpr std::int8_t kGroupKey = 0;
constexpr std::int8_t kTransactionKey = 1;
constexpr std::int8_t kShareKey = 2;
/// The first version that knows of share coordinators (KIP-932).
constexpr std::int16_t kFirstWithShare = 6;

/// What Apache Kafka says of a kind of coordinator that it does not know.
constexpr std::string_view kUnknownKind =
    "This most likely occurs because of a request being malformed by the client library or the message was "
    "sent to an incompatible broker. See the broker logs for more details.";

Coordinator failed(std::string_view key, ErrorCode error, std::string_view message = "") {
  Coordinator coordinator;
  coordinator.key = key;
  coordinator.error_message = message;
  coordinator.node_id = BrokerId(-1);
  coordinator.port = -1;
  coordinator.error_code = error;
  return coordinator;
}

/// The topic that coordinators of a kind keep their state in; nullopt for a kind that the version has not.
std::optional<std::string_view> topic_of(std::int8_t key_type, std::int16_t version) {
  switch (key_type) {
    case kGroupKey:
      return runtime::kOffsetsTopic;
    case kTransactionKey:
      return runtime::kTransactionStateTopic;
    case kShareKey:
      return version >= kFirstWithShare ? std::optional(runtime::kShareStateTopic) : std::nullopt;
    default:
      return std::nullopt;
  }
}

/// The name whose hash chooses the coordinator's partition; nullopt for a key that names nothing.
std::optional<std::string> name_of(std::int8_t key_type, std::string_view key) {
  if (key_type != kShareKey) return std::string(key);
  const auto partition = coordinator::SharePartitionKey::parse(key);
  return partition ? std::optional(partition->to_string()) : std::nullopt;
}

/// Where the coordinator of `key`, in other words `name`, is, in the cluster as the context knows it.
Coordinator locate(const Context& context, std::string_view topic_name, std::string_view key,
                   std::string_view name) {
  const metadata::Image& image = context.cluster->image;
  const auto partition_id = runtime::coordinator_partition(image, topic_name, name);
  if (!partition_id) return failed(key, ErrorCode::kCoordinatorNotAvailable);
  const metadata::Partition* partition = metadata::find_partition(image, topic_name, *partition_id);
  if (partition == nullptr || partition->leader == metadata::kNoLeader) {
    return failed(key, ErrorCode::kCoordinatorNotAvailable);
  }
  const auto node = metadata::broker_node(image, partition->leader, context.listener.name);
  if (!node) return failed(key, ErrorCode::kCoordinatorNotAvailable);
  Coordinator found;
  found.key = key;
  found.error_message = "";
  found.node_id = node->id;
  found.host = node->host;
  found.port = node->port;
  return found;
}

/// Before version 4 the answer has words for each outcome.
std::string_view message_of(const Coordinator& found) {
  switch (found.error_code) {
    case ErrorCode::kNone:
      return "NONE";
    case ErrorCode::kCoordinatorNotAvailable:
      return "The coordinator is not available.";
    default:
      return *found.error_message;
  }
}

runtime::Task<void> make_topic(Context& context, std::string_view name) {
  co_await runtime::make_internal_topic(context.node, context.shard, name);
  context.cluster = context.node.cluster_view(context.shard);
}

}  // namespace

runtime::Task<FindCoordinatorResponse> find_coordinator(Context& context,
                                                        const FindCoordinatorRequest& request) {
  std::vector<std::string_view> keys(request.coordinator_keys.begin(), request.coordinator_keys.end());
  const bool batched = context.request.version >= 4;
  if (!batched) keys.assign(1, request.key);
  const auto topic = topic_of(request.key_type, context.request.version);
  const bool names_any = std::ranges::any_of(
      keys, [&request](std::string_view key) { return name_of(request.key_type, key).has_value(); });
  if (topic && names_any && context.cluster->image.topic(*topic) == nullptr)
    co_await make_topic(context, *topic);
  FindCoordinatorResponse response;
  for (const std::string_view key : keys) {
    const std::string_view reason = batched && request.key_type == kShareKey ? "" : kUnknownKind;
    const auto name = topic ? name_of(request.key_type, key) : std::nullopt;
    const Coordinator found =
        name ? locate(context, *topic, key, *name) : failed(key, ErrorCode::kInvalidRequest, reason);
    if (batched) {
      response.coordinators.push_back(found);
      continue;
    }
    response.error_code = found.error_code;
    response.error_message = message_of(found);
    response.node_id = found.node_id;
    response.host = found.host;
    response.port = found.port;
  }
  co_return response;
}

}  // namespace moldau::api
