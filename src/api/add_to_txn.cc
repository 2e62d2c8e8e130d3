#include "api/add_to_txn.h"

#include <algorithm>
#include <expected>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "api/partition_verification.h"
#include "api/transaction_access.h"
#include "base/assert.h"
#include "metadata/image_queries.h"
#include "metadata/topic.h"
#include "runtime/group_table.h"

namespace moldau::api {
namespace {

using coordinator::Owner;
using coordinator::TopicPartition;
using protocol::AddPartitionsToTxnRequest;
using protocol::AddPartitionsToTxnResponse;
using runtime::Task;
using Transaction = AddPartitionsToTxnRequest::AddPartitionsToTxnTransaction;
using Result = AddPartitionsToTxnResponse::AddPartitionsToTxnResult;

constexpr std::int16_t kKnowsFenced = 2;
constexpr std::int16_t kFirstForBrokers = 4;

/// Each partition that the request names, once.
std::set<TopicPartition> partitions_of(const Transaction& transaction) {
  std::set<TopicPartition> partitions;
  for (const auto& topic : transaction.topics) {
    for (const std::int32_t partition : topic.partitions) {
      partitions.insert({.topic = std::string(topic.name.value()), .partition = partition});
    }
  }
  return partitions;
}

/// The same code for all that the request names, as often as it names it.
Result result_for_all(const Transaction& transaction, ErrorCode error) {
  Result result;
  result.transactional_id = transaction.transactional_id;
  for (const auto& topic : transaction.topics) {
    auto& answered = result.topic_results.emplace_back();
    answered.name = topic.name;
    for (const std::int32_t partition : topic.partitions) {
      answered.results_by_partition.push_back({.partition_index = partition,
                                               .partition_error_code = static_cast<std::int16_t>(error),
                                               .unknown_tags = {}});
    }
  }
  return result;
}

/// A code for each partition, by outcome(partition).
template <class Outcome>
Result result_of(Context& context, const Transaction& transaction, const std::set<TopicPartition>& partitions,
                 Outcome outcome) {
  Result result;
  result.transactional_id = transaction.transactional_id;
  const std::string* topic = nullptr;
  for (const TopicPartition& one : partitions) {
    if (topic == nullptr || *topic != one.topic) {
      result.topic_results.emplace_back().name = TopicName(context.keep(one.topic));
      topic = &one.topic;
    }
    result.topic_results.back().results_by_partition.push_back(
        {.partition_index = one.partition,
         .partition_error_code = static_cast<std::int16_t>(outcome(one)),
         .unknown_tags = {}});
  }
  return result;
}

/// What keeps a partition out of a transaction, as far as it is known here: clients may not write to internal
/// topics.
ErrorCode obstacle(const Context& context, const TopicPartition& partition) {
  const bool is_from_client = context.request.version < kFirstForBrokers;
  if (is_from_client && metadata::is_internal_topic(partition.topic)) {
    return ErrorCode::kTopicAuthorizationFailed;
  }
  const metadata::Image& image = context.cluster->image;
  const bool is_there = metadata::find_partition(image, partition.topic, partition.partition) != nullptr;
  return is_there ? ErrorCode::kNone : ErrorCode::kUnknownTopicOrPartition;
}

/// The transaction's result; an error where the whole request fails.
Task<std::expected<Result, ErrorCode>> add_one(Context& context, const Transaction& transaction) {
  const std::int16_t version = context.request.version;
  const std::set<TopicPartition> partitions = partitions_of(transaction);
  const auto is_good = [&context](const TopicPartition& one) {
    return obstacle(context, one) == ErrorCode::kNone;
  };
  if (!std::ranges::all_of(partitions, is_good)) {
    co_return result_of(context, transaction, partitions, [&](const TopicPartition& one) {
      return is_good(one) ? ErrorCode::kOperationNotAttempted : obstacle(context, one);
    });
  }
  const Owner owner{.transactional_id = transaction.transactional_id.value(),
                    .producer_id = transaction.producer_id.value(),
                    .producer_epoch = transaction.producer_epoch};
  if (transaction.verify_only) {
    const std::vector<TopicPartition> asked(partitions.begin(), partitions.end());
    const auto outcomes = co_await verify_partitions(context.node, context.shard, owner, asked);
    auto outcome = outcomes.begin();
    co_return result_of(context, transaction, partitions, [&](const TopicPartition&) { return *outcome++; });
  }
  const std::int16_t protocol =
      version >= kFirstForBrokers ? coordinator::kEpochPerTransaction : std::int16_t{0};
  const auto added = co_await decide_transaction(
      context.node, context.shard, owner.transactional_id,
      [&](coordinator::TransactionCoordinator& coordinator, const coordinator::TransactionMoment& at) {
        return coordinator.add_partitions(at, owner, partitions, protocol);
      });
  if (added.error == ErrorCode::kUnsupportedVersion) co_return std::unexpected(added.error);
  co_return result_for_all(transaction, fenced_for(added.error, version, kKnowsFenced));
}

}  // namespace

Task<AddPartitionsToTxnResponse> add_partitions_to_txn(Context& context,
                                                       const AddPartitionsToTxnRequest& request) {
  AddPartitionsToTxnResponse response;
  if (context.request.version < kFirstForBrokers) {
    const Transaction only{.transactional_id = request.v3_and_below_transactional_id,
                           .producer_id = request.v3_and_below_producer_id,
                           .producer_epoch = request.v3_and_below_producer_epoch,
                           .verify_only = false,
                           .topics = request.v3_and_below_topics,
                           .unknown_tags = {}};
    auto result = co_await add_one(context, only);
    require(result.has_value(), "clients before version 4 speak a protocol that every log can carry");
    response.results_by_topic_v3_and_below = std::move(result->topic_results);
    co_return response;
  }
  for (const Transaction& transaction : request.transactions) {
    auto result = co_await add_one(context, transaction);
    if (!result) {
      response.results_by_transaction.clear();
      response.error_code = result.error();
      co_return response;
    }
    response.results_by_transaction.push_back(*std::move(result));
  }
  co_return response;
}

Task<protocol::AddOffsetsToTxnResponse> add_offsets_to_txn(Context& context,
                                                           const protocol::AddOffsetsToTxnRequest& request) {
  const Owner owner{.transactional_id = request.transactional_id.value(),
                    .producer_id = request.producer_id.value(),
                    .producer_epoch = request.producer_epoch};
  const std::string_view group = request.group_id.value();
  const auto known = runtime::coordinator_partition(context.cluster->image, runtime::kOffsetsTopic, group);
  // As the topic will be made.
  const std::int32_t planned_count = context.node.config().offsets.topic_num_partitions;
  const std::set<TopicPartition> partitions = {
      {.topic = std::string(runtime::kOffsetsTopic),
       .partition = known.value_or(coordinator::partition_for(group, planned_count))}};
  const auto added = co_await decide_transaction(
      context.node, context.shard, owner.transactional_id,
      [&](coordinator::TransactionCoordinator& coordinator, const coordinator::TransactionMoment& at) {
        return coordinator.add_partitions(at, owner, partitions, 0);
      });
  protocol::AddOffsetsToTxnResponse response;
  response.error_code = fenced_for(added.error, context.request.version, kKnowsFenced);
  co_return response;
}

}  // namespace moldau::api
