#include "metadata/activation.h"

#include "metadata/features.h"
#include "metadata/record_frame.h"
#include "metadata/record_writer.h"
#include "protocol/messages/feature_level_record.h"

namespace moldau::metadata {
namespace {

/// The record as a feature level; nullopt if it is a record of another type.
Result<std::optional<protocol::FeatureLevelRecord>> as_feature_level(ByteView record) {
  const auto frame = parse_record_frame(record);
  if (!frame) return fail(frame.error());
  if (static_cast<RecordType>(frame->type) != RecordType::kFeatureLevel) return std::nullopt;
  auto level = wire::decode_message<protocol::FeatureLevelRecord>(frame->message, frame->version);
  if (!level) return fail(std::move(level).error());
  return *level;
}

}  // namespace

BootstrapMetadata BootstrapMetadata::from_levels(MetadataVersion version,
                                                 const std::map<std::string, std::int16_t>& levels) {
  BootstrapMetadata bootstrap{.version = version, .records = {}};
  bootstrap.records.push_back(write::feature_level(kMetadataVersionFeature, version.level()));
  for (const auto& [name, level] : levels) {
    if (name == kMetadataVersionFeature || name == kKraftVersionFeature || level <= 0) continue;
    bootstrap.records.push_back(write::feature_level(name, level));
  }
  return bootstrap;
}

Result<BootstrapMetadata> BootstrapMetadata::from_records(std::vector<Bytes> records) {
  std::optional<MetadataVersion> version;
  for (const Bytes& record : records) {
    const auto level = as_feature_level(record);
    if (!level) return fail(level.error());
    if (!*level || (*level)->name != kMetadataVersionFeature) continue;
    version = MetadataVersion::from_level((*level)->feature_level);
    if (!version) {
      return fail(ErrorCode::kInvalidRecord, "No MetadataVersion with feature level " +
                                                 std::to_string((*level)->feature_level) + " is known.");
    }
  }
  if (!version) {
    return fail(ErrorCode::kInvalidRecord,
                "No FeatureLevelRecord for metadata.version was found in the bootstrap metadata");
  }
  return BootstrapMetadata{.version = *version, .records = std::move(records)};
}

std::int16_t BootstrapMetadata::feature_level(std::string_view feature) const {
  std::int16_t found = 0;
  for (const Bytes& record : records) {
    const auto level = as_feature_level(record);
    if (level && *level && (*level)->name == feature) found = (*level)->feature_level;
  }
  return found;
}

Result<Decision<std::monostate>> activation_records(const ImageLoader& loader,
                                                    const BootstrapMetadata& bootstrap,
                                                    const ControllerSettings& settings) {
  const auto& finalized = loader.published().metadata_version;
  const MetadataVersion version = finalized.value_or(bootstrap.version);
  Decision<std::monostate> decision{.records = {}, .response = {}, .is_atomic = true};
  if (loader.in_transaction()) {
    if (!version.supports_transactions()) {
      return fail(ErrorCode::kInvalidTxnState,
                  "Detected in-progress transaction at offset " +
                      std::to_string(*loader.transaction_start()) + ", but the metadata.version " +
                      std::string(version.name()) + " does not support transactions. Cannot continue.");
    }
    decision.records.push_back(write::abort_transaction("Controller failover"));
  }
  if (finalized) return decision;

  if (version.supports_transactions())
    decision.records.push_back(write::begin_transaction("Bootstrap records"));
  decision.records.insert(decision.records.end(), bootstrap.records.begin(), bootstrap.records.end());
  if (bootstrap.feature_level(kElrFeature) > 0) {
    // With ELR the minimum must be the same for all brokers, so it becomes a config of the cluster (KIP-966).
    decision.records.push_back(write::config(cluster_resource(), "min.insync.replicas",
                                             std::to_string(settings.static_min_insync_replicas)));
  }
  if (version.supports_transactions()) {
    decision.records.push_back(write::end_transaction());
    decision.is_atomic = false;
  }
  return decision;
}

}  // namespace moldau::metadata
