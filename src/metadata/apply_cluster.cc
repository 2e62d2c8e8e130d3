#include <algorithm>
#include <memory>
#include <optional>
#include <utility>

#include "metadata/appliers.h"
#include "metadata/directory_id.h"
#include "protocol/messages/broker_registration_change_record.h"
#include "protocol/messages/fence_broker_record.h"
#include "protocol/messages/register_broker_record.h"
#include "protocol/messages/register_controller_record.h"
#include "protocol/messages/unfence_broker_record.h"
#include "protocol/messages/unregister_broker_record.h"

namespace moldau::metadata::appliers {
namespace {

template <class EndPoints>
Result<Listeners> read_listeners(const EndPoints& end_points) {
  Listeners listeners;
  for (const auto& end_point : end_points) {
    if (end_point.name.empty()) return contradiction("a listener without a name");
    listeners.insert_or_assign(std::string(end_point.name),
                               ListenerEndpoint{.host = std::string(end_point.host),
                                                .port = end_point.port,
                                                .security_protocol = end_point.security_protocol});
  }
  return listeners;
}

template <class Features>
Result<FeatureRanges> read_features(const Features& features) {
  FeatureRanges ranges;
  for (const auto& feature : features) {
    if (feature.min_supported_version < 0 || feature.max_supported_version < feature.min_supported_version) {
      return contradiction("an impossible range of feature " + std::string(feature.name));
    }
    ranges.insert_or_assign(std::string(feature.name), LevelRange{.min = feature.min_supported_version,
                                                                  .max = feature.max_supported_version});
  }
  return ranges;
}

void put_broker(BrokerRegistration broker, Target& target) {
  std::ranges::sort(broker.directories, KafkaUuidLess{});
  const BrokerId id = broker.id;
  target.image.brokers =
      target.image.brokers.with(id, std::make_shared<const BrokerRegistration>(std::move(broker)));
  target.delta.brokers.insert(id);
}

Result<void> apply(const protocol::RegisterBrokerRecord& record, Target& target) {
  auto listeners = read_listeners(record.end_points);
  if (!listeners) return fail(std::move(listeners).error());
  auto features = read_features(record.features);
  if (!features) return fail(std::move(features).error());
  BrokerRegistration broker{.id = record.broker_id,
                            .epoch = record.broker_epoch,
                            .incarnation_id = record.incarnation_id,
                            .listeners = std::move(*listeners),
                            .features = std::move(*features),
                            .rack = {},
                            .is_fenced = record.fenced,
                            .in_controlled_shutdown = record.in_controlled_shutdown,
                            .is_migrating_zk_broker = record.is_migrating_zk_broker,
                            .directories = record.log_dirs,
                            .cordoned_directories = record.cordoned_log_dirs,
                            .registration_offset = target.offset};
  if (record.rack) broker.rack = std::string(*record.rack);
  put_broker(std::move(broker), target);
  return {};
}

/// The broker that a record of that id and epoch speaks of.
Result<BrokerRegistration> find_broker(BrokerId id, std::int64_t epoch, const Image& image) {
  const BrokerRegistration* broker = image.broker(id);
  if (broker == nullptr) return contradiction("broker " + std::to_string(id.value()) + " is not registered");
  if (broker->epoch != epoch) {
    return contradiction("broker " + std::to_string(id.value()) + " is not registered with epoch " +
                         std::to_string(epoch));
  }
  return *broker;
}

Result<void> apply(const protocol::UnregisterBrokerRecord& record, Target& target) {
  const auto broker = find_broker(record.broker_id, record.broker_epoch, target.image);
  if (!broker) return fail(broker.error());
  target.image.brokers = target.image.brokers.without(record.broker_id);
  target.delta.brokers.insert(record.broker_id);
  return {};
}

Result<void> set_fenced(BrokerId id, std::int64_t epoch, bool is_fenced, Target& target) {
  auto broker = find_broker(id, epoch, target.image);
  if (!broker) return fail(std::move(broker).error());
  broker->is_fenced = is_fenced;
  put_broker(std::move(*broker), target);
  return {};
}

/// -1 no, 0 as it is, 1 yes.
Result<bool> changed_flag(std::int8_t change, bool present) {
  switch (change) {
    case -1:
      return false;
    case 0:
      return present;
    case 1:
      return true;
    default:
      return contradiction("unknown change of a broker's state");
  }
}

Result<void> apply(const protocol::BrokerRegistrationChangeRecord& record, Target& target) {
  auto broker = find_broker(record.broker_id, record.broker_epoch, target.image);
  if (!broker) return fail(std::move(broker).error());
  const auto is_fenced = changed_flag(record.fenced, broker->is_fenced);
  const auto in_shutdown = changed_flag(record.in_controlled_shutdown, broker->in_controlled_shutdown);
  if (!is_fenced) return fail(is_fenced.error());
  if (!in_shutdown) return fail(in_shutdown.error());
  broker->is_fenced = *is_fenced;
  broker->in_controlled_shutdown = *in_shutdown;
  if (!record.log_dirs.empty()) broker->directories = record.log_dirs;
  if (record.cordoned_log_dirs) broker->cordoned_directories = record.cordoned_log_dirs;
  put_broker(std::move(*broker), target);
  return {};
}

Result<void> apply(const protocol::RegisterControllerRecord& record, Target& target) {
  auto listeners = read_listeners(record.end_points);
  if (!listeners) return fail(std::move(listeners).error());
  auto features = read_features(record.features);
  if (!features) return fail(std::move(features).error());
  ControllerRegistration controller{.id = BrokerId(record.controller_id),
                                    .incarnation_id = record.incarnation_id,
                                    .is_zk_migration_ready = record.zk_migration_ready,
                                    .listeners = std::move(*listeners),
                                    .features = std::move(*features)};
  target.image.controllers = target.image.controllers.with(
      BrokerId(record.controller_id), std::make_shared<const ControllerRegistration>(std::move(controller)));
  target.delta.controllers.insert(BrokerId(record.controller_id));
  return {};
}

Result<void> apply(const protocol::FenceBrokerRecord& record, Target& target) {
  return set_fenced(record.id, record.epoch, true, target);
}

Result<void> apply(const protocol::UnfenceBrokerRecord& record, Target& target) {
  return set_fenced(record.id, record.epoch, false, target);
}

template <class Message>
Outcome apply_as(const RecordFrame& frame, Target& target) {
  return {.result =
              with_message<Message>(frame, [&](const Message& message) { return apply(message, target); })};
}

}  // namespace

Outcome apply_cluster_record(const RecordFrame& frame, Target& target) {
  switch (static_cast<RecordType>(frame.type)) {
    case RecordType::kRegisterBroker:
      return apply_as<protocol::RegisterBrokerRecord>(frame, target);
    case RecordType::kUnregisterBroker:
      return apply_as<protocol::UnregisterBrokerRecord>(frame, target);
    case RecordType::kFenceBroker:
      return apply_as<protocol::FenceBrokerRecord>(frame, target);
    case RecordType::kUnfenceBroker:
      return apply_as<protocol::UnfenceBrokerRecord>(frame, target);
    case RecordType::kBrokerRegistrationChange:
      return apply_as<protocol::BrokerRegistrationChangeRecord>(frame, target);
    case RecordType::kRegisterController:
      return apply_as<protocol::RegisterControllerRecord>(frame, target);
    default:
      return {.handled = false};
  }
}

}  // namespace moldau::metadata::appliers
