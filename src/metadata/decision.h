#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/bytes.h"
#include "base/ids.h"
#include "base/result.h"
#include "base/time.h"
#include "metadata/broker_sessions.h"
#include "metadata/config_rules.h"
#include "metadata/image.h"
#include "metadata/replica_placement.h"

/// The controller's decisions are functions of the image: each request gives records and an answer and
/// changes nothing but leases. The caller appends the records, applies them to the working image at once,
/// calls follow_image(), and sends the answer when they are committed. An Error is the answer to the whole
/// request.
namespace moldau::metadata {

/// The most partitions that one request may create.
inline constexpr std::int64_t kMaxPartitionsPerRequest = 10'000;
/// The most records that one request may lead to.
inline constexpr std::size_t kMaxRecordsPerRequest = 10'000;
/// The longest value of a config in bytes.
inline constexpr std::size_t kMaxConfigValueLength = 32'767;

/// What a decision leads to.
template <class Response>
struct Decision {
  std::vector<Bytes> records = {};  ///< Framed, in order.
  Response response = {};
  /// True if the records must stand in one batch; otherwise every prefix of them makes sense.
  bool is_atomic = false;
  /// The level that the quorum is to be brought to before the records are written.
  std::optional<std::int16_t> kraft_version = {};
};

/// Fixed for a run of the controller.
struct ControllerSettings {
  BrokerId node_id{-1};
  std::string cluster_id;
  std::int32_t default_partitions = 1;          ///< num.partitions
  std::int16_t default_replication_factor = 1;  ///< default.replication.factor
  bool is_topic_deletion_enabled = true;        ///< delete.topic.enable
  std::int32_t static_min_insync_replicas = 1;  ///< min.insync.replicas of the configuration
};

/// What a decision is made on. All of it outlives the call.
struct DecisionContext {
  const ControllerSettings& settings;
  const ConfigRules& configs;
  const Image& image;        ///< The working image: committed or not, but all records before.
  BrokerSessions& sessions;  ///< Leases; the only thing that decisions change.
  Instant now;
  RandomBits& random;
  std::int64_t next_offset = 0;  ///< Offset of the first record that is decided now.
  std::int16_t kraft_version = 0;
};

/// The finalized metadata.version; there is one once the first records are applied.
MetadataVersion finalized_version(const DecisionContext& context);

/// The layers below what a resource sets itself. Valid as long as the image.
ConfigLayers layers_below(const DecisionContext& context);
/// The layers for that topic. Valid as long as the image.
ConfigLayers layers_of(const DecisionContext& context, std::string_view topic);

/// STALE_BROKER_EPOCH unless that broker is registered with that epoch.
Result<void> check_broker_epoch(const Image& image, BrokerId broker_id, std::int64_t broker_epoch);

/// A new random id that stands neither for nothing nor for a directory's special state and, as in Kafka, does
/// not begin with a dash when written down.
Uuid random_uuid(RandomBits& random);

/// Begins leases for the brokers of the image when this node becomes the active controller; none for
/// `known_dead`, whose process has ended for sure: it may register anew at once.
void begin_sessions(const Image& image, Instant now, BrokerSessions& sessions,
                    std::optional<BrokerId> known_dead = std::nullopt);

/// Makes leases follow the image after records were applied; `brokers` are those they touched.
void follow_image(const Image& image, const std::set<BrokerId>& brokers, BrokerSessions& sessions);

}  // namespace moldau::metadata
