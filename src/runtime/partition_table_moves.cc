// Replicas on their way from one log directory to another (KIP-113).

#include <algorithm>
#include <utility>

#include "config/java_number.h"
#include "runtime/partition_table.h"

namespace moldau::runtime {
namespace {

constexpr const char* kMoveRate = "replica.alter.log.dirs.io.max.bytes.per.second";

}  // namespace

ErrorCode PartitionTable::move(Key key, std::size_t log_dir) {
  const auto found = held_.find(key);
  if (found == held_.end()) {
    return offline_.contains(key) ? ErrorCode::kKafkaStorageError : ErrorCode::kReplicaNotAvailable;
  }
  Held& held = found->second;
  if (held.move && held.move->goes_on()) {
    if (held.move->target() == log_dir) return ErrorCode::kNone;
    held.move->end(true);
  }
  if (held.log_dir == log_dir) return ErrorCode::kNone;
  // The replica's name may be in a directory that is offline, as a copy.
  if (std::ranges::find(offline_dirs_, true) != offline_dirs_.end()) return ErrorCode::kKafkaStorageError;
  start_move(key, held,
             {.log_dir = log_dir,
              .folder = log::format_folder_name(held.partition->identity().name, log::FolderKind::kFuture,
                                                surroundings_.shard->loop().random().uuid())});
  return ErrorCode::kNone;
}

void PartitionTable::start_move(const Key& key, Held& held, UnfinishedCopy copy) {
  ReplicaMove::Surroundings around{
      .shard = surroundings_.shard,
      .log_dirs = surroundings_.log_dirs,
      .source = held.log_dir,
      .target = copy.log_dir,
      .bytes_per_second = move_bytes_per_second_,
      .tell_controller = [this, key, target = copy.log_dir] { return surroundings_.assign_dir(key, target); },
      .on_switched =
          [this, key, target = copy.log_dir] {
            const auto found = held_.find(key);
            if (found == held_.end()) return;
            found->second.log_dir = target;
            found->second.noted_log_start = 0;
          },
      .on_failure = surroundings_.on_failure,
      .remove_later =
          [this, delay_ms = held.partition->config().file_delete_delay_ms](std::size_t log_dir,
                                                                           std::string folder) {
            surroundings_.shard->tasks().spawn(remove_later(log_dir, std::move(folder), delay_ms));
          }};
  // A copy that another process left is recovered as after a power cut.
  const log::OpenOptions options{
      .config = log_config(held.partition->config(), held.partition->log().producer_id_expiration_ms()),
      .now_ms = surroundings_.shard->wall_ms(),
      .topic_id = key.first};
  auto move = std::make_shared<ReplicaMove>(std::move(around), held.partition, held.compaction,
                                            std::move(copy.folder), options);
  auto previous = std::exchange(held.move, move);
  surroundings_.shard->tasks().spawn(run_move(key, std::move(previous), std::move(move)));
}

Task<void> PartitionTable::run_move(Key key, std::shared_ptr<ReplicaMove> previous,
                                    std::shared_ptr<ReplicaMove> move) {
  if (previous) co_await previous->ended();
  co_await move->run();
  if (move->is_done()) {
    surroundings_.on_move_ended(key, move->target(), true);
  } else if (move->may_be_known()) {
    surroundings_.on_move_ended(key, move->source(), false);
  }
  const auto found = held_.find(key);
  if (found != held_.end() && found->second.move == move) found->second.move = nullptr;
}

Task<void> PartitionTable::end_moves() {
  std::vector<std::shared_ptr<ReplicaMove>> moves;
  for (const auto& [key, held] : held_) {
    if (held.move) moves.push_back(held.move);
  }
  for (const auto& move : moves) {
    move->end(false);
    co_await move->ended();
  }
}

std::int64_t PartitionTable::move_rate(const ClusterView& view) const {
  for (const auto& resource :
       {metadata::broker_resource(surroundings_.node_id), metadata::cluster_resource()}) {
    const metadata::Configs* configs = view.image.configs_of(resource);
    if (configs == nullptr) continue;
    const auto set = configs->find(kMoveRate);
    if (set == configs->end()) continue;
    const auto rate = config::parse_integer(set->second, 0, std::numeric_limits<std::int64_t>::max());
    if (rate) return std::max<std::int64_t>(*rate, 1);
  }
  return std::numeric_limits<std::int64_t>::max();
}

}  // namespace moldau::runtime
