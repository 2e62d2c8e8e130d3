#include "runtime/data_wait.h"

#include <utility>

#include "runtime/wait_on_shards.h"

namespace moldau::runtime {

Task<void> wait_for_data(Node& node, Shard& here, WatchedList watched, Instant deadline) {
  ItemsByShard<Watched> by_shard;
  for (const Watched& one : watched)
    by_shard[node.shards().owner_of(one.topic_id, one.partition)].push_back(one);
  co_await wait_on_shards(
      node, here, std::move(by_shard), deadline,
      [&node](Shard& there, const Watched& one, WaitPlaces& places) {
        const auto found = node.partitions(there.id()).find(one.topic_id, one.partition);
        if (!found) return true;
        Partition& partition = **found;
        if (partition.is_retired() || partition.high_watermark() != one.seen_high_watermark) return true;
        places.stand_in(partition.progress(), *found);
        return false;
      });
}

}  // namespace moldau::runtime
