#include "tools/topic_report.h"

#include <utility>

namespace moldau::tools {
namespace {

std::string joined(const std::vector<std::int32_t>& ids) {
  std::string text;
  for (const std::int32_t id : ids)
    text += (text.empty() ? "" : ",") + std::to_string(id);
  return text;
}

std::string joined(const std::optional<std::vector<std::int32_t>>& ids) {
  return ids ? joined(*ids) : "N/A";
}

void print_topic(const DescribedTopic& topic, std::ostream& out) {
  const std::size_t factor = topic.partitions.empty() ? 0 : topic.partitions.front().replicas.size();
  out << "Topic: " << topic.name << "\tTopicId: " << topic.id.to_string()
      << "\tPartitionCount: " << topic.partitions.size() << "\tReplicationFactor: " << factor
      << "\tConfigs: ";
  std::string_view separator;
  for (const auto& [name, value] : topic.configs) {
    out << std::exchange(separator, ",") << name << '=' << value;
  }
  out << '\n';
}

void print_partition(const DescribedPartition& partition, const DescribedTopic& topic, std::ostream& out) {
  out << "\tTopic: " << topic.name << "\tPartition: " << partition.index
      << "\tLeader: " << (partition.leader < 0 ? "none" : std::to_string(partition.leader))
      << "\tReplicas: " << joined(partition.replicas) << "\tIsr: " << joined(partition.isr)
      << "\tElr: " << joined(partition.eligible_leaders)
      << "\tLastKnownElr: " << joined(partition.last_eligible_leaders) << '\n';
}

}  // namespace

TopicReport TopicReport::of(const Flags& flags) {
  TopicReport report{.only_with_overrides = flags.has("topics-with-overrides"),
                     .under_replicated = flags.has("under-replicated-partitions"),
                     .unavailable = flags.has("unavailable-partitions"),
                     .under_min_isr = flags.has("under-min-isr-partitions"),
                     .at_min_isr = flags.has("at-min-isr-partitions")};
  report.topics =
      !(report.under_replicated || report.unavailable || report.under_min_isr || report.at_min_isr);
  report.partitions = !report.only_with_overrides;
  return report;
}

bool TopicReport::wants(const DescribedPartition& partition, const DescribedTopic& topic) const {
  if (topics) return partitions;
  const auto in_sync = static_cast<std::int32_t>(partition.isr.size());
  return (under_replicated && partition.isr.size() < partition.replicas.size()) ||
         (unavailable && partition.leader < 0) || (under_min_isr && in_sync < topic.min_insync_replicas) ||
         (at_min_isr && in_sync == topic.min_insync_replicas);
}

void print_topics(std::span<const DescribedTopic> topics, const TopicReport& report, std::ostream& out) {
  for (const DescribedTopic& topic : topics) {
    if (report.only_with_overrides && topic.configs.empty()) continue;
    if (report.topics) print_topic(topic, out);
    for (const DescribedPartition& partition : topic.partitions) {
      if (report.wants(partition, topic)) print_partition(partition, topic, out);
    }
  }
}

}  // namespace moldau::tools
