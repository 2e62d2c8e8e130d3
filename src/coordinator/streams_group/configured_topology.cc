#include "coordinator/streams_group/configured_topology.h"

#include <algorithm>
#include <functional>
#include <string_view>
#include <variant>

#include "coordinator/assignor/java_hash_map.h"
#include "coordinator/streams_group/partition_counts.h"

namespace moldau::coordinator {
namespace {

using Subtopologies = std::vector<const Subtopology*>;

/// How many topics a message names.
constexpr std::size_t kMostNamed = 3;

std::string summary(const std::vector<std::string_view>& topics) {
  std::string text;
  for (std::size_t i = 0; i < std::min(topics.size(), kMostNamed); ++i)
    text += (i == 0 ? "" : ", ") + std::string(topics[i]);
  if (topics.size() > kMostNamed)
    text += " and " + std::to_string(topics.size() - kMostNamed) + " additional topics";
  return text;
}

std::unexpected<Error> at_odds(std::string message) {
  return fail(ErrorCode::kUnknownServerError, std::move(message));
}

/// Source topics that are not there, in Java's order of texts.
std::vector<std::string_view> missing_sources(const Subtopologies& subtopologies,
                                              const PartitionCountOf& count_of) {
  std::set<std::string_view, JavaTextLess> missing;
  for (const Subtopology* subtopology : subtopologies) {
    for (const std::string& topic : subtopology->source_topics) {
      if (!count_of(topic)) missing.insert(topic);
    }
  }
  return {missing.begin(), missing.end()};
}

Result<ConfiguredInternalTopic> configure(const InternalTopic& topic, const PartitionCounts& decided) {
  ConfiguredInternalTopic configured{.name = topic.name,
                                     .partition_count = topic.partition_count,
                                     .replication_factor = topic.replication_factor};
  if (topic.partition_count == 0) {
    const auto found = decided.find(topic.name);
    if (found != decided.end()) configured.partition_count = found->second;
  }
  if (configured.partition_count < 1) return at_odds("Number of partitions must be at least 1.");
  JavaHashMap<std::string_view, std::string_view> configs;
  for (const auto& [key, value] : topic.configs) {
    if (configs.contains(key)) return at_odds("A topic's config " + key + " is there twice");
    configs.put(key, value);
  }
  configs.for_each(
      [&](std::string_view key, std::string_view value) { configured.configs.emplace_back(key, value); });
  return configured;
}

Result<ConfiguredSubtopology::InternalTopics> configure_all(const std::vector<InternalTopic>& topics,
                                                            const PartitionCounts& decided) {
  ConfiguredSubtopology::InternalTopics configured;
  for (const InternalTopic& topic : topics) {
    auto one = configure(topic, decided);
    if (!one) return fail(std::move(one).error());
    if (!configured.emplace(topic.name, *std::move(one)).second)
      return at_odds("The internal topic " + topic.name + " is there twice");
  }
  return configured;
}

Result<ConfiguredSubtopology> configure(const Subtopology& subtopology, const PartitionCounts& decided,
                                        const PartitionCountOf& count_of) {
  ConfiguredSubtopology configured;
  const auto add_tasks_of = [&](const std::string& topic) {
    const auto known = count_of(topic);
    const auto found = decided.find(topic);
    const std::int32_t count = known ? *known : found == decided.end() ? 0 : found->second;
    configured.task_count = std::max(configured.task_count, count);
  };
  std::ranges::for_each(subtopology.source_topics, add_tasks_of);
  for (const InternalTopic& topic : subtopology.repartition_source_topics)
    add_tasks_of(topic.name);
  auto repartition = configure_all(subtopology.repartition_source_topics, decided);
  if (!repartition) return fail(std::move(repartition).error());
  auto changelogs = configure_all(subtopology.state_changelog_topics, decided);
  if (!changelogs) return fail(std::move(changelogs).error());
  if (configured.task_count <= 0) return at_odds("Number of tasks must be positive");
  configured.source_topics.insert(subtopology.source_topics.begin(), subtopology.source_topics.end());
  configured.repartition_sink_topics.insert(subtopology.repartition_sink_topics.begin(),
                                            subtopology.repartition_sink_topics.end());
  configured.repartition_source_topics = *std::move(repartition);
  configured.state_changelog_topics = *std::move(changelogs);
  return configured;
}

/// The topics that are read or written, in the order of a Java set to which they came subtopology by
/// subtopology.
std::vector<std::string_view> required_in_hash_order(const Subtopologies& subtopologies) {
  JavaHashSet<std::string_view> topics;
  for (const Subtopology* subtopology : subtopologies) {
    for (const std::string& topic : subtopology->source_topics)
      topics.add(topic);
    for (const InternalTopic& topic : subtopology->repartition_source_topics)
      topics.add(topic.name);
    for (const InternalTopic& topic : subtopology->state_changelog_topics)
      topics.add(topic.name);
  }
  return topics.keys();
}

std::vector<const ConfiguredInternalTopic*> in_hash_order(
    const std::vector<InternalTopic>& order, const ConfiguredSubtopology::InternalTopics& topics) {
  JavaHashMap<std::string_view, const ConfiguredInternalTopic*> table;
  for (const InternalTopic& topic : order)
    table.put(topic.name, &topics.find(topic.name)->second);
  std::vector<const ConfiguredInternalTopic*> ordered;
  table.for_each([&](std::string_view, const ConfiguredInternalTopic* topic) { ordered.push_back(topic); });
  return ordered;
}

using ToCreate = JavaHashMap<std::string_view, const ConfiguredInternalTopic*>;

/// Finds internal topics that are not there; gives what is wrong with one that is.
std::optional<std::string> find_missing(const Subtopologies& subtopologies,
                                        const ConfiguredSubtopologies& configured,
                                        const PartitionCountOf& count_of, ToCreate& missing) {
  std::map<std::string_view, const Subtopology*, JavaTextLess> sorted;
  for (const Subtopology* subtopology : subtopologies)
    sorted.emplace(subtopology->id, subtopology);
  for (const auto& [id, subtopology] : sorted) {
    const ConfiguredSubtopology& one = configured.find(id)->second;
    for (const auto* topic :
         in_hash_order(subtopology->repartition_source_topics, one.repartition_source_topics))
      missing.put(topic->name, topic);
    for (const auto* topic : in_hash_order(subtopology->state_changelog_topics, one.state_changelog_topics))
      missing.put(topic->name, topic);
  }
  for (const std::string_view topic : required_in_hash_order(subtopologies)) {
    const auto count = count_of(topic);
    const ConfiguredInternalTopic* const* expected = missing.find(topic);
    if (!count || expected == nullptr) continue;
    const std::int32_t wanted = (*expected)->partition_count;
    missing.erase(topic);
    if (wanted == *count) continue;
    return "Existing topic " + std::string(topic) + " has different number of partitions: expected " +
           std::to_string(wanted) + ", found " + std::to_string(*count);
  }
  return std::nullopt;
}

}  // namespace

Result<ConfiguredTopology> configure_topology(const StreamsTopology& topology, const TopicsView& topics,
                                              std::int64_t metadata_hash) {
  const Subtopologies subtopologies = in_hash_order(topology);
  const PartitionCountOf count_of = [&](std::string_view topic) -> std::optional<std::int32_t> {
    const auto id = topics.id_of(topic);
    return id ? topics.partition_count(*id) : std::nullopt;
  };
  ConfiguredTopology configured{.epoch = topology.epoch, .metadata_hash = metadata_hash};
  const auto groups = copartitioned_topics(subtopologies);
  if (!groups) return fail(groups.error());
  if (const auto missing = missing_sources(subtopologies, count_of); !missing.empty()) {
    configured.problem = {.code = StreamsStatusCode::kMissingSourceTopics,
                          .detail = "Source topics " + summary(missing) + " are missing."};
    return configured;
  }
  const auto decided = decide_partition_counts(subtopologies, *groups, count_of);
  if (!decided) return fail(decided.error());
  if (const auto* mismatch = std::get_if<PartitionMismatch>(&*decided)) {
    configured.problem = {.code = StreamsStatusCode::kIncorrectlyPartitionedTopics,
                          .detail = mismatch->message};
    return configured;
  }
  ConfiguredSubtopologies fitted;
  for (const Subtopology* subtopology : subtopologies) {
    auto one = configure(*subtopology, std::get<PartitionCounts>(*decided), count_of);
    if (!one) return fail(std::move(one).error());
    fitted.emplace(subtopology->id, *std::move(one));
  }
  ToCreate missing;
  if (auto mismatch = find_missing(subtopologies, fitted, count_of, missing)) {
    configured.problem = {.code = StreamsStatusCode::kIncorrectlyPartitionedTopics,
                          .detail = *std::move(mismatch)};
    return configured;
  }
  if (!missing.empty()) {
    configured.problem = {.code = StreamsStatusCode::kMissingInternalTopics,
                          .detail = "Internal topics are missing: " + summary(missing.keys())};
  }
  missing.for_each([&](std::string_view, const ConfiguredInternalTopic* topic) {
    configured.topics_to_create.push_back(*topic);
  });
  configured.subtopologies = std::move(fitted);
  return configured;
}

}  // namespace moldau::coordinator
