#include "runtime/group_table.h"

#include <set>
#include <string>
#include <utility>
#include <vector>

#include "coordinator/group/group_counts.h"

namespace moldau::runtime {
namespace {

/// What of the cluster's topics is other than before.
struct TopicChanges {
  std::vector<coordinator::DeletedTopic> deleted;
  std::vector<std::string> names;
  bool has_new = false;
};

TopicChanges changes_of(const ClusterView& view, const metadata::ImageDelta& delta) {
  TopicChanges changes;
  for (const auto& [id, topic] : delta.removed_topics) {
    changes.deleted.push_back({.id = id, .name = topic->name()});
    changes.names.push_back(topic->name());
  }
  for (const auto& [id, change] : delta.topics) {
    changes.has_new = changes.has_new || change.is_new;
    if (const metadata::Topic* topic = view.image.topic(id)) changes.names.push_back(topic->name());
  }
  return changes;
}

}  // namespace

GroupTable::GroupTable(Shard& shard, PartitionTable& partitions, const config::BrokerConfig& config)
    : CoordinatorTable(kOffsetsTopic, shard, partitions, BrokerId(config.node.node_id)),
      shard_(shard),
      settings_(config),
      appends_{.linger_ms = config.groups.append_linger_ms,
               .codec = static_cast<records::Codec>(config.offsets.topic_compression_codec)} {}

void GroupTable::apply(const ClusterView& view, const metadata::ImageDelta& delta) {
  const TopicChanges changes = changes_of(view, delta);
  const auto topics = std::make_shared<const ImageTopics>(view.image);
  settings_.apply(topics, delta);
  CoordinatorTable::apply(view, delta, [this](std::shared_ptr<Partition> partition) {
    return std::make_shared<GroupPartition>(shard_, std::move(partition), settings_.of_coordinator(),
                                            appends_);
  });
  for (const auto& groups : all()) {
    groups->topics_changed(topics, changes.names, changes.has_new);
    if (!changes.deleted.empty()) groups->topics_deleted(changes.deleted);
  }
}

observe::GroupsReport GroupTable::report() const {
  coordinator::GroupCounts counts;
  for (const auto& groups : all())
    coordinator::count_groups(groups->state().store(), counts);
  const coordinator::GroupCounters& counters = settings_.counters();
  observe::GroupsReport report{.counts = {},
                               .offsets = counts.offsets,
                               .committed_offsets = counters.committed_offsets,
                               .expired_offsets = counters.expired_offsets,
                               .deleted_offsets = counters.deleted_offsets,
                               .completed_rebalances = counters.completed_rebalances,
                               .consumer_rebalances = counters.consumer_rebalances,
                               .share_rebalances = counters.share_rebalances,
                               .streams_rebalances = counters.streams_rebalances};
  for (const auto& [kind, groups] : counts.groups)
    report.counts.push_back(
        {.type = coordinator::type_name(kind.first), .state = kind.second, .groups = groups});
  return report;
}

}  // namespace moldau::runtime
