#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "base/bytes.h"
#include "base/result.h"
#include "metadata/decision.h"
#include "metadata/image_loader.h"
#include "metadata/metadata_version.h"

namespace moldau::metadata {

/// The first records of a cluster: what formatting decided, from `bootstrap.checkpoint`.
struct BootstrapMetadata {
  MetadataVersion version = MetadataVersion::latest_production();
  std::vector<Bytes> records;  ///< Framed: FeatureLevel for `version` first, then what else was asked for.

  /// Records for these levels; kraft.version, metadata.version and those at 0 are left out of `levels`.
  static BootstrapMetadata from_levels(MetadataVersion version,
                                       const std::map<std::string, std::int16_t>& levels);
  /// Of the records of a file. INVALID_RECORD if one is malformed or none sets metadata.version.
  static Result<BootstrapMetadata> from_records(std::vector<Bytes> records);

  /// Level that the records finalize for `feature`; 0 for none.
  std::int16_t feature_level(std::string_view feature) const;
};

/// Records with which a new active controller begins: the bootstrap records as one metadata transaction if
/// the log is empty, else nothing, and before either the abortion of a transaction that the predecessor left
/// open.
Result<Decision<std::monostate>> activation_records(const ImageLoader& loader,
                                                    const BootstrapMetadata& bootstrap,
                                                    const ControllerSettings& settings);

}  // namespace moldau::metadata
