#include <optional>
#include <span>
#include <utility>

#include "config/broker_config.h"

namespace moldau::config {

Properties single_node_defaults() {
  return {
      {"process.roles", "broker,controller"},
      {"node.id", "1"},
      {"listeners", "PLAINTEXT://127.0.0.1:9092,CONTROLLER://127.0.0.1:9093"},
      {"controller.listener.names", "CONTROLLER"},
      {"controller.quorum.voters", "1@127.0.0.1:9093"},
      {"group.initial.rebalance.delay.ms", "0"},
      {"group.streams.initial.rebalance.delay.ms", "0"},
      {"offsets.topic.replication.factor", "1"},
      {"transaction.state.log.replication.factor", "1"},
      {"transaction.state.log.min.isr", "1"},
      {"share.coordinator.state.topic.replication.factor", "1"},
      {"share.coordinator.state.topic.min.isr", "1"},
  };
}

Result<Properties> load_static(std::optional<std::string_view> file, std::span<const std::string> overrides) {
  Properties properties;
  if (file) {
    auto parsed = parse_properties(*file);
    if (!parsed) return parsed;
    properties = *std::move(parsed);
  } else {
    properties = single_node_defaults();
  }
  for (const std::string& argument : overrides) {
    auto pair = parse_override(argument);
    if (!pair) return fail(std::move(pair).error());
    properties.insert_or_assign(std::move(pair->first), std::move(pair->second));
  }
  return properties;
}

}  // namespace moldau::config
