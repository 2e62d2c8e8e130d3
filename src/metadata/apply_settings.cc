#include <memory>
#include <utility>

#include "metadata/appliers.h"
#include "metadata/features.h"
#include "protocol/messages/access_control_entry_record.h"
#include "protocol/messages/client_quota_record.h"
#include "protocol/messages/config_record.h"
#include "protocol/messages/delegation_token_record.h"
#include "protocol/messages/feature_level_record.h"
#include "protocol/messages/producer_ids_record.h"
#include "protocol/messages/remove_access_control_entry_record.h"
#include "protocol/messages/remove_delegation_token_record.h"
#include "protocol/messages/remove_user_scram_credential_record.h"
#include "protocol/messages/user_scram_credential_record.h"

namespace moldau::metadata::appliers {
namespace {

Bytes kept(const Target& target) {
  return Bytes(target.framed.begin(), target.framed.end());
}

Result<void> apply(const protocol::ConfigRecord& record, Target& target) {
  Image& image = target.image;
  const ConfigResource resource{.type = record.resource_type, .name = std::string(record.resource_name)};
  const Configs* present = image.configs_of(resource);
  Configs configs = present != nullptr ? *present : Configs{};
  if (record.value) {
    configs.insert_or_assign(std::string(record.name), std::string(*record.value));
  } else if (const auto found = configs.find(record.name); found != configs.end()) {
    configs.erase(found);
  }
  image.configs = configs.empty()
                      ? image.configs.without(resource)
                      : image.configs.with(resource, std::make_shared<const Configs>(std::move(configs)));
  target.delta.configs.insert(resource);
  return {};
}

Result<void> apply(const protocol::FeatureLevelRecord& record, Target& target) {
  Image& image = target.image;
  const std::int16_t level = record.feature_level;
  const std::string name(record.name);
  target.delta.features = true;
  if (name == kMetadataVersionFeature) {
    image.metadata_version = MetadataVersion::from_level(level);
    if (!image.metadata_version) return contradiction("unknown metadata.version " + std::to_string(level));
    return {};
  }
  const auto supported = supported_levels(name);
  if (level != 0 && (!supported || !supported->contains(level))) {
    return contradiction("unsupported level " + std::to_string(level) + " of feature " + name);
  }
  // The level of kraft.version is told by control records; early versions also wrote it here.
  if (name == kKraftVersionFeature) return {};
  image.features = level == 0 ? image.features.without(name) : image.features.with(name, level);
  return {};
}

Result<void> apply(const protocol::ProducerIdsRecord& record, Target& target) {
  if (target.image.next_producer_id >= 0 && record.next_producer_id <= target.image.next_producer_id) {
    return contradiction("next producer id " + std::to_string(record.next_producer_id) + " is not above " +
                         std::to_string(target.image.next_producer_id));
  }
  target.image.next_producer_id = record.next_producer_id;
  target.delta.producer_ids = true;
  return {};
}

Result<void> apply(const protocol::ClientQuotaRecord& record, Target& target) {
  QuotaEntity entity;
  for (const auto& part : record.entity) {
    std::optional<std::string> name;
    if (part.entity_name) name = std::string(*part.entity_name);
    entity.insert_or_assign(std::string(part.entity_type), std::move(name));
  }
  Image& image = target.image;
  const Quotas* present = image.quotas.find(entity);
  Quotas quotas = present != nullptr ? *present : Quotas{};
  if (record.remove) {
    quotas.erase(std::string(record.key));
  } else {
    quotas.insert_or_assign(std::string(record.key), record.value);
  }
  target.delta.quotas.insert(entity);
  image.quotas =
      quotas.empty() ? image.quotas.without(entity) : image.quotas.with(std::move(entity), std::move(quotas));
  return {};
}

Result<void> apply(const protocol::AccessControlEntryRecord& record, Target& target) {
  target.image.acls = target.image.acls.with(record.id, kept(target));
  target.delta.acls = true;
  return {};
}

Result<void> apply(const protocol::RemoveAccessControlEntryRecord& record, Target& target) {
  if (!target.image.acls.contains(record.id)) return contradiction("no ACL with id " + record.id.to_string());
  target.image.acls = target.image.acls.without(record.id);
  target.delta.acls = true;
  return {};
}

Result<void> apply(const protocol::UserScramCredentialRecord& record, Target& target) {
  ScramKey key{record.mechanism, std::string(record.name)};
  target.image.scram_credentials = target.image.scram_credentials.with(std::move(key), kept(target));
  target.delta.scram_credentials = true;
  return {};
}

Result<void> apply(const protocol::RemoveUserScramCredentialRecord& record, Target& target) {
  const ScramKey key{record.mechanism, std::string(record.name)};
  target.image.scram_credentials = target.image.scram_credentials.without(key);
  target.delta.scram_credentials = true;
  return {};
}

Result<void> apply(const protocol::DelegationTokenRecord& record, Target& target) {
  target.image.delegation_tokens =
      target.image.delegation_tokens.with(std::string(record.token_id), kept(target));
  target.delta.delegation_tokens = true;
  return {};
}

Result<void> apply(const protocol::RemoveDelegationTokenRecord& record, Target& target) {
  target.image.delegation_tokens = target.image.delegation_tokens.without(std::string(record.token_id));
  target.delta.delegation_tokens = true;
  return {};
}

template <class Message>
Outcome apply_as(const RecordFrame& frame, Target& target) {
  return {.result =
              with_message<Message>(frame, [&](const Message& message) { return apply(message, target); })};
}

}  // namespace

Outcome apply_setting_record(const RecordFrame& frame, Target& target) {
  switch (static_cast<RecordType>(frame.type)) {
    case RecordType::kConfig:
      return apply_as<protocol::ConfigRecord>(frame, target);
    case RecordType::kFeatureLevel:
      return apply_as<protocol::FeatureLevelRecord>(frame, target);
    case RecordType::kProducerIds:
      return apply_as<protocol::ProducerIdsRecord>(frame, target);
    case RecordType::kClientQuota:
      return apply_as<protocol::ClientQuotaRecord>(frame, target);
    case RecordType::kAccessControlEntry:
      return apply_as<protocol::AccessControlEntryRecord>(frame, target);
    case RecordType::kRemoveAccessControlEntry:
      return apply_as<protocol::RemoveAccessControlEntryRecord>(frame, target);
    case RecordType::kUserScramCredential:
      return apply_as<protocol::UserScramCredentialRecord>(frame, target);
    case RecordType::kRemoveUserScramCredential:
      return apply_as<protocol::RemoveUserScramCredentialRecord>(frame, target);
    case RecordType::kDelegationToken:
      return apply_as<protocol::DelegationTokenRecord>(frame, target);
    case RecordType::kRemoveDelegationToken:
      return apply_as<protocol::RemoveDelegationTokenRecord>(frame, target);
    default:
      return {.handled = false};
  }
}

}  // namespace moldau::metadata::appliers
