#include "tests/sim/groups/share_state_images.h"

#include <set>
#include <utility>

#include "runtime/share_state_table.h"
#include "tests/sim/coordinator_log_records.h"

namespace moldau::sim {

using coordinator::ShareCoordinator;

std::string difference(const ShareStateImage& live, const ShareStateImage& read_back) {
  for (const auto& [key, state] : live.partitions) {
    const auto again = read_back.partitions.find(key);
    if (again == read_back.partitions.end()) return key.to_string() + " is not in its log";
    if (again->second != state) return key.to_string() + " is another one in its log";
  }
  return live.partitions.size() == read_back.partitions.size() ? "" : "a share partition is in the log alone";
}

ShareStateImage NodeShareStates::image_of(const ShareCoordinator& coordinator, std::int64_t log_end) const {
  std::set<Uuid> ids;
  for (const GroupTopic& topic : topics_)
    ids.insert(topic.id);
  ShareStateImage image{.log_end = log_end};
  for (const coordinator::SharePartitionKey& key : coordinator.of_topics(ids))
    image.partitions.emplace(key, *coordinator.find(key));
  return image;
}

Result<ShareStateImage> NodeShareStates::replayed(log::PartitionLog& log, std::int64_t log_end) const {
  ShareCoordinator fresh({});
  const auto visited = visit_records(
      log, log_end, [&](const records::BatchView&, const records::RecordView& record) -> Result<void> {
        if (!record.key) return {};
        return fresh.replay(record.offset, *record.key, record.value);
      });
  if (!visited) return fail(visited.error());
  return image_of(fresh, log_end);
}

std::vector<LedCoordinator<runtime::ShareStatePartition>> NodeShareStates::led() {
  return led_coordinators<runtime::ShareStatePartition>(
      node_, runtime::kShareStateTopic,
      [](runtime::Node& node, runtime::ShardId shard) -> auto& { return node.share_states(shard); });
}

bool NodeShareStates::are_loaded(std::int32_t partitions) {
  const auto here = led();
  return here.empty() || sim::are_loaded(here, partitions);
}

ShareStateImages NodeShareStates::live() {
  return images_of<ShareStateImage>(led(),
                                    [this](const runtime::ShareStatePartition& states, std::int64_t log_end) {
                                      return image_of(states.state(), log_end);
                                    });
}

std::string NodeShareStates::difference_to(const ShareStateImages& then) {
  const std::string what = sim::difference_to_logs(
      led(), then, [this](const runtime::ShareStatePartition&, log::PartitionLog& log, std::int64_t log_end) {
        return replayed(log, log_end);
      });
  return what.empty() ? "" : "share state, " + what;
}

}  // namespace moldau::sim
