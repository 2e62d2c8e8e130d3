#pragma once

#include <algorithm>
#include <initializer_list>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <doctest/doctest.h>

#include "harness.h"

namespace moldau::coordinator {

/// A cluster of some topics.
class FakeTopics final : public TopicsView {
 public:
  struct Topic {
    Uuid id;
    std::int32_t partitions = 0;
    std::vector<std::string> racks = {};  ///< of the replicas of each partition
  };

  FakeTopics(std::int64_t version, std::map<std::string, Topic, std::less<>> topics)
      : version_(version), topics_(std::move(topics)) {}

  std::int64_t version() const override { return version_; }
  std::optional<Uuid> id_of(std::string_view name) const override {
    const auto found = topics_.find(name);
    return found == topics_.end() ? std::nullopt : std::optional(found->second.id);
  }
  std::optional<std::string_view> name_of(const Uuid& id) const override {
    const auto found =
        std::ranges::find_if(topics_, [&](const auto& topic) { return topic.second.id == id; });
    return found == topics_.end() ? std::nullopt : std::optional<std::string_view>(found->first);
  }
  std::optional<std::int32_t> partition_count(const Uuid& id) const override {
    const auto name = name_of(id);
    return name ? std::optional(topics_.find(*name)->second.partitions) : std::nullopt;
  }
  std::vector<std::string_view> racks(const Uuid& id, std::int32_t) const override {
    const auto name = name_of(id);
    if (!name) return {};
    const auto& racks = topics_.find(*name)->second.racks;
    return {racks.begin(), racks.end()};
  }
  std::vector<std::string_view> names() const override {
    std::vector<std::string_view> names;
    for (const auto& [name, topic] : topics_)
      names.push_back(name);
    return names;
  }

 private:
  std::int64_t version_;
  std::map<std::string, Topic, std::less<>> topics_;
};

inline constexpr Uuid kTopic{7, 9};
inline constexpr Uuid kOther{8, 1};

/// A coordinator in a cluster with "topic" of four partitions and "other" of one. Targets are computed at
/// once.
class ConsumerHarness : public Harness {
 public:
  using Request = protocol::ConsumerGroupHeartbeatRequest;
  using Response = protocol::ConsumerGroupHeartbeatResponse;

  static GroupCoordinatorConfig at_once(GroupCoordinatorConfig config = {}) {
    config.initial_rebalance_delay_ms = 0;
    config.consumer_settings_of = [](std::string_view) {
      return ConsumerGroupSettings{.assignment_interval_ms = 0};
    };
    return config;
  }

  explicit ConsumerHarness(GroupCoordinatorConfig given = at_once()) : Harness(std::move(given)) {
    set_topics({{"topic", {.id = kTopic, .partitions = 4}}, {"other", {.id = kOther, .partitions = 1}}}, {});
  }

  void set_topics(std::map<std::string, FakeTopics::Topic, std::less<>> topics,
                  const std::vector<std::string>& changed, bool has_new = true) {
    coordinator.topics_changed(std::make_shared<const FakeTopics>(++version_, std::move(topics)), changed,
                               has_new);
  }

  Response heartbeat(const Request& request, std::int16_t version = 1) {
    return take(coordinator.consumer_heartbeat(context(version), request));
  }

  const ConsumerGroup& consumers(std::string_view id = "group") const {
    const ConsumerGroup* found = coordinator.store().consumer(id);
    REQUIRE(found != nullptr);
    return *found;
  }

 private:
  std::int64_t version_ = 0;
};

/// A heartbeat that says nothing new.
inline protocol::ConsumerGroupHeartbeatRequest heartbeat_of(std::string_view member, std::int32_t epoch) {
  protocol::ConsumerGroupHeartbeatRequest request;
  request.group_id = GroupId("group");
  request.member_id = member;
  request.member_epoch = epoch;
  return request;
}

/// The heartbeat of a member that joins, subscribed to "topic".
inline protocol::ConsumerGroupHeartbeatRequest joining(std::string_view member) {
  auto request = heartbeat_of(member, 0);
  request.rebalance_timeout_ms = 30'000;
  request.subscribed_topic_names = {{TopicName("topic")}};
  request.topic_partitions.emplace();
  return request;
}

/// A heartbeat that says which partitions of "topic" the member has.
inline protocol::ConsumerGroupHeartbeatRequest owning(std::string_view member, std::int32_t epoch,
                                                      std::vector<std::int32_t> partitions) {
  auto request = heartbeat_of(member, epoch);
  request.topic_partitions.emplace();
  if (!partitions.empty()) {
    auto& topic = request.topic_partitions->emplace_back();
    topic.topic_id = kTopic;
    topic.partitions = std::move(partitions);
  }
  return request;
}

using Partitions = std::vector<std::int32_t>;

/// The partitions of "topic" that an answer assigns; nullopt where it says nothing of the assignment.
inline std::optional<Partitions> assigned(const protocol::ConsumerGroupHeartbeatResponse& response,
                                          const Uuid& topic_id = kTopic) {
  if (!response.assignment) return std::nullopt;
  Partitions partitions;
  for (const auto& topic : response.assignment->topic_partitions) {
    if (topic.topic_id == topic_id) partitions = topic.partitions;
  }
  return partitions;
}

}  // namespace moldau::coordinator
