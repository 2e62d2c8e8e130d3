#include "metadata/decision.h"

#include "base/assert.h"
#include "metadata/directory_id.h"

namespace moldau::metadata {

MetadataVersion finalized_version(const DecisionContext& context) {
  require(context.image.metadata_version.has_value(), "an active controller has a metadata.version");
  return *context.image.metadata_version;
}

ConfigLayers layers_below(const DecisionContext& context) {
  return {.topic = nullptr,
          .node = context.image.configs_of(broker_resource(context.settings.node_id)),
          .cluster = context.image.configs_of(cluster_resource())};
}

ConfigLayers layers_of(const DecisionContext& context, std::string_view topic) {
  ConfigLayers layers = layers_below(context);
  layers.topic = context.image.configs_of(topic_resource(topic));
  return layers;
}

Result<void> check_broker_epoch(const Image& image, BrokerId broker_id, std::int64_t broker_epoch) {
  const BrokerRegistration* broker = image.broker(broker_id);
  if (broker == nullptr) {
    return fail(ErrorCode::kStaleBrokerEpoch,
                "No broker registration found for broker id " + std::to_string(broker_id.value()));
  }
  if (broker->epoch != broker_epoch) {
    return fail(ErrorCode::kStaleBrokerEpoch, "Expected broker epoch " + std::to_string(broker->epoch) +
                                                  ", but got broker epoch " + std::to_string(broker_epoch));
  }
  return {};
}

Uuid random_uuid(RandomBits& random) {
  constexpr std::uint64_t kVersionMask = 0xF000;
  constexpr std::uint64_t kRandomVersion = 0x4000;  // RFC 9562, version 4
  constexpr std::uint64_t kVariantMask = 0xC000'0000'0000'0000;
  constexpr std::uint64_t kStandardVariant = 0x8000'0000'0000'0000;
  while (true) {
    const Uuid id((random() & ~kVersionMask) | kRandomVersion, (random() & ~kVariantMask) | kStandardVariant);
    if (!is_reserved_directory(id) && id.to_string().front() != '-') return id;
  }
}

void begin_sessions(const Image& image, Instant now, BrokerSessions& sessions,
                    std::optional<BrokerId> known_dead) {
  for (const auto& [id, broker] : image.brokers) {
    sessions.track(id, broker->is_fenced);
    if (!broker->is_fenced && id != known_dead) sessions.contact(id, broker->epoch, now);
  }
}

void follow_image(const Image& image, const std::set<BrokerId>& brokers, BrokerSessions& sessions) {
  for (const BrokerId id : brokers) {
    if (const BrokerRegistration* broker = image.broker(id)) {
      sessions.track(id, broker->is_fenced);
    } else {
      sessions.forget(id);
    }
  }
}

}  // namespace moldau::metadata
