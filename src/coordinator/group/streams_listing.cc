#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "coordinator/group/streams_groups.h"

/// How streams groups are described.
namespace moldau::coordinator {
namespace {

using Described = protocol::StreamsGroupDescribeResponse::DescribedGroup;
using protocol::StreamsGroupDescribeResponse;
using TopicInfo = StreamsGroupDescribeResponse::TopicInfo;

template <class Configs>
TopicInfo describe_topic(std::string_view name, std::int32_t partitions, std::int16_t replication_factor,
                         const Configs& configs, Reply<Described>& reply) {
  TopicInfo info;
  info.name = TopicName(reply.keep(std::string(name)));
  info.partitions = partitions;
  info.replication_factor = replication_factor;
  for (const auto& [key, value] : configs)
    info.topic_configs.push_back({.key = reply.keep(key), .value = reply.keep(value), .unknown_tags = {}});
  return info;
}

std::vector<TopicInfo> describe_topics(const std::vector<InternalTopic>& topics, Reply<Described>& reply) {
  std::vector<TopicInfo> infos;
  for (const InternalTopic& topic : topics) {
    infos.push_back(
        describe_topic(topic.name, topic.partition_count, topic.replication_factor, topic.configs, reply));
  }
  std::ranges::sort(infos, {}, [](const TopicInfo& info) { return info.name.value(); });
  return infos;
}

std::vector<TopicInfo> describe_topics(const ConfiguredSubtopology::InternalTopics& topics,
                                       Reply<Described>& reply) {
  std::vector<TopicInfo> infos;
  for (const auto& [name, topic] : topics)
    infos.push_back(
        describe_topic(name, topic.partition_count, topic.replication_factor, topic.configs, reply));
  return infos;
}

template <class Names>
std::vector<TopicName> sorted_names(const Names& names, Reply<Described>& reply) {
  std::vector<TopicName> sorted;
  for (const std::string& name : names)
    sorted.emplace_back(reply.keep(name));
  std::ranges::sort(sorted, {}, [](const TopicName& name) { return name.value(); });
  return sorted;
}

/// As the members have told of it.
StreamsGroupDescribeResponse::Topology describe_topology(const StreamsTopology& topology,
                                                         Reply<Described>& reply) {
  StreamsGroupDescribeResponse::Topology described;
  described.epoch = topology.epoch;
  auto& all = described.subtopologies.emplace();
  for (const Subtopology& subtopology : topology.subtopologies) {
    auto& one = all.emplace_back();
    one.subtopology_id = reply.keep(subtopology.id);
    one.source_topics = sorted_names(subtopology.source_topics, reply);
    one.repartition_sink_topics = sorted_names(subtopology.repartition_sink_topics, reply);
    one.state_changelog_topics = describe_topics(subtopology.state_changelog_topics, reply);
    one.repartition_source_topics = describe_topics(subtopology.repartition_source_topics, reply);
  }
  std::ranges::sort(all, {}, &StreamsGroupDescribeResponse::Subtopology::subtopology_id);
  return described;
}

/// As it fits the cluster's topics.
StreamsGroupDescribeResponse::Topology describe_topology(const ConfiguredTopology& topology,
                                                         Reply<Described>& reply) {
  StreamsGroupDescribeResponse::Topology described;
  described.epoch = topology.epoch;
  auto& all = described.subtopologies.emplace();
  if (!topology.subtopologies) return described;
  for (const auto& [id, subtopology] : *topology.subtopologies) {
    auto& one = all.emplace_back();
    one.subtopology_id = reply.keep(id);
    one.source_topics = sorted_names(subtopology.source_topics, reply);
    one.repartition_sink_topics = sorted_names(subtopology.repartition_sink_topics, reply);
    one.state_changelog_topics = describe_topics(subtopology.state_changelog_topics, reply);
    one.repartition_source_topics = describe_topics(subtopology.repartition_source_topics, reply);
  }
  return described;
}

std::vector<StreamsGroupDescribeResponse::TaskIds> describe_tasks(const TaskSets& tasks,
                                                                  Reply<Described>& reply) {
  std::vector<StreamsGroupDescribeResponse::TaskIds> all;
  for (const auto& [subtopology, partitions] : tasks) {
    auto& ids = all.emplace_back();
    ids.subtopology_id = reply.keep(subtopology);
    ids.partitions.assign(partitions.begin(), partitions.end());
  }
  return all;
}

TaskSets without_epochs(const TaskEpochs& tasks) {
  TaskSets sets;
  for (const auto& [subtopology, partitions] : tasks) {
    auto& set = sets[subtopology];
    for (const auto& [partition, epoch] : partitions)
      set.insert(partition);
  }
  return sets;
}

StreamsGroupDescribeResponse::Member describe_member(const StreamsMember& member, const Tasks& target,
                                                     Reply<Described>& reply) {
  const StreamsMemberMetadata& metadata = member.metadata;
  StreamsGroupDescribeResponse::Member described;
  described.member_id = reply.keep(member.id);
  described.member_epoch = member.current.epoch;
  if (metadata.instance_id) described.instance_id = reply.keep(*metadata.instance_id);
  if (metadata.rack_id) described.rack_id = reply.keep(*metadata.rack_id);
  described.client_id = reply.keep(metadata.client_id);
  described.client_host = reply.keep(metadata.client_host);
  described.topology_epoch = metadata.topology_epoch;
  described.process_id = reply.keep(metadata.process_id);
  if (metadata.user_endpoint) {
    auto& endpoint = described.user_endpoint.emplace();
    endpoint.host = reply.keep(metadata.user_endpoint->host);
    endpoint.port = metadata.user_endpoint->port;
  }
  for (const auto& [key, value] : metadata.client_tags)
    described.client_tags.push_back({.key = reply.keep(key), .value = reply.keep(value), .unknown_tags = {}});
  const AssignedTasks& assigned = member.current.assigned;
  described.assignment.active_tasks = describe_tasks(without_epochs(assigned.active), reply);
  described.assignment.standby_tasks = describe_tasks(assigned.standby, reply);
  described.assignment.warmup_tasks = describe_tasks(assigned.warmup, reply);
  described.target_assignment.active_tasks = describe_tasks(target.active, reply);
  described.target_assignment.standby_tasks = describe_tasks(target.standby, reply);
  described.target_assignment.warmup_tasks = describe_tasks(target.warmup, reply);
  return described;
}

}  // namespace

Reply<Described> describe_streams_group(const GroupStore& store, std::string_view group_id) {
  const StreamsGroup* group = store.streams(group_id, store.committed());
  if (group == nullptr) return describe_none<Described>(store, group_id, GroupType::kStreams);
  Reply<Described> reply;
  reply.message.group_id = GroupId(group_id);
  reply.message.group_state = state_name(group->state());
  reply.message.group_epoch = group->epoch();
  reply.message.assignment_epoch = group->target_epoch();
  const auto configured = store.streams_notes_of(group_id).configured;
  if (configured && configured->is_ready()) {
    reply.message.topology = describe_topology(*configured, reply);
  } else if (group->topology() != nullptr) {
    reply.message.topology = describe_topology(*group->topology(), reply);
  }
  visit_as_described(group->members(), [&](std::string_view id, const StreamsMember& member) {
    reply.message.members.push_back(describe_member(member, group->target(id), reply));
  });
  return reply;
}

}  // namespace moldau::coordinator
