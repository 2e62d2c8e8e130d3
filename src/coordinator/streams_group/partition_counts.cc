#include "coordinator/streams_group/partition_counts.h"

#include <algorithm>
#include <set>
#include <utility>

#include "coordinator/assignor/java_hash_map.h"
#include "coordinator/assignor/java_text_order.h"

namespace moldau::coordinator {
namespace {

using Subtopologies = std::vector<const Subtopology*>;
using Names = std::vector<std::string_view>;

std::unexpected<Error> invalid_topology(std::string message) {
  return fail(ErrorCode::kStreamsInvalidTopology, std::move(message));
}

/// The topics that a subtopology reads.
Names sources_of(const Subtopology& subtopology) {
  Names topics(subtopology.source_topics.begin(), subtopology.source_topics.end());
  for (const InternalTopic& topic : subtopology.repartition_source_topics)
    topics.push_back(topic.name);
  return topics;
}

/// The topics of one group, each once, in the order of a Java set.
Result<CopartitionedTopics> topics_of(const Subtopology& subtopology, const CopartitionGroup& group) {
  JavaHashSet<std::string_view> topics;
  const auto is_in = [](std::int16_t place, const auto& list) {
    return place >= 0 && std::cmp_less(place, list.size());
  };
  for (const std::int16_t place : group.source_topics) {
    if (!is_in(place, subtopology.source_topics))
      return fail(ErrorCode::kUnknownServerError, "A copartition group names no source topic");
    topics.add(subtopology.source_topics[static_cast<std::size_t>(place)]);
  }
  for (const std::int16_t place : group.repartition_source_topics) {
    if (!is_in(place, subtopology.repartition_source_topics))
      return fail(ErrorCode::kUnknownServerError, "A copartition group names no repartition topic");
    topics.add(subtopology.repartition_source_topics[static_cast<std::size_t>(place)].name);
  }
  return topics.keys();
}

class Decision {
 public:
  Decision(const Subtopologies& subtopologies, const PartitionCountOf& count_of)
      : subtopologies_(subtopologies), cluster_count_of_(count_of) {}

  /// The counts that the topology says, and what follows from those and from source topics.
  Result<void> repartition() {
    for (const Subtopology* subtopology : subtopologies_) {
      for (const InternalTopic& topic : subtopology->repartition_source_topics) {
        if (topic.partition_count == 0) continue;
        counts_.insert_or_assign(topic.name, topic.partition_count);
        fixed_.insert(topic.name);
      }
    }
    for (bool is_done = false; !is_done;) {
      const auto [is_open, has_progressed] = count_sinks();
      if (is_open && !has_progressed) {
        return invalid_topology(
            "Failed to compute number of partitions for all repartition topics. There may be loops in the "
            "topology that cannot be resolved.");
      }
      is_done = !is_open;
    }
    for (const Subtopology* subtopology : subtopologies_) {
      for (const InternalTopic& topic : subtopology->repartition_source_topics) {
        if (counts_.contains(topic.name)) continue;
        return invalid_topology(
            "Failed to compute number of partitions for all repartition topics, because a repartition source "
            "topic is never used as a sink topic.");
      }
    }
    return {};
  }

  /// Gives the repartition topics of a group one count.
  std::optional<PartitionMismatch> copartition(const CopartitionedTopics& group) {
    Names repartition;
    Names others;
    for (const std::string_view topic : group)
      (is_repartition(topic) ? repartition : others).push_back(topic);
    if (group.empty()) return std::nullopt;
    std::int32_t count = 0;
    if (!others.empty()) {
      count = count_of(others.front());
      if (!all_have(others, count)) return uneven(others);
    } else if (!fixed_.empty()) {
      // Apache Kafka asks all topics whose count the topology says, those of other groups too.
      count = count_of(*fixed_.begin());
      if (!all_have(fixed_, count)) return uneven(repartition);
    } else {
      count = most_of(repartition);
    }
    for (const std::string_view topic : in_table_order(repartition)) {
      if (!fixed_.contains(topic) || count_of(topic) == count) continue;
      return PartitionMismatch{"Number of partitions [" + std::to_string(count_of(topic)) +
                               "] of repartition topic [" + std::string(topic) +
                               "] doesn't match number of partitions [" + std::to_string(count) +
                               "] of the source topic."};
    }
    for (const std::string_view topic : repartition)
      counts_.insert_or_assign(std::string(topic), count);
    return std::nullopt;
  }

  /// Changelogs have a partition for each task.
  Result<void> changelogs() {
    PartitionCounts changelogs;
    for (const Subtopology* subtopology : subtopologies_) {
      const Names sources = sources_of(*subtopology);
      if (sources.empty())
        return invalid_topology("No source topics found for subtopology " + subtopology->id);
      for (const InternalTopic& topic : subtopology->state_changelog_topics)
        changelogs.insert_or_assign(topic.name, most_of(sources));
    }
    for (const auto& [topic, count] : changelogs)
      counts_.insert_or_assign(topic, count);
    return {};
  }

