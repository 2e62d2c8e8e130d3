#include "api/txn_offset_commit.h"

#include <array>
#include <map>
#include <string>
#include <utility>

#include "api/group_access.h"
#include "api/partition_verification.h"
#include "coordinator/group/error_replies.h"
#include "runtime/partition_table.h"

namespace moldau::api {
namespace {

using protocol::TxnOffsetCommitRequest;
using protocol::TxnOffsetCommitResponse;
using runtime::GroupPartition;
using runtime::Task;

constexpr std::int16_t kFirstVersionThatKnowsAbortable = 4;
/// Producers below this version may fail at COORDINATOR_LOAD_IN_PROGRESS (KAFKA-7296).
constexpr std::int16_t kFirstVersionThatKnowsLoading = 2;

/// The answer as it grows: each topic once, unless all of it is the coordinator's.
class Answers {
 public:
  void refuse(TopicName topic, std::int32_t partition) {
    topic_of(topic).partitions.push_back({.partition_index = partition,
                                          .error_code = ErrorCode::kUnknownTopicOrPartition,
                                          .unknown_tags = {}});
  }
  /// A topic without partitions stands in the answer when it is not known.
  TxnOffsetCommitResponse::TxnOffsetCommitResponseTopic& topic_of(TopicName name) {
    const auto [place, is_new] = places_.try_emplace(name.value(), response_.topics.size());
    if (is_new) response_.topics.emplace_back().name = name;
    return response_.topics[place->second];
  }

  void add(TxnOffsetCommitResponse answered) {
    if (response_.topics.empty()) {
      response_ = std::move(answered);
      return;
    }
    for (auto& topic : answered.topics) {
      auto& partitions = topic_of(topic.name).partitions;
      partitions.insert(partitions.end(), topic.partitions.begin(), topic.partitions.end());
    }
  }

  TxnOffsetCommitResponse take() { return std::move(response_); }

 private:
  TxnOffsetCommitResponse response_;
  std::map<std::string_view, std::size_t> places_;
};

/// The part of the request whose partitions exist; the others are refused.
TxnOffsetCommitRequest known_part(const Context& context, const TxnOffsetCommitRequest& request,
                                  Answers& answers) {
  TxnOffsetCommitRequest known = request;
  known.topics.clear();
  for (const auto& topic : request.topics) {
    const metadata::Topic* found = context.cluster->image.topic(topic.name.value());
    if (found == nullptr) answers.topic_of(topic.name);
    TxnOffsetCommitRequest::TxnOffsetCommitRequestTopic rest{
        .name = topic.name, .partitions = {}, .unknown_tags = {}};
    for (const auto& partition : topic.partitions) {
      if (found != nullptr && found->find(partition.partition_index) != nullptr) {
        rest.partitions.push_back(partition);
      } else {
        answers.refuse(topic.name, partition.partition_index);
      }
    }
    if (!rest.partitions.empty()) known.topics.push_back(std::move(rest));
  }
  return known;
}

Task<TxnOffsetCommitResponse> commit(Context& context, const TxnOffsetCommitRequest& request) {
  const std::string host = "/" + std::string(context.request.client_host);
  const auto refuse = [&request](ErrorCode error) {
    return coordinator::reply_with_error<TxnOffsetCommitResponse>(request, error);
  };
  const auto partition = runtime::coordinator_partition(context.cluster->image, runtime::kOffsetsTopic,
                                                        request.group_id.value());
  if (!partition) co_return refuse(ErrorCode::kCoordinatorNotAvailable);
  const coordinator::Owner owner{.transactional_id = request.transactional_id.value(),
                                 .producer_id = request.producer_id.value(),
                                 .producer_epoch = request.producer_epoch};
  const std::array<coordinator::TopicPartition, 1> writing = {
      {{.topic = std::string(runtime::kOffsetsTopic), .partition = *partition}}};
  const TransactionSupport support = support_of(context.request.version, kFirstVersionThatKnowsAbortable);
  co_return co_await ask_coordinator<TxnOffsetCommitResponse>(
      context, request.group_id.value(),
      [&](GroupPartition& groups) {
        GroupPartition::Verifier verify;
        runtime::Shard* here = &groups.shard();
        const bool is_asked = support == TransactionSupport::kImplicit ||
                              context.node.partitions(here->id()).verifies_transactions();
        if (is_asked) {
          verify = [&context, &owner, &writing, support, here]() -> Task<ErrorCode> {
            const auto outcomes = co_await verify_or_add(context.node, *here, owner, writing, support);
            co_return outcomes.front();
          };
        }
        return groups.commit_transactional_offsets(coordinator_context(context, host), request,
                                                   std::move(verify));
      },
      refuse);
}

}  // namespace

Task<TxnOffsetCommitResponse> txn_offset_commit(Context& context, const TxnOffsetCommitRequest& request) {
  Answers answers;
  const TxnOffsetCommitRequest known = known_part(context, request, answers);
  if (!known.topics.empty()) answers.add(co_await commit(context, known));
  TxnOffsetCommitResponse response = answers.take();
  if (context.request.version >= kFirstVersionThatKnowsLoading) co_return response;
  for (auto& topic : response.topics) {
    for (auto& partition : topic.partitions) {
      if (partition.error_code == ErrorCode::kCoordinatorLoadInProgress) {
        partition.error_code = ErrorCode::kCoordinatorNotAvailable;
      }
    }
  }
  co_return response;
}

}  // namespace moldau::api
