#include "runtime/share_wait.h"

#include <utility>

#include "runtime/share_partition_table.h"
#include "runtime/wait_on_shards.h"

namespace moldau::runtime {

Task<void> wait_for_shares(Node& node, Shard& here, std::vector<ShareWatched> watched, Instant deadline) {
  ItemsByShard<ShareWatched> by_shard;
  for (ShareWatched& one : watched)
    by_shard[node.shards().owner_of(one.id.topic_id, one.id.partition)].push_back(std::move(one));
  co_await wait_on_shards(
      node, here, std::move(by_shard), deadline,
      [&node](Shard& there, const ShareWatched& one, WaitPlaces& places) {
        const auto found = node.share_partitions(there.id()).find(one.id);
        if (!found || found->changes() != one.seen_changes) return true;
        const std::shared_ptr<Partition>& partition = found->partition();
        if (partition->is_retired() || partition->high_watermark() != one.seen_high_watermark) return true;
        places.stand_in(found->progress(), found);
        places.stand_in(partition->progress(), partition);
        return false;
      });
}

}  // namespace moldau::runtime
