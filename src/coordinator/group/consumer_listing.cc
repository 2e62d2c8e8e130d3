#include <algorithm>
#include <map>
#include <set>
#include <string>
#include <utility>

#include "coordinator/group/group_coordinator.h"

namespace moldau::coordinator {
namespace {

using Described = protocol::ConsumerGroupDescribeResponse::DescribedGroup;
using Topics = std::map<Uuid, std::set<std::int32_t>>;

constexpr std::int8_t kClassicMember = 0;
constexpr std::int8_t kConsumerMember = 1;

void add(Topics& topics, const AssignedPartitions& partitions) {
  for (const auto& [topic_id, of_topic] : partitions) {
    for (const auto& [partition, epoch] : of_topic)
      topics[topic_id].insert(partition);
  }
}

/// Topics that are gone are left out.
protocol::ConsumerGroupDescribeResponse::Assignment describe(const Topics& topics, const TopicsView& view,
                                                             Reply<Described>& reply) {
  protocol::ConsumerGroupDescribeResponse::Assignment assignment;
  for (const auto& [topic_id, partitions] : topics) {
    const auto name = view.name_of(topic_id);
    if (!name) continue;
    auto& topic = assignment.topic_partitions.emplace_back();
    topic.topic_id = topic_id;
    topic.topic_name = TopicName(reply.keep(std::string(*name)));
    topic.partitions.assign(partitions.begin(), partitions.end());
  }
  return assignment;
}

protocol::ConsumerGroupDescribeResponse::Member describe(const ConsumerMember& member,
                                                         const MemberAssignment& target,
                                                         const TopicsView& view, Reply<Described>& reply) {
  const MemberSubscription& subscription = member.subscription;
  protocol::ConsumerGroupDescribeResponse::Member described;
  described.member_id = reply.keep(member.id);
  if (subscription.instance_id) described.instance_id = reply.keep(*subscription.instance_id);
  if (subscription.rack_id) described.rack_id = reply.keep(*subscription.rack_id);
  described.member_epoch = member.current.epoch;
  described.client_id = reply.keep(subscription.client_id);
  described.client_host = reply.keep(subscription.client_host);
  for (const std::string& topic : subscription.topics)
    described.subscribed_topic_names.emplace_back(reply.keep(topic));
  if (subscription.regex) described.subscribed_topic_regex = reply.keep(*subscription.regex);
  Topics has;
  add(has, member.current.assigned);
  add(has, member.current.pending_revocation);
  described.assignment = describe(has, view, reply);
  Topics wanted;
  for (const TopicAssignment& topic : target)
    wanted[topic.topic_id].insert(topic.partitions.begin(), topic.partitions.end());
  described.target_assignment = describe(wanted, view, reply);
  described.member_type = member.is_classic() ? kClassicMember : kConsumerMember;
  return described;
}

}  // namespace

Reply<Described> GroupCoordinator::describe_consumer_group(std::string_view group_id) const {
  const auto* found = store_.consumer(group_id, store_.committed());
  if (found == nullptr) return describe_none<Described>(store_, group_id, GroupType::kConsumer);
  Reply<Described> reply;
  reply.message.group_id = GroupId(group_id);
  const ConsumerGroup& group = *found;
  reply.message.group_state = state_name(group.state());
  reply.message.group_epoch = group.epoch();
  reply.message.assignment_epoch = group.target_epoch();
  reply.message.assignor_name = reply.keep(std::string(
      group.preferred_assignor().value_or(store_.config().consumer_settings_of(group_id).default_assignor)));
  visit_as_described(group.members(), [&](std::string_view id, const ConsumerMember& member) {
    reply.message.members.push_back(describe(member, group.target(id), store_.topics(), reply));
  });
  return reply;
}

}  // namespace moldau::coordinator
