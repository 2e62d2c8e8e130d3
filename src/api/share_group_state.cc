#include "api/share_group_state.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "runtime/share_persister.h"
#include "runtime/together.h"

namespace moldau::api {
namespace {

using coordinator::ShareCoordinator;
using coordinator::ShareMoment;
using coordinator::SharePartitionKey;
using runtime::Task;

/// How a key deals with what Apache Kafka deals with differently from key to key.
struct Manner {
  std::string_view failure;  ///< begins the message where the coordinator could not be asked
  bool wants_partitions = true;
};

/// One partition that was asked for, and what became of it.
template <class Data, class Outcome>
struct Asked {
  Uuid topic_id;
  const Data* data;
  Outcome outcome = {};
};

template <class Data, class Outcome, class Decide>
Task<void> ask(Context& context, std::string_view group, const Manner& manner, const Decide& decide,
               Asked<Data, Outcome>& asked) {
  const SharePartitionKey key{
      .group = std::string(group), .topic_id = asked.topic_id, .partition = asked.data->partition};
  auto answered = co_await runtime::ask_share_coordinator<Outcome>(
      context.node, context.shard, key, [&](ShareCoordinator& coordinator, const ShareMoment& at) {
        return decide(coordinator, at, key, *asked.data);
      });
  if (answered) {
    asked.outcome = *std::move(answered);
    co_return;
  }
  asked.outcome.partition = key.partition;
  asked.outcome.error_code = answered.error().code;
  asked.outcome.error_message = context.keep(std::string(manner.failure) + answered.error().message);
}

/// The results by topic, in the order in which topics were first named, and partition.
template <class Response, class Data, class Outcome>
Response response_of(std::vector<Asked<Data, Outcome>> all) {
  Response response;
  std::map<Uuid, std::size_t> places;
  std::map<std::pair<std::size_t, std::int32_t>, Outcome> outcomes;
  for (Asked<Data, Outcome>& asked : all) {
    const std::size_t place = places.emplace(asked.topic_id, places.size()).first->second;
    if (place == response.results.size()) response.results.emplace_back().topic_id = asked.topic_id;
    outcomes[{place, asked.data->partition}] = std::move(asked.outcome);
  }
  for (auto& [at, outcome] : outcomes) {
    response.results[at.first].partitions.push_back(std::move(outcome));
  }
  return response;
}

/// Asks the coordinator of each partition: `decide(coordinator, moment, key, what is asked of the partition)`
/// gives a ShareDecision.
template <class Response, class Request, class Decide>
Task<Response> answer_each(Context& context, const Request& request, Manner manner, Decide decide) {
  using Topics = decltype(request.topics);
  using Data = typename decltype(Topics::value_type::partitions)::value_type;
  using Outcome = typename Response::PartitionResult;
  const bool is_incomplete =
      std::ranges::any_of(request.topics, [](const auto& topic) { return topic.partitions.empty(); });
  if (request.group_id.empty() || (manner.wants_partitions && is_incomplete)) co_return Response();
  std::vector<Asked<Data, Outcome>> all;
  for (const auto& topic : request.topics) {
    for (const Data& data : topic.partitions) {
      all.push_back({.topic_id = topic.topic_id, .data = &data});
    }
  }
  co_await runtime::together(context.shard, all.size(), runtime::kShareStatesAtOnce, [&](std::size_t i) {
    return ask(context, request.group_id, manner, decide, all[i]);
  });
  co_return response_of<Response>(std::move(all));
}

}  // namespace

Task<protocol::InitializeShareGroupStateResponse> initialize_share_group_state(
    Context& context, const protocol::InitializeShareGroupStateRequest& request) {
  co_return co_await answer_each<protocol::InitializeShareGroupStateResponse>(
      context, request, {.failure = "Unable to initialize share group state: ", .wants_partitions = false},
      [](ShareCoordinator& coordinator, const ShareMoment& at, const SharePartitionKey& key,
         const auto& data) { return coordinator.initialize(at, key, data); });
}

Task<protocol::ReadShareGroupStateResponse> read_share_group_state(
    Context& context, const protocol::ReadShareGroupStateRequest& request) {
  co_return co_await answer_each<protocol::ReadShareGroupStateResponse>(
      context, request, {.failure = "Unable to read share group state: "},
      [](ShareCoordinator& coordinator, const ShareMoment& at, const SharePartitionKey& key,
         const auto& data) { return coordinator.read(at, key, data.leader_epoch); });
}

Task<protocol::WriteShareGroupStateResponse> write_share_group_state(
    Context& context, const protocol::WriteShareGroupStateRequest& request) {
  co_return co_await answer_each<protocol::WriteShareGroupStateResponse>(
      context, request, {.failure = "Unable to write share group state: "},
      [](ShareCoordinator& coordinator, const ShareMoment& at, const SharePartitionKey& key,
         const auto& data) { return coordinator.write(at, key, data); });
}

Task<protocol::DeleteShareGroupStateResponse> delete_share_group_state(
    Context& context, const protocol::DeleteShareGroupStateRequest& request) {
  co_return co_await answer_each<protocol::DeleteShareGroupStateResponse>(
      context, request, {.failure = "Unable to delete share group state: "},
      [](ShareCoordinator& coordinator, const ShareMoment& at, const SharePartitionKey& key, const auto&) {
        return coordinator.remove(at, key);
      });
}

Task<protocol::ReadShareGroupStateSummaryResponse> read_share_group_state_summary(
    Context& context, const protocol::ReadShareGroupStateSummaryRequest& request) {
  co_return co_await answer_each<protocol::ReadShareGroupStateSummaryResponse>(
      context, request, {.failure = "Unable to read share group state summary: "},
      [](ShareCoordinator& coordinator, const ShareMoment& at, const SharePartitionKey& key, const auto&) {
        return coordinator.summary(at, key);
      });
}

}  // namespace moldau::api