  PartitionCounts take() { return std::move(counts_); }

 private:
  /// Whether counts of sink topics are still open, and whether any was found.
  std::pair<bool, bool> count_sinks() {
    bool is_open = false;
    bool has_progressed = false;
    for (const Subtopology* subtopology : subtopologies_) {
      for (const std::string& sink : subtopology->repartition_sink_topics) {
        if (counts_.contains(sink)) continue;
        if (const auto count = count_for_sink(*subtopology)) {
          counts_.emplace(sink, *count);
          has_progressed = true;
        } else {
          is_open = true;
        }
      }
    }
    return {is_open, has_progressed};
  }

  /// The most partitions of sources as far as those are known by now.
  std::optional<std::int32_t> count_for_sink(const Subtopology& subtopology) const {
    std::optional<std::int32_t> most;
    for (const InternalTopic& topic : subtopology.repartition_source_topics) {
      const auto decided = counts_.find(topic.name);
      if (decided != counts_.end() && (!most || decided->second > *most)) most = decided->second;
    }
    for (const std::string& topic : subtopology.source_topics) {
      const auto count = cluster_count_of_(topic);
      if (count && (!most || *count > *most)) most = count;
    }
    return most;
  }

  bool is_repartition(std::string_view topic) const {
    return std::ranges::any_of(subtopologies_, [&](const Subtopology* subtopology) {
      return std::ranges::find(subtopology->repartition_source_topics, topic, &InternalTopic::name) !=
             subtopology->repartition_source_topics.end();
    });
  }

  bool all_have(const auto& topics, std::int32_t count) const {
    return std::ranges::all_of(topics, [&](std::string_view topic) { return count_of(topic) == count; });
  }

  /// "{a=1, b=2}" is how Java writes a map.
  PartitionMismatch uneven(const Names& topics) const {
    const std::set<std::string_view, JavaTextLess> sorted(topics.begin(), topics.end());
    std::string text;
    for (const std::string_view topic : sorted) {
      if (!text.empty()) text += ", ";
      text += std::string(topic) + "=" + std::to_string(count_of(topic));
    }
    return {"Following topics do not have the same number of partitions: [{" + text + "}]"};
  }

  static Names in_table_order(const Names& topics) {
    JavaHashSet<std::string_view> table;
    for (const std::string_view topic : topics)
      table.add(topic);
    return table.keys();
  }

  /// Of a source or repartition topic: as the cluster has it, else as decided.
  std::int32_t count_of(std::string_view topic) const {
    if (const auto count = cluster_count_of_(topic)) return *count;
    const auto decided = counts_.find(topic);
    return decided == counts_.end() ? 0 : decided->second;
  }

  std::int32_t most_of(const Names& topics) const {
    std::int32_t most = count_of(topics.front());
    for (const std::string_view topic : topics)
      most = std::max(most, count_of(topic));
    return most;
  }

  const Subtopologies& subtopologies_;
  const PartitionCountOf& cluster_count_of_;
  PartitionCounts counts_;
  std::set<std::string_view> fixed_;
};

}  // namespace

Result<std::vector<CopartitionedTopics>> copartitioned_topics(const Subtopologies& subtopologies) {
  JavaHashMap<std::string_view, const Subtopology*> table;
  for (const Subtopology* subtopology : subtopologies)
    table.put(subtopology->id, subtopology);
  std::vector<CopartitionedTopics> groups;
  std::optional<Error> error;
  table.for_each([&](std::string_view, const Subtopology* subtopology) {
    for (const CopartitionGroup& group : subtopology->copartition_groups) {
      auto topics = topics_of(*subtopology, group);
      if (topics) {
        groups.push_back(*std::move(topics));
      } else {
        error = std::move(topics).error();
      }
    }
  });
  if (error) return fail(*std::move(error));
  return groups;
}

Result<std::variant<PartitionCounts, PartitionMismatch>> decide_partition_counts(
    const Subtopologies& subtopologies, const std::vector<CopartitionedTopics>& groups,
    const PartitionCountOf& count_of) {
  Decision decision(subtopologies, count_of);
  if (auto done = decision.repartition(); !done) return fail(std::move(done).error());
  for (const CopartitionedTopics& group : groups) {
    if (auto mismatch = decision.copartition(group)) return *std::move(mismatch);
  }
  if (auto done = decision.changelogs(); !done) return fail(std::move(done).error());
  return decision.take();
}

}  // namespace moldau::coordinator
