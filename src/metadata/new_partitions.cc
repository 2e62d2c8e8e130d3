#include "metadata/new_partitions.h"

#include <algorithm>
#include <iterator>
#include <string>
#include <utility>

namespace moldau::metadata {
namespace {

bool is_active(const Image& image, BrokerId id) {
  const BrokerRegistration* broker = image.broker(id);
  return broker != nullptr && broker->is_active();
}

std::vector<UsableBroker> usable_brokers(const DecisionContext& context) {
  std::vector<UsableBroker> usable;
  for (const auto& [id, state] : context.sessions.states()) {
    const BrokerRegistration* broker = context.image.broker(id);
    if (broker == nullptr || state.controlled_shutdown_offset || !broker->has_uncordoned_directory())
      continue;
    usable.push_back({.id = id, .rack = broker->rack, .is_fenced = state.is_fenced});
  }
  return usable;
}

}  // namespace

std::unexpected<Error> bad_assignment(std::string why) {
  return fail(ErrorCode::kInvalidReplicaAssignment, std::move(why));
}

std::optional<Partition> make_partition(const Replicas& replicas, const DecisionContext& context) {
  Partition partition;
  partition.replicas = replicas;
  std::ranges::copy_if(replicas, std::back_inserter(partition.isr),
                       [&](BrokerId id) { return is_active(context.image, id); });
  if (partition.isr.empty()) return std::nullopt;
  partition.leader = partition.isr.front();
  const bool has_directories = finalized_version(context).supports_directories();
  for (const BrokerId id : replicas) {
    const BrokerRegistration* broker = context.image.broker(id);
    partition.directories.push_back(has_directories && broker != nullptr ? broker->default_directory()
                                                                         : Uuid{});
  }
  return partition;
}

Result<void> check_assignment(const Replicas& replicas, std::optional<std::size_t> expected,
                              const Image& image) {
  if (replicas.empty())
    return bad_assignment("The manual partition assignment includes an empty replica list.");
  Replicas sorted = replicas;
  std::ranges::sort(sorted);
  for (std::size_t i = 0; i < sorted.size(); ++i) {
    const std::string id = std::to_string(sorted[i].value());
    if (image.broker(sorted[i]) == nullptr) {
      return bad_assignment("The manual partition assignment includes broker " + id +
                            ", but no such broker is registered.");
    }
    if (i > 0 && sorted[i] == sorted[i - 1]) {
      return bad_assignment("The manual partition assignment includes the broker " + id + " more than once.");
    }
  }
  if (expected && *expected != replicas.size()) {
    return bad_assignment("The manual partition assignment includes a partition with " +
                          std::to_string(replicas.size()) +
                          " replica(s), but this is not consistent with previous partitions, which have " +
                          std::to_string(*expected) + " replica(s).");
  }
  return {};
}

std::unexpected<Error> no_active_replica(std::int32_t partition_id) {
  return bad_assignment("All brokers specified in the manual partition assignment for partition " +
                        std::to_string(partition_id) + " are fenced or in controlled shutdown.");
}

std::unexpected<Error> cannot_replicate(std::size_t replication_factor, const std::string& why) {
  return fail(ErrorCode::kInvalidReplicationFactor,
              "Unable to replicate the partition " + std::to_string(replication_factor) + " time(s): " + why);
}

Result<std::vector<Replicas>> choose_replicas(std::int32_t count, std::int16_t replication_factor,
                                              const DecisionContext& context) {
  return place_replicas(usable_brokers(context), count, replication_factor, context.random);
}

Result<std::vector<Partition>> make_partitions(const std::vector<Replicas>& all,
                                               const DecisionContext& context) {
  std::vector<Partition> partitions;
  for (const Replicas& replicas : all) {
    auto partition = make_partition(replicas, context);
    if (!partition) {
      return cannot_replicate(replicas.size(), "All brokers are currently fenced or in controlled shutdown.");
    }
    partitions.push_back(std::move(*partition));
  }
  return partitions;
}

}  // namespace moldau::metadata
