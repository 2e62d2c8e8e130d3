#include "tests/streams_groups/life.h"

namespace moldau::testing {

void StreamsLife::make_topology() {
  topology_.epoch = chance_.below(3);
  const int count = 1 + chance_.below(5);
  const bool has_odd_ids = chance_.one_in(3);
  for (int i = 0; i < count; ++i) {
    repartition_.push_back(name("repartition"));
    repartition_counts_.push_back(chance_.one_in(3) ? some_partitions() : 0);
  }
  for (int i = 0; i < count; ++i) {
    const std::string_view id = keep(has_odd_ids ? name("s") : std::to_string(i * (1 + i)));
    topology_.subtopologies.push_back(make_subtopology(i, count, id));
  }
}

StreamsLife::Request::Subtopology StreamsLife::make_subtopology(int place, int count, std::string_view id) {
  Request::Subtopology subtopology;
  subtopology.subtopology_id = id;
  for (const std::string& topic : external_) {
    if (chance_.one_in(2)) subtopology.source_topics.emplace_back(topic);
  }
  for (int i = 0; i < count; ++i) {
    const bool is_source = is_wild_ ? chance_.one_in(4) : i < place && chance_.one_in(2);
    if (!is_source) continue;
    const auto which = static_cast<std::size_t>(i);
    const int partitions = is_wild_ && chance_.one_in(6) ? chance_.below(4) : repartition_counts_[which];
    subtopology.repartition_source_topics.push_back(internal(repartition_[which], partitions));
  }
  if (!is_wild_ && subtopology.source_topics.empty() && subtopology.repartition_source_topics.empty())
    subtopology.source_topics.emplace_back(external_.front());
  for (int i = 0; i < count; ++i) {
    if (is_wild_ ? chance_.one_in(3) : i == place)
      subtopology.repartition_sink_topics.emplace_back(repartition_[static_cast<std::size_t>(i)]);
  }
  const int changelogs = chance_.below(3);
  for (int i = 0; i < changelogs; ++i) {
    const std::string_view topic = keep(name("changelog"));
    subtopology.state_changelog_topics.push_back(internal(topic, is_wild_ && chance_.one_in(30) ? 3 : 0));
  }
  if (chance_.one_in(2)) copartition(subtopology);
  return subtopology;
}

void StreamsLife::copartition(Request::Subtopology& subtopology) {
  Request::CopartitionGroup group;
  const bool is_all = chance_.one_in(6);
  for (std::size_t i = 0; i < subtopology.source_topics.size(); ++i) {
    if (is_all || chance_.one_in(4)) group.source_topics.push_back(static_cast<std::int16_t>(i));
  }
  for (std::size_t i = 0; i < subtopology.repartition_source_topics.size(); ++i) {
    if (!chance_.one_in(3)) group.repartition_source_topics.push_back(static_cast<std::int16_t>(i));
  }
  if (is_wild_ && chance_.one_in(20)) {
    const int outside = static_cast<int>(subtopology.source_topics.size()) - chance_.below(2);
    group.source_topics.push_back(static_cast<std::int16_t>(outside));
  }
  subtopology.copartition_groups.push_back(std::move(group));
}

StreamsLife::Request::TopicInfo StreamsLife::internal(std::string_view name, std::int32_t partitions) {
  Request::TopicInfo topic;
  topic.name = TopicName(name);
  topic.partitions = partitions;
  topic.replication_factor = static_cast<std::int16_t>(chance_.below(3));
  const int configs = chance_.below(4);
  for (int i = 0; i < configs; ++i) {
    const int number = is_wild_ && chance_.one_in(12) ? 0 : i;
    auto& config = topic.topic_configs.emplace_back();
    config.key = keep("config." + std::to_string(number) + "." + std::to_string(configs));
    config.value = keep(std::to_string(chance_.below(100)));
  }
  return topic;
}

}  // namespace moldau::testing
