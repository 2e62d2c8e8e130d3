#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <random>
#include <string>
#include <utility>
#include <vector>

#include <doctest/doctest.h>

#include "metadata/activation.h"
#include "metadata/broker_lifecycle.h"
#include "metadata/decision.h"
#include "metadata/image_loader.h"
#include "metadata/image_records.h"
#include "metadata/record_writer.h"
#include "metadata/topic_decisions.h"

namespace moldau::metadata {

/// Configs as far as tests need them: two that decide, one list, the rest defaults.
class TestConfigRules : public ConfigRules {
 public:
  Result<void> validate(const ConfigResource&, const ConfigLayers&, const Configs&,
                        const Configs& altered) const override {
    if (altered.contains("no.such.config")) {
      return fail(ErrorCode::kInvalidConfig, "Unknown topic config name: no.such.config");
    }
    return {};
  }
  std::optional<std::string> list_default(const ConfigResource&, std::string_view name) const override {
    return name == "cleanup.policy" ? std::optional<std::string>("delete") : std::nullopt;
  }
  std::string effective_value(std::string_view name, const ConfigLayers& layers) const override {
    for (const Configs* layer : {layers.topic, layers.node, layers.cluster}) {
      if (layer == nullptr) continue;
      if (const auto found = layer->find(name); found != layer->end()) return found->second;
    }
    return name == "min.insync.replicas" ? "1" : "false";
  }
  std::vector<EffectiveConfig> effective_configs(const ConfigLayers& layers) const override {
    std::vector<EffectiveConfig> configs;
    for (const auto& [name, value] : *layers.topic)
      configs.push_back({.name = name, .value = value, .source = 1});
    return configs;
  }
};

/// One controller with everything it decides on; records are applied as soon as they are decided.
struct World {
  ControllerSettings settings{.node_id = BrokerId(1), .cluster_id = "cluster"};
  TestConfigRules configs;
  ImageLoader loader;
  BrokerSessions sessions{std::chrono::seconds(9)};
  Instant now;
  RandomBits random = [engine = std::mt19937_64(1)]() mutable { return engine(); };
  std::int64_t next_offset = 1;  ///< Offset 0 is the leader's.
  std::int16_t kraft_version = 1;
  std::vector<Bytes> log;

  const Image& image() const { return loader.working(); }

  DecisionContext context() {
    return {.settings = settings,
            .configs = configs,
            .image = loader.working(),
            .sessions = sessions,
            .now = now,
            .random = random,
            .next_offset = next_offset,
            .kraft_version = kraft_version};
  }

  void apply(const std::vector<Bytes>& records) {
    for (const Bytes& record : records) {
      const auto applied = loader.apply(record, next_offset++);
      if (!applied) FAIL(applied.error().message);
      log.push_back(record);
    }
    loader.finish_batch(next_offset - 1, 1, 0);
    follow_image(loader.working(), loader.take_delta().brokers, sessions);
  }

  /// Applies what was decided and returns the answer.
  template <class Response>
  Response commit(Result<Decision<Response>> decision) {
    if (!decision) FAIL(decision.error().message);
    apply(decision->records);
    return std::move(decision->response);
  }

  void activate() {
    const auto version = MetadataVersion::latest_production();
    const auto bootstrap = BootstrapMetadata::from_levels(version, default_feature_levels(version));
    commit(activation_records(loader, bootstrap, settings));
    begin_sessions(image(), now, sessions);
  }

  std::int64_t register_node(std::int32_t id, Uuid incarnation, std::int64_t previous_epoch = -1) {
    protocol::BrokerRegistrationRequest request;
    request.broker_id = BrokerId(id);
    request.cluster_id = "cluster";
    request.incarnation_id = incarnation;
    request.log_dirs = {Uuid(1000, static_cast<std::uint64_t>(id))};
    request.previous_broker_epoch = previous_epoch;
    auto& listener = request.listeners.emplace_back();
    listener.name = "PLAINTEXT";
    listener.host = "host";
    listener.port = 9092;
    for (const auto& [name, levels] :
         std::map<std::string_view, LevelRange>{{"metadata.version", {7, 30}},
                                                {"kraft.version", {0, 1}},
                                                {"group.version", {0, 1}},
                                                {"share.version", {0, 1}},
                                                {"streams.version", {0, 1}},
                                                {"transaction.version", {0, 2}},
                                                {"eligible.leader.replicas.version", {0, 1}}}) {
      auto& feature = request.features.emplace_back();
      feature.name = name;
      feature.min_supported_version = levels.min;
      feature.max_supported_version = levels.max;
    }
    return commit(register_broker(request, 4, context())).broker_epoch;
  }

  protocol::BrokerHeartbeatRequest beat(std::int32_t id) const {
    protocol::BrokerHeartbeatRequest request;
    request.broker_id = BrokerId(id);
    request.broker_epoch = image().broker(BrokerId(id))->epoch;
    request.current_metadata_offset = next_offset - 1;
    return request;
  }

  /// A cluster of one broker, unfenced.
  void start() {
    activate();
    register_node(1, Uuid(1, 1));
    commit(heartbeat(beat(1), context()));
  }

  /// A cluster of brokers 1 to `count`, all unfenced.
  void start_brokers(std::int32_t count) {
    start();
    for (std::int32_t id = 2; id <= count; ++id) {
      register_node(id, Uuid(1, static_cast<std::uint64_t>(id)));
      commit(heartbeat(beat(id), context()));
    }
  }

  /// The broker asks to be fenced.
  void fence(std::int32_t id) {
    auto request = beat(id);
    request.want_fence = true;
    commit(heartbeat(request, context()));
  }

  void set_config(std::string_view topic, std::string_view name, std::string_view value) {
    apply({write::config(topic_resource(topic), name, value)});
  }

  /// A topic with those replicas for its partitions.
  void create_topic(std::string_view name, const std::vector<Replicas>& assignments) {
    protocol::CreateTopicsRequest request;
    auto& topic = request.topics.emplace_back();
    topic.name = TopicName(name);
    topic.num_partitions = -1;
    topic.replication_factor = -1;
    for (const Replicas& replicas : assignments) {
      auto& assignment = topic.assignments.emplace_back();
      assignment.partition_index = static_cast<std::int32_t>(topic.assignments.size()) - 1;
      assignment.broker_ids = replicas;
    }
    const auto created = commit(create_topics(request, TopicRights{}, context()));
    REQUIRE(created.at(0).error == ErrorCode::kNone);
  }

  void create_topic(std::string_view name, std::int32_t partitions) {
    protocol::CreateTopicsRequest request;
    auto& topic = request.topics.emplace_back();
    topic.name = TopicName(name);
    topic.num_partitions = partitions;
    topic.replication_factor = 1;
    commit(create_topics(request, TopicRights{}, context()));
  }
};

}  // namespace moldau::metadata
