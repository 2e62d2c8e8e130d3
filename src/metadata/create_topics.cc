#include <algorithm>
#include <map>
#include <set>
#include <utility>

#include "metadata/new_partitions.h"
#include "metadata/record_limit.h"
#include "metadata/record_writer.h"
#include "metadata/topic_decisions.h"

namespace moldau::metadata {
namespace {

using CreatableTopic = protocol::CreateTopicsRequest::CreatableTopic;

constexpr std::string_view kClusterMetadataTopic = "__cluster_metadata";

/// New partitions by id.
using Layout = std::map<std::int32_t, Partition>;

Result<Layout> manual_layout(const CreatableTopic& topic, const DecisionContext& context) {
  if (topic.replication_factor != -1) {
    return fail(ErrorCode::kInvalidRequest,
                "A manual partition assignment was specified, but replication factor was not set to -1.");
  }
  if (topic.num_partitions != -1) {
    return fail(ErrorCode::kInvalidRequest,
                "A manual partition assignment was specified, but numPartitions was not set to -1.");
  }
  Layout layout;
  std::optional<std::size_t> replication_factor;
  for (const auto& assignment : topic.assignments) {
    if (layout.contains(assignment.partition_index)) {
      return bad_assignment("Found multiple manual partition assignments for partition " +
                            std::to_string(assignment.partition_index));
    }
    auto checked = check_assignment(assignment.broker_ids, replication_factor, context.image);
    if (!checked) return fail(std::move(checked).error());
    replication_factor = assignment.broker_ids.size();
    auto partition = make_partition(assignment.broker_ids, context);
    if (!partition) return no_active_replica(assignment.partition_index);
    layout.emplace(assignment.partition_index, std::move(*partition));
  }
  const bool is_consecutive =
      layout.begin()->first == 0 && layout.rbegin()->first == static_cast<std::int32_t>(layout.size()) - 1;
  if (!is_consecutive) return bad_assignment("partitions should be a consecutive 0-based integer sequence");
  return layout;
}

Result<Layout> placed_layout(const CreatableTopic& topic, const DecisionContext& context) {
  if (topic.replication_factor < -1 || topic.replication_factor == 0) {
    return fail(ErrorCode::kInvalidReplicationFactor,
                "Replication factor must be larger than 0, or -1 to use the default value.");
  }
  if (topic.num_partitions < -1 || topic.num_partitions == 0) {
    return fail(ErrorCode::kInvalidPartitions,
                "Number of partitions was set to an invalid non-positive value.");
  }
  const auto& settings = context.settings;
  const std::int32_t count = topic.num_partitions == -1 ? settings.default_partitions : topic.num_partitions;
  const std::int16_t factor =
      topic.replication_factor == -1 ? settings.default_replication_factor : topic.replication_factor;
  const auto replicas = choose_replicas(count, factor, context);
  if (!replicas) return cannot_replicate(static_cast<std::size_t>(factor), replicas.error().message);
  auto placed = make_partitions(*replicas, context);
  if (!placed) return fail(std::move(placed).error());
  Layout layout;
  for (std::int32_t id = 0; id < count; ++id) {
    layout.emplace(id, std::move((*placed)[static_cast<std::size_t>(id)]));
  }
  return layout;
}

/// The topic's configs by name, the last of several with one name; INVALID_CONFIG for nulls and invalid
/// values.
Result<Configs> checked_configs(const CreatableTopic& topic, const DecisionContext& context) {
  Configs configs;
  std::string nulls;
  for (const auto& config : topic.configs) {
    if (config.value) {
      configs.insert_or_assign(std::string(config.name), std::string(*config.value));
    } else {
      nulls.append(nulls.empty() ? "" : ",").append(config.name);
    }
  }
  if (!nulls.empty()) {
    return fail(ErrorCode::kInvalidConfig, "Null value not supported for topic configs: " + nulls);
  }
  const bool has_huge_value = std::ranges::any_of(
      configs, [](const auto& config) { return config.second.size() > kMaxConfigValueLength; });
  if (has_huge_value) {
    return fail(ErrorCode::kInvalidConfig,
                "The configuration value cannot be added because it exceeds the "
                "maximum value size of 32767 bytes.");
  }
  if (configs.empty()) return configs;
  auto valid =
      context.configs.validate(topic_resource(topic.name.value()), layers_below(context), {}, configs);
  if (!valid) return fail(std::move(valid).error());
  return configs;
}

Result<void> check_name(std::string_view name, const Image& image) {
  if (auto checked = check_topic_name(name); !checked) return checked;
  if (image.topic(name) != nullptr) {
    return fail(ErrorCode::kTopicAlreadyExists, "Topic '" + std::string(name) + "' already exists.");
  }
  if (!has_collision_chars(name)) return {};
  if (const auto* colliding = image.folded_names.find(fold_collision_chars(name))) {
    return fail(ErrorCode::kInvalidTopicException,
                "Topic '" + std::string(name) + "' collides with existing topic: " + *colliding->begin());
  }
  return {};
}

std::int64_t count_partitions(const protocol::CreateTopicsRequest& request, std::int32_t default_partitions) {
  std::int64_t total = 0;
  for (const CreatableTopic& topic : request.topics) {
    if (!topic.assignments.empty()) {
      total += static_cast<std::int64_t>(topic.assignments.size());
    } else if (topic.num_partitions == -1) {
      total += default_partitions;
    } else {
      total += std::max(topic.num_partitions, 0);
    }
  }
  return total;
}

void append_topic_records(const CreatedTopic& created, const Configs& configs, const Layout& layout,
                          const DecisionContext& context, std::vector<Bytes>& records) {
  const bool elr_enabled = context.image.is_elr_enabled();
  records.push_back(write::topic(created.name, created.topic_id));
  for (const auto& [name, value] : configs) {
    records.push_back(write::config(topic_resource(created.name), name, value));
  }
  if (elr_enabled && configs.contains("min.insync.replicas"))
    records.push_back(write::clear_elr(created.name));
  for (const auto& [id, partition] : layout) {
    records.push_back(
        write::partition(created.topic_id, id, partition, finalized_version(context), elr_enabled));
  }
}

Result<CreatedTopic> create_topic(const CreatableTopic& topic, const TopicRights& rights,
                                  const DecisionContext& context, std::vector<Bytes>& records) {
  const std::string_view name = topic.name.value();
  if (auto checked = check_name(name, context.image); !checked) return fail(std::move(checked).error());
  const auto configs = checked_configs(topic, context);
  if (!configs) return fail(configs.error());
  const auto layout =
      topic.assignments.empty() ? placed_layout(topic, context) : manual_layout(topic, context);
  if (!layout) return fail(layout.error());

  CreatedTopic created{.name = std::string(name), .topic_id = random_uuid(context.random)};
  if (rights.may_describe_configs(name)) {
    ConfigLayers layers = layers_of(context, name);
    layers.topic = &*configs;
    created.configs = context.configs.effective_configs(layers);
    created.partition_count = static_cast<std::int32_t>(layout->size());
    created.replication_factor = static_cast<std::int16_t>(layout->begin()->second.replicas.size());
  } else {
    created.config_error = ErrorCode::kTopicAuthorizationFailed;
  }
  append_topic_records(created, *configs, *layout, context, records);
  return created;
}

CreatedTopic refused(std::string_view name, ErrorCode error, std::string message) {
  return {.name = std::string(name), .error = error, .error_message = std::move(message)};
}

}  // namespace

Result<Decision<std::vector<CreatedTopic>>> create_topics(const protocol::CreateTopicsRequest& request,
                                                          const TopicRights& rights,
                                                          const DecisionContext& context) {
  if (count_partitions(request, context.settings.default_partitions) > kMaxPartitionsPerRequest) {
    return fail(ErrorCode::kPolicyViolation, "Excessively large number of partitions per request.");
  }
  std::map<std::string_view, int> times_named;
  for (const CreatableTopic& topic : request.topics)
    ++times_named[topic.name.value()];

  Decision<std::vector<CreatedTopic>> decision{.records = {}, .response = {}, .is_atomic = true};
  std::vector<CreatedTopic> refusals;
  for (const CreatableTopic& topic : request.topics) {
    const std::string_view name = topic.name.value();
    int& times = times_named[name];
    if (times > 1) {
      refusals.push_back(refused(name, ErrorCode::kInvalidRequest, "Duplicate topic name."));
      times = 0;
    } else if (times == 1 && name == kClusterMetadataTopic) {
      refusals.push_back(refused(name, ErrorCode::kInvalidRequest,
                                 "Creation of internal topic __cluster_metadata is prohibited."));
    } else if (times == 1 && !rights.may_create(name)) {
      refusals.push_back(refused(name, ErrorCode::kTopicAuthorizationFailed, "Authorization failed."));
    } else if (times == 1) {
      auto created = create_topic(topic, rights, context, decision.records);
      decision.response.push_back(created ? std::move(*created)
                                          : refused(name, created.error().code, created.error().message));
    }
  }
  std::ranges::move(refusals, std::back_inserter(decision.response));
  if (auto few = check_record_count(decision.records); !few) return fail(std::move(few).error());
  if (request.validate_only) decision.records.clear();
  return decision;
}

}  // namespace moldau::metadata
