// Which log directories a node has its replicas in, and how it goes on without one whose disk fails
// (KIP-112, KIP-858).

#include <algorithm>
#include <utility>

#include "metadata/partition_decisions.h"
#include "observe/log.h"
#include "runtime/node.h"
#include "runtime/stray_replicas.h"

namespace moldau::runtime {
namespace {

/// Between two tries to tell the controller of places that it did not take.
constexpr Duration kFirstPause = std::chrono::milliseconds(100);
constexpr Duration kLongestPause = std::chrono::seconds(10);

}  // namespace

Result<void> Node::find_replicas(const metadata::Image& image) {
  for (std::size_t i = 0; i < log_dirs_.size(); ++i) {
    if (replica_dirs_.is_offline(i)) continue;
    const auto kept = move_strays_aside(log_dirs_[i], image, id(), host_.loop(0).random());
    if (!kept) {
      if (!lose_log_dir(i, kept.error())) return fail(kept.error());
      continue;
    }
    for (const log::PartitionName& name : *kept) {
      if (auto noted = replica_dirs_.found(name, i); !noted) return noted;
    }
  }
  return {};
}

std::vector<bool> Node::cordoned_dirs() {
  const std::vector<std::string>& names = config_in_force().node.cordoned_log_dirs;
  std::vector<bool> cordoned;
  for (const std::string& path : config_.node.log_dirs) {
    cordoned.push_back(std::ranges::find(names, path) != names.end());
  }
  return cordoned;
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
    });
  }
  heartbeat_due_.wake_all();
  return true;
}

bool Node::is_failure_untold() {
  return failures_told_ < failed_directories_.size() && shards_[ShardId(0)].now() >= failures_due_;
}

}  // namespace moldau::runtime
