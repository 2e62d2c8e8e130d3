#include "tools/topics.h"

#include <algorithm>
#include <optional>
#include <utility>
#include <vector>

#include "base/uuid.h"
#include "protocol/messages/create_partitions_request.h"
#include "protocol/messages/create_partitions_response.h"
#include "protocol/messages/create_topics_request.h"
#include "protocol/messages/create_topics_response.h"
#include "protocol/messages/delete_topics_request.h"
#include "protocol/messages/delete_topics_response.h"
#include "tools/topic_filter.h"
#include "tools/topic_queries.h"
#include "tools/topic_report.h"

namespace moldau::tools {
namespace {

using Action = TopicsCommand::Action;
using Topics = std::vector<ListedTopic>;

/// How long the controller may take.
constexpr std::int32_t kTimeoutMs = 30000;

std::unexpected<Error> refused(std::string why) {
  return fail(ErrorCode::kInvalidRequest, std::move(why));
}

/// What the broker says of the first of the results that is none.
template <class Results>
Result<void> first_failure(const Results& results) {
  for (const auto& result : results) {
    if (result.error_code == ErrorCode::kNone) continue;
    return fail(result.error_code, words_of(result.error_code, result.error_message));
  }
  return {};
}

std::vector<std::string> names_of(const Topics& topics) {
  std::vector<std::string> names;
  for (const ListedTopic& topic : topics)
    names.push_back(topic.name);
  return names;
}

/// The topics that --topic and --exclude-internal leave.
Result<Topics> matching_topics(const Flags& flags, Admin& admin) {
  auto topics = list_topics(admin);
  if (!topics) return topics;
  auto expression = flags.one("topic");
  if (!expression) return fail(std::move(expression).error());
  if (*expression) {
    const auto filter = TopicFilter::parse(**expression);
    if (!filter) return fail(filter.error());
    std::erase_if(*topics, [&](const ListedTopic& topic) { return !filter->matches(topic.name); });
  }
  if (flags.has("exclude-internal"))
    std::erase_if(*topics, [](const ListedTopic& topic) { return topic.is_internal; });
  return topics;
}

/// The topics of `matching_topics`, of which there has to be one unless --if-exists is given.
Result<Topics> existing_topics(const Flags& flags, Admin& admin) {
  auto topics = matching_topics(flags, admin);
  if (!topics || !topics->empty() || flags.has("if-exists")) return topics;
  const std::string name = flags.all("topic").empty() ? "" : flags.all("topic").front();
  if (name.empty()) return topics;
  return refused("Topic '" + name + "' does not exist as expected");
}

Result<Topics> topics_to_describe(const Flags& flags, Admin& admin) {
  auto text = flags.one("topic-id");
  if (!text) return fail(std::move(text).error());
  if (!*text) return existing_topics(flags, admin);
  const auto id = Uuid::parse(**text);
  if (!id) return fail(id.error());
  auto topics = list_topics(admin);
  if (!topics) return topics;
  std::erase_if(*topics, [&](const ListedTopic& topic) { return topic.id != *id; });
  if (topics->empty() && !flags.has("if-exists")) {
    return refused("TopicId '" + **text + "' does not exist as expected");
  }
  return topics;
}

Result<void> list(const Flags& flags, Admin& admin, std::ostream& out) {
  const auto topics = matching_topics(flags, admin);
  if (!topics) return fail(topics.error());
  for (const ListedTopic& topic : *topics)
    out << topic.name << '\n';
  // A list without entries is a line without text.
  if (topics->empty()) out << '\n';
  return {};
}

Result<void> describe(const Flags& flags, Admin& admin, std::ostream& out) {
  const auto topics = topics_to_describe(flags, admin);
  if (!topics) return fail(topics.error());
  const auto limit = partition_limit(flags);
  if (!limit) return fail(limit.error());
  const auto described = describe_topics(admin, names_of(*topics), *limit);
  if (!described) return fail(described.error());
  print_topics(*described, TopicReport::of(flags), out);
  return {};
}

protocol::CreateTopicsRequest::CreatableTopic request_of(const NewTopic& topic) {
  protocol::CreateTopicsRequest::CreatableTopic request{
      .name = TopicName(topic.name),
      .num_partitions = topic.assignments.empty() ? topic.partitions.value_or(-1) : -1,
      .replication_factor =
          topic.assignments.empty() ? topic.replication_factor.value_or(-1) : std::int16_t{-1},
      .assignments = {},
      .configs = {},
      .unknown_tags = {}};
  for (const auto& [partition, replicas] : topic.assignments) {
    std::vector<BrokerId> ids;
    for (const std::int32_t id : replicas)
      ids.emplace_back(id);
    request.assignments.push_back(
        {.partition_index = partition, .broker_ids = std::move(ids), .unknown_tags = {}});
  }
  for (const auto& [name, value] : topic.configs)
    request.configs.push_back({.name = name, .value = value, .unknown_tags = {}});
  return request;
}

Result<void> create(const Flags& flags, Admin& admin, std::ostream& out) {
  const auto topic = NewTopic::parse(flags);
  if (!topic) return fail(topic.error());
  if (topic->name.find_first_of("._") != std::string::npos) {
    out << "WARNING: Due to limitations in metric names, topics with a period ('.') or underscore ('_') "
           "could "
           "collide. To avoid issues it is best to use either, but not both.\n";
  }
  if (topic->name.empty()) return refused("The given topic name '' cannot be represented in a request.");
  protocol::CreateTopicsRequest request;
  request.timeout_ms = kTimeoutMs;
  request.topics.push_back(request_of(*topic));
  const auto answer = admin.ask<protocol::CreateTopicsResponse>(request);
  if (!answer) return fail(answer.error());
  if (const auto created = first_failure((*answer)->topics); !created) {
    const bool is_there = created.error().code == ErrorCode::kTopicAlreadyExists;
    return is_there && flags.has("if-not-exists") ? Result<void>() : created;
  }
  out << "Created topic " << topic->name << ".\n";
  return {};
}

using PartitionsTopic = protocol::CreatePartitionsRequest::CreatePartitionsTopic;

/// The replicas of partitions that are there already are passed over.
Result<PartitionsTopic> growth_of(const DescribedTopic& topic, const Flags& flags, std::int32_t count) {
  PartitionsTopic growth;
  growth.name = TopicName(topic.name);
  growth.count = count;
  growth.assignments = std::nullopt;
  auto text = flags.one("replica-assignment");
  if (!text) return fail(std::move(text).error());
  if (!*text) return growth;
  const auto assignments = parse_assignments(**text);
  if (!assignments) return fail(assignments.error());
  growth.assignments.emplace();
  for (const auto& [partition, replicas] : *assignments) {
    if (partition < static_cast<std::int32_t>(topic.partitions.size())) continue;
    auto& assignment = growth.assignments->emplace_back();
    for (const std::int32_t id : replicas)
      assignment.broker_ids.emplace_back(id);
  }
  return growth;
}

Result<void> alter(const Flags& flags, Admin& admin) {
  const auto topics = existing_topics(flags, admin);
  if (!topics) return fail(topics.error());
  const auto count = partition_count(flags);
  if (!count) return fail(count.error());
  const auto described = describe_topics(admin, names_of(*topics), kPartitionsInAnswer);
  if (!described) return fail(described.error());
  protocol::CreatePartitionsRequest request;
  request.timeout_ms = kTimeoutMs;
  for (const DescribedTopic& topic : *described) {
    auto growth = growth_of(topic, flags, count->value_or(-1));
    if (!growth) return fail(std::move(growth).error());
    request.topics.push_back(*std::move(growth));
  }
  if (request.topics.empty()) return {};
  const auto answer = admin.ask<protocol::CreatePartitionsResponse>(request);
  if (!answer) return fail(answer.error());
  return first_failure((*answer)->results);
}

Result<void> remove(const Flags& flags, Admin& admin) {
  const auto topics = existing_topics(flags, admin);
  if (!topics) return fail(topics.error());
  if (topics->empty()) return {};
  protocol::DeleteTopicsRequest request;
  request.timeout_ms = kTimeoutMs;
  for (const ListedTopic& topic : *topics)
    request.topics.push_back({.name = TopicName(topic.name), .topic_id = {}, .unknown_tags = {}});
  const auto answer = admin.ask<protocol::DeleteTopicsResponse>(request);
  if (!answer) return fail(answer.error());
  return first_failure((*answer)->responses);
}

}  // namespace

Result<void> run_topics(const TopicsCommand& command, Admin& admin, std::ostream& out) {
  switch (command.action) {
    case Action::kList:
      return list(command.flags, admin, out);
    case Action::kCreate:
      return create(command.flags, admin, out);
    case Action::kDescribe:
      return describe(command.flags, admin, out);
    case Action::kAlter:
      return alter(command.flags, admin);
    case Action::kDelete:
      return remove(command.flags, admin);
    case Action::kHelp:
    case Action::kVersion:
      break;
  }
  return {};
}

std::string_view first_call_of(Action action) {
  return action == Action::kCreate ? "createTopics" : "listTopics";
}

}  // namespace moldau::tools
