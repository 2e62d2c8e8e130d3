#include "runtime/share_partition_table.h"

#include <utility>

namespace moldau::runtime {

SharePartitionTable::SharePartitionTable(Node& node, Shard& shard, PartitionTable& partitions)
    : node_(node), shard_(shard), partitions_(partitions), on_useless_([this](LedSharePartition& one) {
        if (find(one.id()).get() == &one) drop(one.id());
      }) {}

SharePartitionTable::~SharePartitionTable() = default;

Result<std::shared_ptr<LedSharePartition>> SharePartitionTable::find_or_make(
    const share::SharePartitionId& id) {
  auto led = partitions_.find(id.topic_id, id.partition);
  if (!led) return fail(std::move(led).error());
  if ((*led)->is_retired()) return fail(ErrorCode::kNotLeaderOrFollower, "the partition is not served here");
  auto known = find(id);
  if (known && known->is_of(**led)) return known;
  if (known) drop(id);
  const LedSharePartition::Surroundings surroundings{
      .node = &node_, .shard = &shard_, .on_useless = &on_useless_};
  auto made = std::make_shared<LedSharePartition>(surroundings, id, *std::move(led));
  partitions_by_id_.emplace(id, made);
  return made;
}

std::shared_ptr<LedSharePartition> SharePartitionTable::find(const share::SharePartitionId& id) const {
  const auto found = partitions_by_id_.find(id);
  return found == partitions_by_id_.end() ? nullptr : found->second;
}

void SharePartitionTable::drop(const share::SharePartitionId& id) {
  const auto found = partitions_by_id_.find(id);
  if (found == partitions_by_id_.end()) return;
  const auto dropped = std::move(found->second);
  partitions_by_id_.erase(found);
  dropped->fence();
}

void SharePartitionTable::drop_group(std::string_view group) {
  std::erase_if(partitions_by_id_, [group](const auto& one) {
    if (one.first.group != group) return false;
    one.second->fence();
    return true;
  });
}

void SharePartitionTable::drop_stale() {
  std::erase_if(partitions_by_id_, [](const auto& one) {
    if (one.second->is_of(*one.second->partition())) return false;
    one.second->fence();
    return true;
  });
}

void SharePartitionTable::clear() {
  for (const auto& [id, one] : partitions_by_id_)
    one->fence();
  partitions_by_id_.clear();
}

}  // namespace moldau::runtime
