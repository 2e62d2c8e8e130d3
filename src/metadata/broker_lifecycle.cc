#include "metadata/broker_lifecycle.h"

#include <algorithm>
#include <iterator>
#include <map>
#include <utility>

#include "metadata/directory_id.h"
#include "metadata/leader_updates.h"
#include "metadata/record_limit.h"
#include "metadata/record_writer.h"

namespace moldau::metadata {
namespace {

constexpr std::int16_t kFirstVersionWithPreviousEpoch = 3;

void append(std::vector<Bytes>& records, std::vector<Bytes> more) {
  std::ranges::move(more, std::back_inserter(records));
}

Result<void> check_directories(const std::vector<Uuid>& directories, BrokerId broker_id, const Image& image) {
  const auto invalid = [](std::string why) { return fail(ErrorCode::kInvalidRegistration, std::move(why)); };
  if (directories.empty()) return invalid("No directories specified in request");
  if (std::ranges::any_of(directories, is_reserved_directory))
    return invalid("Reserved directory ID in request");
  std::set<Uuid> seen(directories.begin(), directories.end());
  if (seen.size() != directories.size()) return invalid("Duplicate directory ID in request");
  for (const auto& [id, broker] : image.brokers) {
    if (id == broker_id) continue;
    for (const Uuid& directory : broker->directories) {
      if (!seen.contains(directory)) continue;
      return invalid("Broker " + std::to_string(id.value()) + " is already registered with directory " +
                     directory.to_string());
    }
  }
  return {};
}

Result<void> check_level(const std::string& feature, std::int16_t level, LevelRange range) {
  if (range.contains(level)) return {};
  return fail(ErrorCode::kUnsupportedVersion,
              "Unable to register because the broker does not support finalized version " +
                  std::to_string(level) + " of " + feature + ". The broker wants a version between " +
                  std::to_string(range.min) + " and " + std::to_string(range.max) + ", inclusive.");
}

/// The ranges that the broker names, all of which must hold the finalized levels; so must 0 for what it does
/// not name.
Result<FeatureRanges> check_features(const protocol::BrokerRegistrationRequest& request,
                                     const DecisionContext& context) {
  std::map<std::string, std::int16_t> finalized;
  for (const auto& [name, level] : context.image.features)
    finalized.emplace(name, level);
  finalized.insert_or_assign(std::string(kMetadataVersionFeature), finalized_version(context).level());
  finalized.insert_or_assign(std::string(kKraftVersionFeature), context.kraft_version);

  FeatureRanges ranges;
  for (const auto& feature : request.features) {
    const std::string name(feature.name);
    const LevelRange range{.min = feature.min_supported_version, .max = feature.max_supported_version};
    if (range.min < 0 || range.max < range.min) {
      return fail(ErrorCode::kInvalidRegistration, "Impossible range of feature " + name);
    }
    const auto level = finalized.find(name);
    auto checked = check_level(name, level != finalized.end() ? level->second : std::int16_t{0}, range);
    if (!checked) return fail(std::move(checked).error());
    ranges.insert_or_assign(name, range);
  }
  if (!ranges.contains(std::string(kMetadataVersionFeature))) {
    return fail(ErrorCode::kInvalidRegistration, "Request features do not contain 'metadata.version'");
  }
  for (const auto& [name, level] : finalized) {
    if (level == 0 || ranges.contains(name)) continue;
    auto checked = check_level(name, level, {.min = 0, .max = 0});
    if (!checked) return fail(std::move(checked).error());
  }
  return ranges;
}

template <class Sent>
Listeners listeners_of(const Sent& sent) {
  Listeners listeners;
  for (const auto& listener : sent) {
    listeners.insert_or_assign(std::string(listener.name),
                               ListenerEndpoint{.host = std::string(listener.host),
                                                .port = listener.port,
                                                .security_protocol = listener.security_protocol});
  }
  return listeners;
}

/// What becomes of the replicas that the broker's former incarnation left behind.
std::vector<Bytes> restart_records(BrokerId broker_id, bool was_clean, const DecisionContext& context) {
  if (context.image.is_elr_enabled() && !was_clean) {
    const MembershipChange change{.unclean_restart = broker_id};
    auto records = membership_records(context, change, Affected::kInIsr);
    append(records, membership_records(context, change, Affected::kInElr));
    return records;
  }
  return membership_records(context, {.leaving = broker_id}, Affected::kInIsr);
}

/// Checks that stand before anything is decided.
Result<void> check_registration(const protocol::BrokerRegistrationRequest& request,
                                const BrokerRegistration* existing, const DecisionContext& context) {
  if (request.cluster_id != context.settings.cluster_id) {
    return fail(ErrorCode::kInconsistentClusterId, "Expected cluster ID " + context.settings.cluster_id +
                                                       ", but got cluster ID " +
                                                       std::string(request.cluster_id));
  }
  if (existing != nullptr && request.incarnation_id != existing->incarnation_id &&
      context.sessions.has_valid_session(request.broker_id, existing->epoch, context.now)) {
    return fail(
        ErrorCode::kDuplicateBrokerRegistration,
        "Another broker is registered with that broker id. If the broker was recently restarted this should "
        "self-resolve once the heartbeat manager expires the broker's session.");
  }
  if (request.is_migrating_zk_broker) {
    return fail(ErrorCode::kBrokerIdNotRegistered, "Controller does not support registering ZK brokers.");
  }
  const bool has_unnamed_listener =
      std::ranges::any_of(request.listeners, [](const auto& listener) { return listener.name.empty(); });
  if (has_unnamed_listener) return fail(ErrorCode::kInvalidRegistration, "Broker listeners must be named.");
  if (!finalized_version(context).supports_directories()) return {};
  return check_directories(request.log_dirs, request.broker_id, context.image);
}

}  // namespace

Result<Decision<RegisteredBroker>> register_broker(const protocol::BrokerRegistrationRequest& request,
                                                   std::int16_t request_version,
                                                   const DecisionContext& context) {
  const BrokerRegistration* existing = context.image.broker(request.broker_id);
  if (auto checked = check_registration(request, existing, context); !checked) {
    return fail(std::move(checked).error());
  }
  auto features = check_features(request, context);
  if (!features) return fail(std::move(features).error());

  const MetadataVersion version = finalized_version(context);
  BrokerRegistration broker{.id = request.broker_id,
                            .epoch = context.next_offset,
                            .incarnation_id = request.incarnation_id,
                            .listeners = listeners_of(request.listeners),
                            .features = std::move(*features),
                            .rack = {},
                            .is_fenced = true,
                            .in_controlled_shutdown = false,
                            .is_migrating_zk_broker = false,
                            .directories = request.log_dirs,
                            .cordoned_directories = {},
                            .registration_offset = -1};
  if (request.rack) broker.rack = std::string(*request.rack);

  Decision<RegisteredBroker> decision;
  const bool is_new_incarnation = existing == nullptr || existing->incarnation_id != request.incarnation_id;
  if (is_new_incarnation) {
    const bool was_clean = request_version >= kFirstVersionWithPreviousEpoch && existing != nullptr &&
                           existing->epoch == request.previous_broker_epoch;
    decision.records = restart_records(request.broker_id, was_clean, context);
    context.sessions.forget(request.broker_id);
  } else {
    broker.epoch = existing->epoch;
    broker.is_fenced = existing->is_fenced;
    broker.in_controlled_shutdown = existing->in_controlled_shutdown;
  }
  // Last, so that after a failover in between the broker registers again and the clean-up is repeated.
  decision.records.push_back(write::register_broker(broker, version));
  decision.response.broker_epoch = broker.epoch;
  context.sessions.track(request.broker_id, broker.is_fenced);
  return decision;
}

Result<Decision<std::monostate>> unregister_broker(BrokerId broker_id, const DecisionContext& context) {
  const BrokerRegistration* broker = context.image.broker(broker_id);
  if (broker == nullptr) {
    return fail(ErrorCode::kBrokerIdNotRegistered,
                "Broker ID " + std::to_string(broker_id.value()) + " is not currently registered");
  }
  Decision<std::monostate> decision;
  decision.records = membership_records(context, {.leaving = broker_id}, Affected::kInIsr);
  append(decision.records, membership_records(context, {.leaving = broker_id}, Affected::kInElr));
  decision.records.push_back(write::unregister_broker(broker_id, broker->epoch));
  if (auto few = check_record_count(decision.records); !few) return fail(std::move(few).error());
  return decision;
}

Result<Decision<std::monostate>> register_controller(const protocol::ControllerRegistrationRequest& request,
                                                     const DecisionContext& context) {
  if (!finalized_version(context).supports_controller_registration()) {
    return fail(ErrorCode::kUnsupportedVersion,
                "The current MetadataVersion is too old to support controller registrations.");
  }
  ControllerRegistration controller{.id = BrokerId(request.controller_id),
                                    .incarnation_id = request.incarnation_id,
                                    .is_zk_migration_ready = false,
                                    .listeners = listeners_of(request.listeners),
                                    .features = {}};
  for (const auto& feature : request.features) {
    controller.features.insert_or_assign(
        std::string(feature.name),
        LevelRange{.min = feature.min_supported_version, .max = feature.max_supported_version});
  }
  return Decision<std::monostate>{
      .records = {write::register_controller(controller)}, .response = {}, .is_atomic = true};
}

}  // namespace moldau::metadata
