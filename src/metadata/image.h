#pragma once

#include <compare>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>

#include "base/bytes.h"
#include "base/persistent_map.h"
#include "base/time.h"
#include "base/uuid.h"
#include "metadata/broker_registration.h"
#include "metadata/features.h"
#include "metadata/metadata_version.h"
#include "metadata/topic.h"

namespace moldau::metadata {

/// Kinds of resources that have dynamic configs; ids as on the wire.
enum class ConfigResourceType : std::int8_t {
  kTopic = 2,
  kBroker = 4,
  kClientMetrics = 16,
  kGroup = 32,
};

/// A resource with dynamic configs. An empty name of a broker resource stands for the cluster-wide default.
struct ConfigResource {
  std::int8_t type = 0;  ///< A ConfigResourceType; ids that Kafka may add are kept as they are.
  std::string name;

  auto operator<=>(const ConfigResource&) const = default;
  bool operator==(const ConfigResource&) const = default;
};

inline ConfigResource topic_resource(std::string_view topic) {
  return {.type = static_cast<std::int8_t>(ConfigResourceType::kTopic), .name = std::string(topic)};
}
inline ConfigResource group_resource(std::string_view group) {
  return {.type = static_cast<std::int8_t>(ConfigResourceType::kGroup), .name = std::string(group)};
}
inline ConfigResource broker_resource(BrokerId broker_id) {
  return {.type = static_cast<std::int8_t>(ConfigResourceType::kBroker),
          .name = std::to_string(broker_id.value())};
}
inline ConfigResource cluster_resource() {
  return {.type = static_cast<std::int8_t>(ConfigResourceType::kBroker), .name = {}};
}

/// Dynamic configs of one resource by name.
using Configs = std::map<std::string, std::string, std::less<>>;

/// Whom a client quota is for: entity type to name, where no name stands for the type's default.
using QuotaEntity = std::map<std::string, std::optional<std::string>>;
using Quotas = std::map<std::string, double>;

/// A user's credentials for one SCRAM mechanism: mechanism id, user name.
using ScramKey = std::pair<std::int8_t, std::string>;

/// The log position that an image reflects.
struct Provenance {
  std::int64_t last_offset = -1;
  std::int32_t last_epoch = -1;
  TimestampMs last_timestamp_ms = -1;

  /// The offset of the first record not contained, as snapshot names state it.
  std::int64_t end_offset() const { return last_offset + 1; }
  bool operator==(const Provenance&) const = default;
};

/// The cluster as the records of the metadata log up to some offset describe it. A value that shares almost
/// all of its storage with the images before and after it: copying costs a few references, a change O(log n).
///
/// ACLs, SCRAM credentials and delegation tokens are kept as the framed records that set them, by their key:
/// nothing here needs their fields, and a snapshot gives back what the log said to the byte.
struct Image {
  PersistentMap<Uuid, std::shared_ptr<const Topic>> topics;
  PersistentMap<std::string, std::shared_ptr<const Topic>> topics_by_name;
  /// Names of topics by their folded name (fold_collision_chars), of those that have such characters.
  PersistentMap<std::string, std::set<std::string>> folded_names;
  PersistentMap<BrokerId, std::shared_ptr<const BrokerRegistration>> brokers;
  PersistentMap<BrokerId, std::shared_ptr<const ControllerRegistration>> controllers;
  PersistentMap<ConfigResource, std::shared_ptr<const Configs>> configs;  ///< None empty.
  PersistentMap<std::string, std::int16_t>
      features;  ///< Finalized above 0; neither metadata nor kraft version.
  std::optional<MetadataVersion> metadata_version;
  std::int64_t next_producer_id = -1;  ///< First of the next block; -1 before the first block.
  PersistentMap<QuotaEntity, Quotas> quotas;
  PersistentMap<Uuid, Bytes> acls;
  PersistentMap<ScramKey, Bytes> scram_credentials;
  PersistentMap<std::string, Bytes> delegation_tokens;
  Provenance provenance;

  /// True if both describe the same cluster, whatever the log positions.
  bool same_content(const Image& other) const;

  /// Each is nullptr if there is none; valid as long as an image that shares it.
  const Topic* topic(const Uuid& id) const;
  const Topic* topic(std::string_view name) const;
  const Partition* partition(const Uuid& topic_id, std::int32_t partition_id) const;
  const BrokerRegistration* broker(BrokerId id) const;
  const Configs* configs_of(const ConfigResource& resource) const;

  /// Finalized level of a feature other than metadata.version and kraft.version; 0 if it is not enabled.
  std::int16_t feature_level(std::string_view feature) const;
  bool is_elr_enabled() const { return feature_level(kElrFeature) > 0; }
};

/// What changed between two images, so that nobody must compare them.
struct ImageDelta {
  struct TopicChange {
    bool is_new = false;
    std::set<std::int32_t> partitions;  ///< New or changed ones.

    bool operator==(const TopicChange&) const = default;
  };
  std::map<Uuid, TopicChange> topics;  ///< Topics of the newer image.
  /// Topics of the older image that are gone, as they were in it or shortly before they went.
  std::map<Uuid, std::shared_ptr<const Topic>> removed_topics;
  std::set<BrokerId> brokers;        ///< New, changed or gone.
  std::set<BrokerId> controllers;    ///< New or changed.
  std::set<ConfigResource> configs;  ///< New, changed or gone.
  bool features = false;
  bool producer_ids = false;
  std::set<QuotaEntity> quotas;
  bool acls = false;
  bool scram_credentials = false;
  bool delegation_tokens = false;

  bool operator==(const ImageDelta&) const = default;
  bool empty() const { return *this == ImageDelta{}; }
};

}  // namespace moldau::metadata
