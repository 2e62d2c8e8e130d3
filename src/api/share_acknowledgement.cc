#include "api/share_acknowledgement.h"

#include <cstddef>

#include "api/error_text.h"
#include "base/utf16.h"
#include "runtime/share_partition_table.h"
#include "runtime/share_read_settings.h"
#include "runtime/together.h"

namespace moldau::api {
namespace {

using runtime::Task;

/// Characters of the longest member id: a uuid's in the form for people.
constexpr std::size_t kLongestMemberId = 36;

/// What is wrong with a partition before anybody is asked.
ErrorCode check(const Context& context, const TopicPartition& partition,
                std::span<const share::AcknowledgementBatch> batches, AcknowledgeManner manner) {
  const metadata::Topic* topic = context.cluster->image.topic(partition.first);
  if (topic == nullptr) return ErrorCode::kUnknownTopicId;
  const auto last_type =
      manner.knows_renew ? share::AcknowledgeType::kRenew : share::AcknowledgeType::kReject;
  if (const auto checked = share::check_acknowledgements(batches, last_type, manner.is_renewal); !checked)
    return checked.error().code;
  return topic->find(partition.second) == nullptr ? ErrorCode::kUnknownTopicOrPartition : ErrorCode::kNone;
}

Task<void> acknowledge_one(Context& context, const share::ShareSessionKey& key,
                           const TopicPartition& partition,
                           const std::vector<share::AcknowledgementBatch>& batches,
                           AcknowledgeOutcome& outcome) {
  const metadata::Topic* topic = context.cluster->image.topic(partition.first);
  const share::SharePartitionId id{
      .group = key.group, .topic_id = partition.first, .topic = topic->name(), .partition = partition.second};
  const runtime::ShardId owner = context.node.shards().owner_of(id.topic_id, id.partition);
  const auto done = co_await runtime::on_shard<Result<void>>(
      context.shard, context.node.shards()[owner], [&]() -> Task<Result<void>> {
        const auto found = context.node.share_partitions(owner).find(id);
        if (!found) {
          co_return fail(ErrorCode::kUnknownTopicOrPartition,
                         std::string(error_text(ErrorCode::kUnknownTopicOrPartition)));
        }
        co_return co_await found->acknowledge(key.member, batches);
      });
  if (!done) outcome = {.error = done.error().code, .message = done.error().message};
}

}  // namespace

Task<AcknowledgeOutcomes> acknowledge_records(Context& context, const share::ShareSessionKey& key,
                                              Acknowledgements all, AcknowledgeManner manner) {
  AcknowledgeOutcomes outcomes;
  runtime::TaskList tasks;
  std::vector<TopicPartition> unsaid;
  for (const auto& [partition, batches] : all) {
    const ErrorCode error = check(context, partition, batches, manner);
    if (error == ErrorCode::kNone && batches.empty()) {
      unsaid.push_back(partition);
      continue;
    }
    AcknowledgeOutcome& outcome = outcomes[partition];
    outcome.error = error;
    if (error == ErrorCode::kNone)
      tasks.push_back(acknowledge_one(context, key, partition, batches, outcome));
  }
  if (tasks.empty()) co_return outcomes;
  for (const TopicPartition& partition : unsaid)
    outcomes.try_emplace(partition);
  co_await runtime::together(context.shard, std::move(tasks));
  co_return outcomes;
}

std::int32_t lock_timeout_ms(Context& context, std::string_view group) {
  return static_cast<std::int32_t>(
      runtime::share_lock_duration(context.node.config(), context.cluster->image, group).count());
}

bool is_member_id(std::optional<std::string_view> member) {
  return member && !member->empty() && utf16_length(*member) <= kLongestMemberId;
}

}  // namespace moldau::api
