#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/bytes.h"
#include "base/uuid.h"
#include "metadata/broker_registration.h"
#include "metadata/image.h"
#include "metadata/metadata_version.h"
#include "metadata/partition_change.h"

/// Framed records, each in the version that the cluster's metadata.version asks for. Used by decisions and
/// snapshots alike, so that both write the same thing.
namespace moldau::metadata::write {

Bytes feature_level(std::string_view name, std::int16_t level);
Bytes register_broker(const BrokerRegistration& broker, MetadataVersion version);
Bytes register_controller(const ControllerRegistration& controller);
Bytes unregister_broker(BrokerId broker_id, std::int64_t broker_epoch);
Bytes topic(std::string_view name, const Uuid& id);
Bytes remove_topic(const Uuid& id);
/// ELR fields are left out where the feature is off, as nobody may know them then.
Bytes partition(const Uuid& topic_id, std::int32_t partition_id, const Partition& partition,
                MetadataVersion version, bool elr_enabled);
Bytes partition_change(const Uuid& topic_id, std::int32_t partition_id, const PartitionChange& change,
                       MetadataVersion version);
/// nullopt as value removes the config.
Bytes config(const ConfigResource& resource, std::string_view name, std::optional<std::string_view> value);
Bytes producer_ids(BrokerId broker_id, std::int64_t broker_epoch, std::int64_t next_producer_id);
Bytes client_quota(const QuotaEntity& entity, std::string_view key, double value);
/// A SCRAM credential (KIP-554): what a server keeps of a user's password.
struct ScramCredential {
  std::string_view user;
  std::int8_t mechanism = 0;  ///< 1 SCRAM-SHA-256, 2 SCRAM-SHA-512
  ByteView salt = {};
  ByteView stored_key = {};
  ByteView server_key = {};
  std::int32_t iterations = 0;
};
Bytes user_scram_credential(const ScramCredential& credential);
/// An empty topic name clears those of all topics.
Bytes clear_elr(std::string_view topic);
Bytes no_op();
Bytes begin_transaction(std::string_view name);
Bytes end_transaction();
Bytes abort_transaction(std::string_view reason);

/// What a BrokerRegistrationChange record says; nullopt leaves alone.
struct BrokerChange {
  std::optional<bool> is_fenced = {};
  bool enters_controlled_shutdown = false;
  std::optional<std::vector<Uuid>> directories = {};           ///< Those still online; not empty.
  std::optional<std::vector<Uuid>> cordoned_directories = {};  ///< All that are cordoned.
};
/// Written in the lowest version that can say it.
Bytes broker_change(BrokerId broker_id, std::int64_t broker_epoch, const BrokerChange& change);

}  // namespace moldau::metadata::write
