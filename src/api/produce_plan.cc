#include "api/produce_plan.h"

#include <cstdint>
#include <map>
#include <utility>

#include "protocol/records/validate.h"

namespace moldau::api {
namespace {

using protocol::ProduceRequest;

/// Requests of one partition, which most are, need no search for a second one.
bool has_one_partition(const ProduceRequest& request) {
  return request.topic_data.size() == 1 && request.topic_data.front().partition_data.size() == 1;
}

}  // namespace

ProducePlan plan_produce(const ProduceRequest& request) {
  ProducePlan plan;
  if (has_one_partition(request)) {
    plan.topics.push_back(&request.topic_data.front());
    plan.partitions.push_back({.topic = 0, .data = &request.topic_data.front().partition_data.front()});
    return plan;
  }
  std::map<std::pair<std::string_view, Uuid>, std::size_t> topics;
  std::map<std::pair<std::size_t, std::int32_t>, std::size_t> partitions;
  for (const auto& topic : request.topic_data) {
    if (topic.partition_data.empty()) continue;
    const auto [known, is_new] = topics.try_emplace({topic.name.value(), topic.topic_id}, plan.topics.size());
    if (is_new) plan.topics.push_back(&topic);
    for (const auto& data : topic.partition_data) {
      const auto [place, is_first] =
          partitions.try_emplace({known->second, data.index}, plan.partitions.size());
      if (is_first) {
        plan.partitions.push_back({.topic = known->second, .data = &data});
      } else {
        plan.partitions[place->second].data = &data;
      }
    }
  }
  return plan;
}

std::optional<records::BatchView> transactional_batch(ByteView records) {
  const auto entry = records::BatchCursor(records).next();
  if (!entry || entry->magic != records::kMagicV2) return std::nullopt;
  const auto batch = records::BatchView::parse(entry->bytes);
  if (!batch || !batch->is_transactional()) return std::nullopt;
  return *batch;
}

Result<bool> has_transactional_batch(const ProduceRequest& request, std::int16_t version) {
  for (const auto& topic : request.topic_data) {
    for (const auto& data : topic.partition_data) {
      if (!data.records) continue;
      const auto batch = records::sole_batch(data.records->bytes, version);
      if (!batch && batch.error().message_on_wire) return fail(batch.error().error);
      if (batch ? batch->is_transactional() : transactional_batch(data.records->bytes).has_value())
        return true;
    }
  }
  return false;
}

}  // namespace moldau::api
