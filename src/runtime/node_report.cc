// What a node says of itself to operators (docs/metrics.md).

#include <utility>

#include "observe/log.h"
#include "runtime/node.h"

namespace moldau::runtime {
namespace {

/// How often the log is told of logs that are being opened.
constexpr Duration kLoadingPause = std::chrono::seconds(5);

void count_partition(const metadata::Partition& partition, observe::ClusterReport& report) {
  ++report.partitions;
  if (partition.leader == metadata::kNoLeader) ++report.partitions_without_leader;
  if (!partition.replicas.empty() && partition.leader != partition.replicas.front())
    ++report.partitions_without_preferred_leader;
}

}  // namespace

std::optional<std::string> Node::obstacle_to_serving() const {
  if (failed_) return "the node cannot go on";
  if (stopping_) return "stopping";
  if (broker_epoch_ < 0) return "not registered with the controller yet";
  if (!has_opened_logs()) return "opening logs";
  if (!announced_ || fenced_) return "fenced by the controller";
  return std::nullopt;
}

observe::BrokerState Node::state() const {
  if (stopping_) return observe::BrokerState::kPendingControlledShutdown;
  if (broker_epoch_ < 0) return observe::BrokerState::kStarting;
  return announced_ ? observe::BrokerState::kRunning : observe::BrokerState::kRecovery;
}

observe::ClusterReport Node::report_cluster() const {
  const metadata::Image& image = states_.front()->view->image;
  const quorum::Quorum& quorum = controller_->quorum();
  observe::ClusterReport report;
  report.is_active_controller = controller_->is_active();
  for (const auto& [id, topic] : image.topics) {
    ++report.topics;
    topic->for_each_partition(
        [&](std::int32_t, const metadata::Partition& partition) { count_partition(partition, report); });
  }
  for (const auto& [id, broker] : image.brokers)
    ++(broker->is_fenced ? report.fenced_brokers : report.active_brokers);
  report.quorum_leader = quorum.election().leader.value_or(BrokerId(-1)).value();
  report.quorum_epoch = quorum.epoch();
  report.quorum_high_watermark = controller_->high_watermark();
  report.quorum_log_end_offset = quorum.next_offset();
  report.last_applied_offset = applied_offset_ - 1;
  return report;
}

Task<std::vector<observe::LogDirReport>> Node::gather_loading() {
  std::vector<observe::LogDirReport> dirs;
  for (std::size_t i = 0; i < log_dirs_.size(); ++i)
    dirs.push_back({.path = log_dirs_[i].path, .is_offline = replica_dirs_.is_offline(i)});
  for (std::size_t i = 0; i < states_.size(); ++i) {
    Shard& shard = shards_[ShardId(static_cast<std::uint32_t>(i))];
    using Loading = std::vector<PartitionTable::Loading>;
    const auto loading = co_await on_shard<Loading>(shards_[ShardId(0)], shard, [this, i]() -> Task<Loading> {
      co_return states_[i]->partitions.loading();
    });
    for (std::size_t dir = 0; dir < dirs.size(); ++dir) {
      dirs[dir].logs += loading[dir].logs;
      dirs[dir].opened_logs += loading[dir].opened;
    }
  }
  co_return dirs;
}

Task<observe::NodeReport> Node::report() {
  Shard& zero = shards_[ShardId(0)];
  observe::NodeReport report;
  for (std::size_t i = 0; i < states_.size(); ++i) {
    Shard& shard = shards_[ShardId(static_cast<std::uint32_t>(i))];
    report.shards.push_back(
        co_await on_shard<observe::ShardReport>(zero, shard, [this, i]() -> Task<observe::ShardReport> {
          observe::ShardReport shard_report = states_[i]->partitions.report(*states_[i]->view);
          shard_report.groups = states_[i]->groups.report();
          co_return shard_report;
        }));
  }
  report.log_dirs = co_await gather_loading();
  report.now = zero.now();
  report.state = state();
  report.cluster = report_cluster();
  co_return report;
}

Task<void> Node::tell_loading() {
  Shard& zero = shards_[ShardId(0)];
  while (true) {
    Waiter pause(zero, zero.now() + kLoadingPause);
    co_await pause;
    if (has_opened_logs() || stopping_ || failed_) co_return;
    for (const observe::LogDirReport& dir : co_await gather_loading()) {
      observe::info("{} of {} logs are opened in {}", dir.opened_logs, dir.logs, dir.path);
    }
  }
}

}  // namespace moldau::runtime
