#include <algorithm>
#include <string>
#include <string_view>

#include "config/resolve.h"
#include "config/topic_config.h"

namespace moldau::config {
namespace {

/// Fails in these words unless `holds`: where Apache Kafka throws a ConfigException.
Result<void> check(bool holds, std::string message) {
  if (holds) return {};
  return fail(ErrorCode::kInvalidConfig, std::move(message));
}

/// The same where it demands what must hold, in the words of Scala's `require`.
Result<void> demand(bool holds, const std::string& message) {
  return check(holds, "requirement failed: " + message);
}

/// The first failure of a sequence of demands.
class Demands {
 public:
  Demands& that(bool holds, const std::string& message) {
    if (result_ && !holds) result_ = demand(false, message);
    return *this;
  }
  Demands& checked(bool holds, std::string message) {
    if (result_ && !holds) result_ = check(false, std::move(message));
    return *this;
  }
  Result<void> result() { return std::move(result_); }

 private:
  Result<void> result_;
};

std::string voter_set(const BrokerConfig& config) {
  std::string text = "Set(";
  for (const auto& [id, address] : config.quorum.voters) {
    if (text.back() != '(') text.append(", ");
    text.append(std::to_string(id));
  }
  return text + ")";
}

std::string names_of(const std::vector<Endpoint>& endpoints) {
  std::string text;
  for (const Endpoint& endpoint : endpoints) {
    if (!text.empty()) text.push_back(',');
    text.append(endpoint.listener);
  }
  return text;
}

bool has_listener(const std::vector<Endpoint>& endpoints, std::string_view name) {
  return std::ranges::find(endpoints, name, &Endpoint::listener) != endpoints.end();
}

std::int64_t topic_default(const BrokerConfig& config, std::string_view name) {
  return std::get<std::int64_t>(config.topic_default(*find_key(ResourceType::kTopic, name)));
}

Result<void> check_codecs(const BrokerConfig& config) {
  constexpr std::int64_t kLastCodec = 4;
  for (const std::string_view name :
       {"offsets.topic.compression.codec", "share.coordinator.state.topic.compression.codec"}) {
    const std::int64_t id = std::get<std::int64_t>(config.value(name));
    auto checked = check(id >= 0 && id <= kLastCodec, "Unknown compression type id: " + std::to_string(id));
    if (!checked) return checked;
  }
  return {};
}

Result<void> check_logs(const BrokerConfig& config) {
  const std::int64_t retention_ms = topic_default(config, "retention.ms");
  return Demands()
      .checked(config.originals().at("node.id") == config.originals().at("broker.id"),
               "You must set `node.id` to the same value as `broker.id`.")
      .that(topic_default(config, "segment.ms") >= 1, "log.roll.ms must be greater than or equal to 1")
      .that(topic_default(config, "segment.jitter.ms") >= 0,
            "log.roll.jitter.ms must be greater than or equal to 0")
      .that(retention_ms >= 1 || retention_ms == -1,
            "log.retention.ms must be unlimited (-1) or, greater than or equal to 1")
      .that(config.cleaner.threads == 0 ||
                config.cleaner.dedupe_buffer_size_bytes / config.cleaner.threads > 1024 * 1024,
            "log.cleaner.dedupe.buffer.size must be at least 1MB per cleaner thread.")
      .that(config.replication.fetch_wait_max_ms <= config.replication.socket_timeout_ms,
            "replica.socket.timeout.ms should always be at least replica.fetch.wait.max.ms to prevent "
            "unnecessary socket timeouts")
      .that(config.replication.fetch_wait_max_ms <= config.replication.lag_time_max_ms,
            "replica.fetch.wait.max.ms should always be less than or equal to replica.lag.time.max.ms to "
            "prevent frequent changes in ISR")
      .result();
}

Result<void> check_broker_only(const BrokerConfig& config) {
  const ListenerSection& listeners = config.listeners;
  const std::string id = std::to_string(config.node.node_id);
  Demands demands;
  demands
      .that(!config.quorum.voters.contains(config.node.node_id),
            "If process.roles contains just the 'broker' role, the node id " + id +
                " must not be included in the set of voters controller.quorum.voters=" + voter_set(config))
      .that(!listeners.controller_names.empty(),
            "controller.listener.names must contain at least one value when running KRaft with just the "
            "broker role")
      .that(std::ranges::none_of(listeners.all, [&](auto& e) { return listeners.is_controller(e.listener); }),
            "controller.listener.names must not contain a value appearing in the 'listeners' configuration "
            "when running KRaft with just the broker role");
  for (const std::string& name : listeners.controller_names) {
    const std::string normalised = normalised_listener(name).value_or(name);
    demands.checked(
        listeners.protocols.contains(normalised),
        "Controller listener with name " + normalised +
            " defined in controller.listener.names not found in listener.security.protocol.map  (an "
            "explicit security mapping for each controller listener is required if "
            "listener.security.protocol.map is non-empty, or if there are security protocols other "
            "than PLAINTEXT in use)");
  }
  demands.that(!config.quorum.auto_join_enable,
               "controller.quorum.auto.join.enable is only supported when process.roles contains the "
               "'controller' role.");
  return demands.result();
}

Result<void> check_controller(const BrokerConfig& config) {
  const ListenerSection& listeners = config.listeners;
  const std::string id = std::to_string(config.node.node_id);
  Demands demands;
  if (!config.node.is_broker) {
    demands.that(listeners.advertised_controller.size() == listeners.all.size(),
                 "The listeners config must only contain KRaft controller listeners from "
                 "controller.listener.names when process.roles=controller");
    demands.that(!config.originals().contains("inter.broker.listener.name") ||
                     !listeners.is_controller(listeners.inter_broker_name),
                 "controller.listener.names must not contain an explicitly set inter.broker.listener.name "
                 "configuration value when process.roles=controller'");
  }
  demands
      .that(config.quorum.voters.empty() || config.quorum.voters.contains(config.node.node_id),
            "If process.roles contains the 'controller' role, the node id " + id +
                " must be included in the set of voters controller.quorum.voters=" + voter_set(config))
      .that(!listeners.advertised_controller.empty(),
            "controller.listener.names must contain at least one value appearing in the 'listeners' "
            "configuration when running the KRaft controller role")
      .that(std::ranges::all_of(listeners.controller_names,
                                [&](const std::string& name) { return has_listener(listeners.all, name); }),
            "controller.listener.names must only contain values appearing in the 'listeners' configuration "
            "when running the KRaft controller role");
  return demands.result();
}

Result<void> check_roles(const BrokerConfig& config) {
  if (config.quorum.voters.empty() && config.quorum.bootstrap_servers.empty()) {
    return check(false,
                 "If using process.roles, either controller.quorum.bootstrap.servers must contain the set of "
                 "bootstrap controllers or controller.quorum.voters must contain a parseable set of "
                 "controllers.");
  }
  return config.node.is_controller ? check_controller(config) : check_broker_only(config);
}

Result<void> check_cordoned(const BrokerConfig& config) {
  constexpr std::string_view kAll = "*";
  const auto* cordoned = std::get_if<StringList>(&config.value("cordoned.log.dirs"));
  if (cordoned == nullptr) return {};
  if (std::ranges::find(*cordoned, kAll) != cordoned->end()) {
    return demand(cordoned->size() == 1,
                  "When cordoned.log.dirs is set to *, it must not contain other values");
  }
  std::string missing;
  for (const std::string& dir : *cordoned) {
    if (std::ranges::find(config.node.log_dirs, dir) != config.node.log_dirs.end()) continue;
    if (!missing.empty()) missing.append(", ");
    missing.append(dir);
  }
  return demand(
      missing.empty(),
      "All entries in cordoned.log.dirs must be present in log.dirs or log.dir. Missing entries : " +
          missing);
}

Result<void> check_advertised(const BrokerConfig& config) {
  const ListenerSection& listeners = config.listeners;
  if (config.node.is_broker) {
    const std::string advertised = names_of(listeners.advertised_broker);
    const bool subset = std::ranges::all_of(listeners.advertised_broker, [&](const Endpoint& endpoint) {
      return has_listener(listeners.all, endpoint.listener);
    });
    auto checked =
        Demands()
            .that(!listeners.advertised_broker.empty(),
                  "There must be at least one broker advertised listener. Perhaps all listeners appear in "
                  "controller.listener.names?")
            .that(has_listener(listeners.advertised_broker, listeners.inter_broker_name),
                  "inter.broker.listener.name must be a listener name defined in advertised.listeners. The "
                  "valid options based on currently configured listeners are " +
                      advertised)
            .that(subset,
                  "advertised.listeners listener names must be equal to or a subset of the ones defined in "
                  "listeners. Found " +
                      advertised + ". The valid options based on the current configuration are " +
                      names_of(listeners.all))
            .result();
    if (!checked) return checked;
    if (auto cordoned = check_cordoned(config); !cordoned) return cordoned;
  }
  const auto is_wildcard = [](const Endpoint& endpoint) { return endpoint.host == "0.0.0.0"; };
  return demand(std::ranges::none_of(listeners.advertised_broker, is_wildcard) &&
                    std::ranges::none_of(listeners.advertised_controller, is_wildcard),
                "advertised.listeners cannot use the nonroutable meta-address 0.0.0.0. Use a routable IP "
                "address.");
}

/// The mechanisms of the listener between brokers; its own setting wins.
StringList inter_broker_mechanisms(const BrokerConfig& config) {
  const Value value = config.listener_value(config.listeners.inter_broker_name, "sasl.enabled.mechanisms");
  const auto* list = std::get_if<StringList>(&value);
  return list == nullptr ? StringList{} : *list;
}

Result<void> check_network(const BrokerConfig& config) {
  const NetworkSection& network = config.network;
  const SecurityProtocol protocol = config.listeners.inter_broker_protocol;
  const bool sasl = protocol == SecurityProtocol::kSaslPlaintext || protocol == SecurityProtocol::kSaslSsl;
  const StringList mechanisms = inter_broker_mechanisms(config);
  const auto& mechanism = std::get<std::string>(config.value("sasl.mechanism.inter.broker.protocol"));
  return Demands()
      .that(!sasl || std::ranges::find(mechanisms, mechanism) != mechanisms.end(),
            "sasl.mechanism.inter.broker.protocol must be included in sasl.enabled.mechanisms when SASL is "
            "used for inter-broker communication")
      .that(network.queued_max_request_bytes <= 0 ||
                network.queued_max_request_bytes >= network.socket_request_max_bytes,
            "queued.max.request.bytes must be larger or equal to socket.request.max.bytes")
      .that(network.max_connections_per_ip != 0 || !network.max_connections_per_ip_overrides.empty(),
            "max.connections.per.ip can be set to zero only if max.connections.per.ip.overrides property is "
            "set.")
      .that(network.connections_max_idle_ms < 0 ||
                network.failed_authentication_delay_ms < network.connections_max_idle_ms,
            "connection.failed.authentication.delay.ms=" +
                std::to_string(network.failed_authentication_delay_ms) +
                " should always be less than connections.max.idle.ms=" +
                std::to_string(network.connections_max_idle_ms) +
                " to prevent failed authentication responses from timing out")
      .checked(std::ranges::find(config.groups.rebalance_protocols, "classic") !=
                   config.groups.rebalance_protocols.end(),
               "Disabling the 'classic' protocol is not supported.")
      .result();
}

void warn_of_roles(const BrokerConfig& config, std::vector<std::string>& warnings) {
  if (config.node.broker_heartbeat_interval_ms > config.node.broker_session_timeout_ms / 2) {
    warnings.push_back(
        "broker.heartbeat.interval.ms is more than half of broker.session.timeout.ms: the "
        "controller may fence a healthy broker");
  }
  if (config.node.is_broker && !config.node.is_controller && config.listeners.controller_names.size() > 1) {
    warnings.push_back("controller.listener.names has several entries; a broker uses only the first");
  }
}

/// Java classes cannot be loaded; a set one other than the default has no effect.
void warn_of_classes(const BrokerConfig& config, std::vector<std::string>& warnings) {
  for (const ConfigKey& key : keys_of(ResourceType::kBroker)) {
    const auto given = config.originals().find(key.name);
    if (key.type != ConfigType::kClass || given == config.originals().end()) continue;
    if (key.default_value.has_text() && given->second == key.default_value.text()) continue;
    warnings.push_back("The Java class of " + std::string(key.name) + " cannot be loaded and has no effect");
  }
}

}  // namespace

Result<void> check_broker(const BrokerConfig& config, std::vector<std::string>& warnings) {
  for (const auto check :
       {check_codecs, check_logs, check_roles, check_advertised, check_network, check_topic_defaults}) {
    if (auto checked = check(config); !checked) return checked;
  }
  warn_of_roles(config, warnings);
  warn_of_classes(config, warnings);
  return {};
}

}  // namespace moldau::config
