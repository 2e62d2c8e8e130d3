#include "api/delete_records.h"

#include <cstdint>
#include <map>
#include <string_view>
#include <utility>

#include "api/ask_partition.h"
#include "metadata/topic.h"
#include "runtime/together.h"

namespace moldau::api {
namespace {

using runtime::DeleteOutcome;
using runtime::Partition;
using runtime::Task;

struct Wanted {
  std::int64_t offset = 0;
  DeleteOutcome outcome;
};

Task<void> delete_from(Context& context, std::string_view topic, std::int32_t partition_id, Wanted& wanted) {
  wanted.outcome = co_await ask_partition<DeleteOutcome>(
      context, topic, partition_id,
      [offset = wanted.offset](Partition& partition) { return partition.delete_records_before(offset); });
}

}  // namespace

Task<protocol::DeleteRecordsResponse> delete_records(Context& context,
                                                     const protocol::DeleteRecordsRequest& request) {
  std::map<std::string_view, std::map<std::int32_t, Wanted>> all;
  for (const auto& topic : request.topics) {
    for (const auto& partition : topic.partitions) {
      all[topic.name.value()][partition.partition_index] = {.offset = partition.offset, .outcome = {}};
    }
  }
  runtime::TaskList tasks;
  for (auto& [topic, partitions] : all) {
    const metadata::Topic* known = context.cluster->image.topic(topic);
    for (auto& [id, wanted] : partitions) {
      const bool is_there = known != nullptr && known->find(id) != nullptr;
      if (is_there && metadata::is_internal_topic(topic)) {
        wanted.outcome.error = ErrorCode::kInvalidTopicException;
      } else {
        tasks.push_back(delete_from(context, topic, id, wanted));
      }
    }
  }
  co_await runtime::together(context.shard, std::move(tasks));
  protocol::DeleteRecordsResponse response;
  for (const auto& [topic, partitions] : all) {
    auto& answered = response.topics.emplace_back();
    answered.name = TopicName(topic);
    for (const auto& [id, wanted] : partitions) {
      auto& result = answered.partitions.emplace_back();
      result.partition_index = id;
      result.low_watermark = wanted.outcome.low_watermark;
      result.error_code = wanted.outcome.error;
    }
  }
  co_return response;
}

}  // namespace moldau::api
