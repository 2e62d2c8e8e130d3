#include "api/elect_leaders.h"

#include <utility>
#include <vector>

#include "api/all_failed.h"
#include "api/decide_in_time.h"
#include "api/keep_any.h"
#include "metadata/elect_leaders.h"

namespace moldau::api {
namespace {

using protocol::ElectLeadersRequest;
using protocol::ElectLeadersResponse;
using Elected = std::vector<metadata::TopicOutcome>;

}  // namespace

runtime::Task<ElectLeadersResponse> elect_leaders(Context& context, const ElectLeadersRequest& request) {
  ElectLeadersResponse response;
  if (request.topic_partitions && request.topic_partitions->empty()) co_return response;
  auto elected = co_await decide_in_time<Elected>(context, request.timeout_ms,
                                                  [&request](const metadata::DecisionContext& decision) {
                                                    return metadata::elect_leaders(request, decision);
                                                  });
  if (!elected) co_return all_failed(request, context.request.version, failure_of(context, elected.error()));
  for (metadata::TopicOutcome& outcome : *elected) {
    auto& topic = response.replica_election_results.emplace_back();
    topic.topic = TopicName(context.keep(std::move(outcome.name)));
    for (metadata::PartitionOutcome& partition : outcome.partitions) {
      auto& result = topic.partition_result.emplace_back();
      result.partition_id = partition.partition_id;
      result.error_code = partition.error;
      result.error_message = keep_any(context, std::move(partition.error_message));
    }
  }
  co_return response;
}

}  // namespace moldau::api
