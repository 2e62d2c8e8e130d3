// Which log directories a node has its replicas in, and how it goes on without one whose disk fails
// (KIP-112, KIP-858).

#include <algorithm>
#include <utility>

#include "metadata/partition_decisions.h"
#include "observe/log.h"
#include "runtime/found_replicas.h"
#include "runtime/node.h"
#include "runtime/share_partition_table.h"

namespace moldau::runtime {
namespace {

/// Between two tries to tell the controller of places that it did not take.
constexpr Duration kFirstPause = std::chrono::milliseconds(100);
constexpr Duration kLongestPause = std::chrono::seconds(10);

}  // namespace

Result<void> Node::find_replicas(const metadata::Image& image) {
  FoundReplicas found(log_dirs_, image, id(), host_.loop(0).random());
  for (std::size_t i = 0; i < log_dirs_.size(); ++i) {
    if (replica_dirs_.is_offline(i)) continue;
    const auto looked = found.look_into(i);
    if (!looked && !lose_log_dir(i, looked.error())) return looked;
  }
  if (auto settled = found.settle(); !settled) return settled;
  replica_dirs_.found(found);
  return {};
}

Task<void> Node::tell_places() {
  if (broker_epoch_ < 0 || std::exchange(tells_places_, true)) co_return;
  Shard& zero = shards_[ShardId(0)];
  Duration pause_span = kFirstPause;
  while (!stopping_ && !failed_) {
    auto request = replica_dirs_.unsaid();
    if (request.directories.empty()) break;
    request.broker_id = id();
    request.broker_epoch = broker_epoch_;
    const auto answer = co_await controller_->decide<protocol::AssignReplicasToDirsResponse>(
        [&](const metadata::DecisionContext& context) {
          return metadata::assign_replicas_to_dirs(request, context);
        });
    if (answer && replica_dirs_.answered(*answer)) {
      pause_span = kFirstPause;
      continue;
    }
    // Metadata of before directories has no place for them.
    if (!answer && answer.error().code == ErrorCode::kUnsupportedVersion) break;
    observe::warn("the controller does not take the log directories of replicas: {}",
                  answer ? "some were refused" : answer.error().message);
    Waiter pause(zero, zero.now() + pause_span);
    co_await pause;
    pause_span = std::min(pause_span * 2, kLongestPause);
  }
  tells_places_ = false;
}

Task<bool> Node::assign_dir(Shard& here, PartitionTable::Key key, std::size_t log_dir) {
  auto assigned = co_await decide<protocol::AssignReplicasToDirsResponse>(
      here, [this, key, log_dir](const metadata::DecisionContext& context) {
        protocol::AssignReplicasToDirsRequest request;
        request.broker_id = id();
        request.broker_epoch = broker_epoch_;
        auto& directory = request.directories.emplace_back();
        directory.id = *log_dirs_[log_dir].identity.directory_id;
        auto& topic = directory.topics.emplace_back();
        topic.topic_id = key.first;
        topic.partitions.push_back({.partition_index = key.second, .unknown_tags = {}});
        return metadata::assign_replicas_to_dirs(request, context);
      });
  // Metadata of before directories has no place for them.
  if (!assigned) co_return assigned.error().code == ErrorCode::kUnsupportedVersion;
  co_return assigned->directories.front().topics.front().partitions.front().error_code == ErrorCode::kNone;
}

void Node::replica_move_ended(PartitionTable::Key key, std::size_t log_dir, bool has_moved) {
  const auto& [topic_id, partition] = key;
  if (has_moved) {
    replica_dirs_.moved(topic_id, partition, log_dir);
    // Where the log starts is in the other directory's checkpoints yet.
    checkpoint_soon();
    return;
  }
  replica_dirs_.stayed(topic_id, partition, log_dir);
  shards_[ShardId(0)].tasks().spawn(tell_places());
}

Task<ErrorCode> Node::move_replica(Shard& here, const log::PartitionName& name, std::size_t log_dir) {
  const metadata::Topic* topic = cluster_view(here)->image.topic(name.topic);
  const bool is_known = topic != nullptr && topic->find(name.partition) != nullptr;
  ErrorCode outcome = ErrorCode::kUnknownTopicOrPartition;
  if (is_known) {
    const PartitionTable::Key key{topic->id(), name.partition};
    const ShardId owner = shards_.owner_of(key.first, key.second);
    outcome = co_await on_shard<ErrorCode>(
        here, shards_[owner],
        [this, owner, key, log_dir]() -> Task<ErrorCode> { co_return partitions(owner).move(key, log_dir); });
  }
  // What is not here yet is made there.
  if (outcome == ErrorCode::kUnknownTopicOrPartition || outcome == ErrorCode::kReplicaNotAvailable)
    host_.loop(0).post([this, name, log_dir] { replica_dirs_.prefer(name, log_dir); });
  co_return outcome;
}

void Node::log_dir_failed(std::size_t log_dir, const Error& error) {
  if (!lose_log_dir(log_dir, error)) fail_node(error);
}

bool Node::lose_log_dir(std::size_t log_dir, const Error& error) {
  if (replica_dirs_.is_offline(log_dir)) return true;
  LogDir& dir = log_dirs_[log_dir];
  if (&dir == &directory_of_metadata()) return false;
  replica_dirs_.dir_failed(log_dir);
  observe::error("the log directory {} is offline, and what it holds is not served: {}", dir.path,
                 error.message);
  if (replica_dirs_.are_all_offline()) {
    observe::error("all log directories have failed");
    return false;
  }
  if (failures_told_ == failed_directories_.size()) {
    failures_due_ =
        shards_[ShardId(0)].now() + std::chrono::milliseconds(config_.node.log_dir_failure_timeout_ms);
  }
  failed_directories_.push_back(*dir.identity.directory_id);
  dir.lock.reset();
  for (std::size_t i = 0; i < states_.size(); ++i) {
    host_.loop(i).post([&state = *states_[i], log_dir] {
      state.partitions.take_offline(log_dir);
      state.groups.resign_retired();
      state.transactions.resign_retired();
      state.share_states.resign_retired();
      state.share_partitions->drop_stale();
    });
  }
  heartbeat_due_.wake_all();
  return true;
}

bool Node::is_failure_untold() {
  return failures_told_ < failed_directories_.size() && shards_[ShardId(0)].now() >= failures_due_;
}

}  // namespace moldau::runtime
