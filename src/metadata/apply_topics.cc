#include <algorithm>
#include <limits>
#include <memory>
#include <optional>
#include <utility>

#include "metadata/appliers.h"
#include "metadata/directory_id.h"
#include "metadata/partition_change.h"
#include "protocol/messages/clear_elr_record.h"
#include "protocol/messages/partition_change_record.h"
#include "protocol/messages/partition_record.h"
#include "protocol/messages/remove_topic_record.h"
#include "protocol/messages/topic_record.h"

namespace moldau::metadata::appliers {
namespace {

constexpr std::int8_t kRecovered = 0;
constexpr std::int8_t kRecovering = 1;
constexpr std::int8_t kNoRecoveryChange = -1;

std::string partition_name(const Uuid& topic_id, std::int32_t partition_id) {
  return topic_id.to_string() + ":" + std::to_string(partition_id);
}

void put_topic(std::shared_ptr<const Topic> topic, Image& image) {
  image.topics_by_name = image.topics_by_name.with(topic->name(), topic);
  const Uuid id = topic->id();
  image.topics = image.topics.with(id, std::move(topic));
}

Result<void> put_partition(const Topic& topic, std::int32_t id, Partition partition, Target& target) {
  if (partition.directories.size() != partition.replicas.size()) {
    return contradiction(partition_name(topic.id(), id) + " has not one directory for each replica");
  }
  target.delta.topics[topic.id()].partitions.insert(id);
  // Last, as it may end the life of the topic that was handed in.
  put_topic(std::make_shared<const Topic>(topic.with(id, std::move(partition))), target.image);
  return {};
}

Result<void> apply(const protocol::TopicRecord& record, Target& target) {
  Image& image = target.image;
  const std::string name(record.name.value());
  if (image.topics_by_name.contains(name)) return contradiction("a second topic named " + name);
  if (image.topics.contains(record.topic_id)) {
    return contradiction("a second topic with id " + record.topic_id.to_string());
  }
  put_topic(std::make_shared<const Topic>(name, record.topic_id), image);
  if (has_collision_chars(name)) {
    const std::string folded = fold_collision_chars(name);
    const auto* known = image.folded_names.find(folded);
    std::set<std::string> names = known != nullptr ? *known : std::set<std::string>{};
    names.insert(name);
    image.folded_names = image.folded_names.with(folded, std::move(names));
  }
  target.delta.topics[record.topic_id].is_new = true;
  return {};
}

Result<void> apply(const protocol::PartitionRecord& record, Target& target) {
  const Topic* topic = target.image.topic(record.topic_id);
  const std::string name = partition_name(record.topic_id, record.partition_id);
  if (topic == nullptr) return contradiction("no topic for partition " + name);
  if (record.partition_id < 0) return contradiction("a negative partition id in " + name);
  if (record.leader_recovery_state != kRecovered && record.leader_recovery_state != kRecovering) {
    return contradiction("unknown leader recovery state of " + name);
  }
  Partition partition{.replicas = record.replicas,
                      .directories = record.directories,
                      .isr = Replicas(record.isr.begin(), record.isr.end()),
                      .elr = record.eligible_leader_replicas.value_or(Replicas{}),
                      .last_known_elr = record.last_known_elr.value_or(Replicas{}),
                      .removing = record.removing_replicas,
                      .adding = record.adding_replicas,
                      .leader = record.leader,
                      .leader_epoch = record.leader_epoch,
                      .partition_epoch = record.partition_epoch,
                      .is_recovering = record.leader_recovery_state == kRecovering};
  const bool none_known = std::ranges::all_of(
      partition.directories, [](const Uuid& directory) { return directory == kMigratingDirectory; });
  if (none_known) partition.directories.assign(partition.replicas.size(), kMigratingDirectory);
  return put_partition(*topic, record.partition_id, std::move(partition), target);
}

Result<void> apply(const protocol::PartitionChangeRecord& record, Target& target) {
  const Topic* topic = target.image.topic(record.topic_id);
  const Partition* partition = topic != nullptr ? topic->find(record.partition_id) : nullptr;
  const std::string name = partition_name(record.topic_id, record.partition_id);
  if (partition == nullptr) return contradiction("a change of the unknown partition " + name);
  if (partition->partition_epoch == std::numeric_limits<std::int32_t>::max() ||
      partition->leader_epoch == std::numeric_limits<std::int32_t>::max()) {
    return contradiction("an epoch of " + name + " has reached its end");
  }
  PartitionChange change{.isr = record.isr,
                         .replicas = record.replicas,
                         .removing = record.removing_replicas,
                         .adding = record.adding_replicas,
                         .directories = record.directories,
                         .elr = record.eligible_leader_replicas,
                         .last_known_elr = record.last_known_elr};
  if (record.leader != kNoLeaderChange) change.leader = record.leader;
  switch (record.leader_recovery_state) {
    case kNoRecoveryChange:
      break;
    case kRecovered:
    case kRecovering:
      change.is_recovering = record.leader_recovery_state == kRecovering;
      break;
    default:
      return contradiction("unknown leader recovery state of " + name);
  }
  return put_partition(*topic, record.partition_id, apply_change(*partition, change), target);
}

void remove_folded_name(const std::string& name, Image& image) {
  const std::string folded = fold_collision_chars(name);
  const auto* known = image.folded_names.find(folded);
  if (known == nullptr) return;
  std::set<std::string> names = *known;
  names.erase(name);
  image.folded_names =
      names.empty() ? image.folded_names.without(folded) : image.folded_names.with(folded, std::move(names));
}

Result<void> apply(const protocol::RemoveTopicRecord& record, Target& target) {
  Image& image = target.image;
  const auto* found = image.topics.find(record.topic_id);
  if (found == nullptr) return contradiction("removal of the unknown topic " + record.topic_id.to_string());
  const std::shared_ptr<const Topic> topic = *found;
  image.topics = image.topics.without(record.topic_id);
  image.topics_by_name = image.topics_by_name.without(topic->name());
  remove_folded_name(topic->name(), image);

  const ConfigResource resource = topic_resource(topic->name());
  if (image.configs.contains(resource)) {
    image.configs = image.configs.without(resource);
    target.delta.configs.insert(resource);
  }
  const auto change = target.delta.topics.find(record.topic_id);
  const bool was_in_older_image = change == target.delta.topics.end() || !change->second.is_new;
  if (change != target.delta.topics.end()) target.delta.topics.erase(change);
  if (was_in_older_image) target.delta.removed_topics.emplace(record.topic_id, topic);
  return {};
}

void clear_elr(const Topic& topic, Target& target) {
  Topic cleared = topic;
  bool has_changed = false;
  topic.for_each_partition([&](std::int32_t id, const Partition& partition) {
    if (partition.elr.empty() && partition.last_known_elr.empty()) return;
    cleared = cleared.with(id, apply_change(partition, {.elr = Replicas{}, .last_known_elr = Replicas{}}));
    target.delta.topics[topic.id()].partitions.insert(id);
    has_changed = true;
  });
  if (has_changed) put_topic(std::make_shared<const Topic>(std::move(cleared)), target.image);
}

Result<void> apply(const protocol::ClearElrRecord& record, Target& target) {
  if (!record.topic_name.value().empty()) {
    const Topic* topic = target.image.topic(record.topic_name.value());
    if (topic == nullptr) return contradiction("no topic named " + std::string(record.topic_name.value()));
    clear_elr(*topic, target);
    return {};
  }
  const auto topics = target.image.topics;
  for (const auto& [id, topic] : topics)
    clear_elr(*topic, target);
  return {};
}

template <class Message>
Outcome apply_as(const RecordFrame& frame, Target& target) {
  return {.result =
              with_message<Message>(frame, [&](const Message& message) { return apply(message, target); })};
}

}  // namespace

Outcome apply_topic_record(const RecordFrame& frame, Target& target) {
  switch (static_cast<RecordType>(frame.type)) {
    case RecordType::kTopic:
      return apply_as<protocol::TopicRecord>(frame, target);
    case RecordType::kPartition:
      return apply_as<protocol::PartitionRecord>(frame, target);
    case RecordType::kPartitionChange:
      return apply_as<protocol::PartitionChangeRecord>(frame, target);
    case RecordType::kRemoveTopic:
      return apply_as<protocol::RemoveTopicRecord>(frame, target);
    case RecordType::kClearElr:
      return apply_as<protocol::ClearElrRecord>(frame, target);
    default:
      return {.handled = false};
  }
}

}  // namespace moldau::metadata::appliers
