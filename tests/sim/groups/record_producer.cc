#include "tests/sim/groups/record_producer.h"

#include <chrono>
#include <vector>

#include "protocol/messages/produce_request.h"
#include "protocol/messages/produce_response.h"
#include "tests/sim/script_client.h"

namespace moldau::sim {

using namespace std::chrono_literals;

void RecordProducer::act() {
  const GroupTopic& topic = stage_.topics[stage_.random.below(stage_.topics.size())];
  const auto partition =
      static_cast<std::int32_t>(stage_.random.below(static_cast<std::uint64_t>(topic.partitions)));
  const Share to{topic.name, partition};
  std::vector<std::string> values(1 + stage_.random.below(8));
  for (std::string& value : values)
    value = value_for(to) + name_ + " " + std::to_string(++written_);
  const Buffer batch = batch_of(values, stage_.world.wall_ms(), {});
  protocol::ProduceRequest request;
  request.acks = -1;
  request.timeout_ms = 30'000;
  auto& data = request.topic_data.emplace_back();
  data.topic_id = topic.id;
  auto& one = data.partition_data.emplace_back();
  one.index = partition;
  one.records.emplace().bytes = batch.bytes();
  const auto count = static_cast<std::int64_t>(values.size());
  ask<protocol::ProduceResponse>(
      request, 13, kPatience, [this, to, count](const protocol::ProduceResponse& response, Exchange) {
        const auto& outcome = response.responses.front().partition_responses.front();
        rest(20ms, 1500ms);
        if (outcome.error_code == ErrorCode::kNotLeaderOrFollower) return;
        if (!is_good(outcome.error_code)) return complain_of(outcome.error_code);
        stage_.shares.produced(
            {.partition = to, .first = outcome.base_offset, .last = outcome.base_offset + count - 1});
      });
}

}  // namespace moldau::sim
