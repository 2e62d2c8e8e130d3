#include "runtime/partition_table.h"

#include <algorithm>
#include <limits>
#include <utility>

#include "log/cleaner_checkpoint.h"
#include "log/log_directory.h"
#include "observe/log.h"
#include "runtime/offload.h"
#include "runtime/together.h"

namespace moldau::runtime {
namespace {

replica::Assignment assignment_of(const metadata::Partition& state) {
  return {.leader_epoch = state.leader_epoch,
          .partition_epoch = state.partition_epoch,
          .replicas = state.replicas,
          .in_sync = state.isr};
}

std::optional<std::int64_t> offset_in(const log::PartitionOffsets& offsets, const log::PartitionName& name) {
  const auto found = offsets.find(name);
  return found == offsets.end() ? std::nullopt : std::optional(found->second);
}

}  // namespace

PartitionTable::PartitionTable(Surroundings surroundings)
    : surroundings_(std::move(surroundings)),
      layered_(*surroundings_.config),
      loading_(surroundings_.log_dirs.size()),
      verifies_transactions_(surroundings_.config->transactions.partition_verification_enable) {
  for (const LogDir& dir : surroundings_.log_dirs) {
    offline_dirs_.push_back(dir.failure.has_value());
  }
}

bool PartitionTable::owns(const Uuid& topic_id, std::int32_t partition) const {
  return surroundings_.shards->owner_of(topic_id, partition) == surroundings_.shard->id();
}

Result<std::shared_ptr<Partition>> PartitionTable::find(const Uuid& topic_id, std::int32_t partition) const {
  const Key key{topic_id, partition};
  if (const auto found = held_.find(key); found != held_.end()) return found->second.partition;
  if (offline_.contains(key)) return fail(ErrorCode::kKafkaStorageError, "its log directory is offline");
  return fail(ErrorCode::kNotLeaderOrFollower, "there is no such replica here");
}

const config::BrokerConfig& PartitionTable::broker_config(const ClusterView& view) const {
  return layered_.with(view.image.configs_of(metadata::broker_resource(surroundings_.node_id)),
                       view.image.configs_of(metadata::cluster_resource()));
}

config::TopicConfig PartitionTable::topic_config(const ClusterView& view, const std::string& topic) const {
  const metadata::Configs* overrides = view.image.configs_of(metadata::topic_resource(topic));
  return config::resolve_topic_config(broker_config(view),
                                      overrides == nullptr ? config::Properties() : *overrides);
}

log::LogConfig PartitionTable::log_config(const config::TopicConfig& config,
                                          std::int64_t producer_id_expiration_ms) const {
  return {.segment_bytes = config.segment_bytes,
          .segment_ms = config.max_segment_ms(),
          .segment_jitter_ms = draw_jitter(std::min(config.segment_jitter_ms, config.segment_ms)),
          .segment = {.index_interval_bytes = config.index_interval_bytes,
                      .index_size_max_bytes = config.segment_index_bytes},
          .flush_messages = config.flush_messages,
          .producer_id_expiration_ms = producer_id_expiration_ms};
}

Task<Result<void>> PartitionTable::apply(ClusterViewPtr view,
                                         std::shared_ptr<const metadata::ImageDelta> delta,
                                         std::shared_ptr<const ReplicaPlaces> places) {
  remove_topics(*delta);
  std::vector<Opening> openings;
  for (const auto& [id, change] : delta->topics) {
    const metadata::Topic* topic = view->image.topic(id);
    if (topic == nullptr) continue;
    for (const std::int32_t partition : change.partitions) {
      if (!owns(id, partition)) continue;
      follow(*view, *topic, partition, *places, openings);
    }
  }
  if (auto done = co_await open_all(openings); !done) co_return done;
  change_configs(*view, *delta);
  co_return Result<void>{};
}

template <class Visit>
void PartitionTable::for_each_held(const metadata::Topic& topic, Visit&& visit) {
  topic.for_each_partition([&](std::int32_t partition, const metadata::Partition&) {
    if (const auto place = held_.find({topic.id(), partition}); place != held_.end()) visit(place);
  });
}

void PartitionTable::remove_topics(const metadata::ImageDelta& delta) {
  for (const auto& [id, topic] : delta.removed_topics) {
    remove(*topic);
  }
}

void PartitionTable::change_configs(const ClusterView& view, const metadata::ImageDelta& delta) {
  const bool is_for_all = delta.configs.contains(metadata::cluster_resource()) ||
                          delta.configs.contains(metadata::broker_resource(surroundings_.node_id));
  if (is_for_all) {
    move_bytes_per_second_ = move_rate(view);
    verifies_transactions_ = broker_config(view).transactions.partition_verification_enable;
    for (auto& [key, held] : held_) {
      change_config(view, held);
      if (held.move) held.move->change_rate(move_bytes_per_second_);
    }
    return;
  }
  for (const metadata::ConfigResource& resource : delta.configs) {
    if (resource.type != static_cast<std::int8_t>(metadata::ConfigResourceType::kTopic)) continue;
    const metadata::Topic* topic = view.image.topic(resource.name);
    if (topic == nullptr) continue;
    for_each_held(*topic, [&](auto place) { change_config(view, place->second); });
  }
}

void PartitionTable::change_config(const ClusterView& view, Held& held) const {
  const config::TopicConfig config = topic_config(view, held.partition->identity().name.topic);
  const log::LogConfig rules = log_config(config, broker_config(view).log.producer_id_expiration_ms);
  held.partition->change_config(config, rules);
  if (held.move) held.move->reconfigure(rules);
}

void PartitionTable::follow(const ClusterView& view, const metadata::Topic& topic, std::int32_t partition_id,
                            const ReplicaPlaces& places, std::vector<Opening>& openings) {
  const metadata::Partition* state = topic.find(partition_id);
  if (state == nullptr || !metadata::contains(state->replicas, surroundings_.node_id)) return;
  const Key key{topic.id(), partition_id};
  if (const auto found = held_.find(key); found != held_.end()) {
    return lead_anew(view, found->second, *state);
  }
  const auto place = places.find(key);
  // What has been offline stays so.
  if (place == places.end()) return;
  const auto log_dir = place->second.log_dir;
  if (!log_dir || offline_dirs_[*log_dir]) {
    offline_.insert(key);
    return;
  }
  auto opening = plan_opening(view, topic, partition_id, *state, place->second);
  if (!opening) return give_up(key, *log_dir, opening.error());
  openings.push_back(*std::move(opening));
}

void PartitionTable::lead_anew(const ClusterView& view, Held& held, const metadata::Partition& state) {
  Partition& partition = *held.partition;
  if (partition.leader_epoch() == state.leader_epoch) return;
  if (auto begun = begin_epoch(state, partition.log()); !begun) {
    return surroundings_.on_failure(held.log_dir, begun.error());
  }
  replica::LeaderState rules(surroundings_.node_id, assignment_of(state), partition.high_watermark(),
                             partition.local_end(),
                             topic_config(view, partition.identity().name.topic).min_insync_replicas);
  state.leader == surroundings_.node_id ? partition.lead(std::move(rules))
                                        : partition.resign(std::move(rules));
}

void PartitionTable::give_up(const Key& key, std::size_t log_dir, const Error& error) {
  offline_.insert(key);
  surroundings_.on_failure(log_dir, error);
}

Result<void> PartitionTable::begin_epoch(const metadata::Partition& state, log::PartitionLog& log) const {
  if (state.leader != surroundings_.node_id) return {};
  return log.assign_epoch(state.leader_epoch, log.log_end_offset());
}

Result<PartitionTable::Opening> PartitionTable::plan_opening(const ClusterView& view,
                                                             const metadata::Topic& topic,
                                                             std::int32_t partition_id,
                                                             const metadata::Partition& state,
                                                             const ReplicaPlace& place) {
  log::PartitionName name{topic.name(), partition_id};
  const std::size_t log_dir = *place.log_dir;
  LogDir& dir = surroundings_.log_dirs[log_dir];
  const auto is_there = dir.folder->contains(log::format_folder_name(name));
  if (!is_there) return fail(is_there.error());
  // What the checkpoints say of a new log's name is said of one that was deleted.
  const auto checkpointed = [&](const log::PartitionOffsets& offsets) {
    return *is_there ? offset_in(offsets, name).value_or(0) : 0;
  };
  config::TopicConfig config = topic_config(view, topic.name());
  const log::OpenOptions options{
      .config = log_config(config, broker_config(view).log.producer_id_expiration_ms),
      .log_start_offset = checkpointed(dir.log_starts),
      .recovery_point = checkpointed(dir.recovery_points),
      .had_clean_shutdown = dir.clean_shutdown_epoch.has_value(),
      .now_ms = surroundings_.shard->wall_ms(),
      .topic_id = topic.id()};
  const std::int64_t high_watermark = checkpointed(dir.high_watermarks);
  const auto compacted_up_to = *is_there ? log::compacted_up_to(dir.compacted, name) : std::nullopt;
  return Opening{.key = {topic.id(), partition_id},
                 .name = std::move(name),
                 .state = &state,
                 .log_dir = log_dir,
                 .is_there = *is_there,
                 .checkpointed_high_watermark = high_watermark,
                 .compacted_up_to = compacted_up_to,
                 .copy = place.copy,
                 .config = std::move(config),
                 .options = options,
                 .log = nullptr};
}

Task<Result<void>> PartitionTable::open_all(std::vector<Opening>& openings) {
  TaskList tasks;
  for (std::size_t i = 0; i < openings.size(); ++i) {
    if (openings[i].is_there) ++loading_[openings[i].log_dir].logs;
    const auto& lanes = surroundings_.log_dirs[openings[i].log_dir].recovery_lanes;
    tasks.push_back(open(openings[i], lanes[i % lanes.size()]));
  }
  co_await together(*surroundings_.shard, std::move(tasks));
  for (Opening& opening : openings) {
    if (offline_dirs_[opening.log_dir]) {
      offline_.insert(opening.key);
      continue;
    }
    const auto held = opening.log ? hold(opening) : fail(opening.log.error());
    if (held) continue;
    if (held.error().code != ErrorCode::kKafkaStorageError) co_return held;
    give_up(opening.key, opening.log_dir, held.error());
  }
  co_return Result<void>{};
}

Task<void> PartitionTable::open(Opening& opening, io::LaneId lane) {
  LogDir& dir = surroundings_.log_dirs[opening.log_dir];
  if (!opening.is_there) {
    opening.log = log::open_or_create(dir.folder, log::format_folder_name(opening.name), opening.options);
    co_return;
  }
  using Opened = Result<std::unique_ptr<log::PartitionLog>>;
  opening.log = co_await run_in_lane(
      *surroundings_.shard, lane,
      [log_dir = dir.folder, name = opening.name, options = opening.options]() -> Opened {
        auto folder = log_dir->open_directory(log::format_folder_name(name));
        if (!folder) return fail(std::move(folder).error());
        return log::PartitionLog::open(*std::move(folder), options);
      });
  ++loading_[opening.log_dir].opened;
}

Result<void> PartitionTable::hold(Opening& opening) {
  if (auto begun = begin_epoch(*opening.state, **opening.log); !begun) return begun;
  replica::LeaderState leader(surroundings_.node_id, assignment_of(*opening.state),
                              opening.checkpointed_high_watermark, (*opening.log)->settled_end_offset(),
                              opening.config.min_insync_replicas);
  const Partition::Surroundings around{.shard = surroundings_.shard,
                                       .decoders = &decoders_,
                                       .sync_lane = surroundings_.log_dirs[opening.log_dir].sync_lane,
                                       .log_dir = opening.log_dir,
                                       .on_failure = &surroundings_.on_failure};
  const Partition::Identity identity{.name = opening.name, .topic_id = opening.key.first};
  auto partition =
      std::make_shared<Partition>(around, identity, *std::move(opening.log), leader, opening.config);
  if (opening.state->leader != surroundings_.node_id) partition->resign(std::move(leader));
  auto compaction = std::make_shared<LogCompaction>(partition, opening.compacted_up_to);
  const auto [held, is_new] = held_.emplace(opening.key, Held{.partition = std::move(partition),
                                                              .log_dir = opening.log_dir,
                                                              .compaction = std::move(compaction)});
  if (opening.copy && !offline_dirs_[opening.copy->log_dir])
    start_move(opening.key, held->second, *std::move(opening.copy));
  return {};
}

std::int64_t PartitionTable::draw_jitter(std::int64_t most_ms) const {
  if (most_ms <= 0) return 0;
  return static_cast<std::int64_t>(surroundings_.shard->loop().random().next() %
                                   static_cast<std::uint64_t>(most_ms));
}

void PartitionTable::remove(const metadata::Topic& topic) {
  offline_.erase(offline_.lower_bound({topic.id(), 0}),
                 offline_.upper_bound({topic.id(), std::numeric_limits<std::int32_t>::max()}));
  for_each_held(topic, [this](auto place) {
    const Held held = std::move(place->second);
    held_.erase(place);
    remove(held);
  });
}

void PartitionTable::remove(const Held& held) {
  held.partition->retire();
  departed_ += held.partition->counters();
  if (held.move) held.move->end(true);
  const Partition::Identity& identity = held.partition->identity();
  const std::size_t log_dir = held.folder_dir();
  const auto aside = log::move_aside(*surroundings_.log_dirs[log_dir].folder, identity.name,
                                     log::FolderKind::kDeleted, surroundings_.shard->loop().random().uuid());
  if (!aside) return surroundings_.on_failure(log_dir, aside.error());
  surroundings_.shard->tasks().spawn(
      remove_later(log_dir, *aside, held.partition->config().file_delete_delay_ms));
  observe::info("deleted the replica {} of topic {}", log::format_folder_name(identity.name),
                identity.topic_id.to_string());
}

Task<void> PartitionTable::remove_later(std::size_t log_dir, std::string folder, std::int64_t delay_ms) {
  Shard& shard = *surroundings_.shard;
  Waiter pause(shard, shard.now() + from_ms(delay_ms));
  co_await pause;
  if (offline_dirs_[log_dir]) co_return;
  const LogDir& dir = surroundings_.log_dirs[log_dir];
  const auto removed = co_await run_in_lane(
      shard, dir.sync_lane, [log_dir = dir.folder, folder] { return log::remove_folder(*log_dir, folder); });
  if (!removed) observe::warn("removing {}: {}", folder, removed.error().message);
}

void PartitionTable::take_offline(std::size_t log_dir) {
  offline_dirs_[log_dir] = true;
  std::erase_if(held_, [&](const auto& one) {
    const auto& [key, held] = one;
    if (held.move && held.move->target() == log_dir) held.move->end(false);
    if (held.log_dir != log_dir) return false;
    if (held.move) held.move->end(false);
    held.partition->go_offline();
    offline_.insert(key);
    return true;
  });
}

void PartitionTable::retire_all() {
  for (const auto& [key, held] : held_) {
    held.partition->retire();
  }
}

}  // namespace moldau::runtime
