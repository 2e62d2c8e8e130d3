#include "metadata/leader_updates.h"

#include <algorithm>
#include <charconv>
#include <utility>

#include "metadata/directory_id.h"
#include "metadata/record_writer.h"

namespace moldau::metadata {
namespace {

std::int32_t effective_min_isr(const DecisionContext& context, const Topic& topic) {
  const std::string text =
      context.configs.effective_value("min.insync.replicas", layers_of(context, topic.name()));
  std::int32_t min_isr = 1;
  std::from_chars(text.data(), text.data() + text.size(), min_isr);
  const Partition* first = topic.find(0);
  if (first == nullptr) return min_isr;
  return std::min(min_isr, static_cast<std::int32_t>(first->replicas.size()));
}

/// True if the broker, taken as live, has the directory of its replica online.
bool has_replica_online(const Image& image, const Partition& partition, BrokerId id) {
  const BrokerRegistration* broker = image.broker(id);
  return broker != nullptr && broker->has_online_directory(partition.directory_of(id));
}

bool is_active(const Image& image, BrokerId id) {
  const BrokerRegistration* broker = image.broker(id);
  return broker != nullptr && broker->is_active();
}

bool is_affected(const Partition& partition, const MembershipChange& change, Affected affected) {
  const BrokerId broker = change.leaving ? *change.leaving : change.unclean_restart.value_or(kNoLeader);
  switch (affected) {
    case Affected::kInIsr:
      return contains(partition.isr, broker);
    case Affected::kInElr:
      return contains(partition.elr, broker);
    case Affected::kLeaderless:
      return partition.leader == kNoLeader;
  }
  return false;
}

}  // namespace

PartitionRules rules_for(const DecisionContext& context, const Topic& topic, const Partition& partition) {
  const Image& image = context.image;
  const MetadataVersion version = finalized_version(context);
  return {.version = version,
          .elr_enabled = image.is_elr_enabled(),
          .min_isr = effective_min_isr(context, topic),
          .is_acceptable_leader =
              [&image, &partition](BrokerId id) {
                return is_active(image, id) && has_replica_online(image, partition, id);
              },
          .default_directory =
              [&image, version](BrokerId id) {
                if (!version.supports_directories()) return kMigratingDirectory;
                const BrokerRegistration* broker = image.broker(id);
                return broker != nullptr ? broker->default_directory() : kUnassignedDirectory;
              }};
}

bool allows_unclean_election(const DecisionContext& context, const Topic& topic) {
  return context.configs.effective_value("unclean.leader.election.enable",
                                         layers_of(context, topic.name())) == "true";
}

std::optional<Bytes> membership_record(const DecisionContext& context, const MembershipChange& change,
                                       const Topic& topic, std::int32_t partition_id,
                                       const Partition& partition) {
  PartitionRules rules = rules_for(context, topic, partition);
  const Image& image = context.image;
  rules.is_acceptable_leader = [&](BrokerId id) {
    if (id == change.leaving || id == change.unclean_restart) return false;
    return (id == change.arriving || is_active(image, id)) && has_replica_online(image, partition, id);
  };
  PartitionTarget target;
  target.isr =
      without(partition.isr, change.leaving.value_or(kNoLeader), change.unclean_restart.value_or(kNoLeader));
  target.unclean_shutdown = change.unclean_restart;
  if (allows_unclean_election(context, topic)) target.election = Election::kUnclean;
  const auto planned = plan_change(partition, target, rules);
  if (!planned) return std::nullopt;
  return write::partition_change(topic.id(), partition_id, *planned, rules.version);
}

std::vector<Bytes> membership_records(const DecisionContext& context, const MembershipChange& change,
                                      Affected affected) {
  std::vector<Bytes> records;
  for (const auto& [id, topic] : context.image.topics) {
    topic->for_each_partition([&, &owner = *topic](std::int32_t partition_id, const Partition& partition) {
      if (!is_affected(partition, change, affected)) return;
      if (auto record = membership_record(context, change, owner, partition_id, partition)) {
        records.push_back(std::move(*record));
      }
    });
  }
  return records;
}

}  // namespace moldau::metadata
