#pragma once

#include <cstdint>

#include "protocol/messages/api_keys.h"
#include "protocol/wire/version_range.h"

namespace moldau::wire {

/// Version of the header in front of a request: 2 where the version is flexible, else 1. A version newer than
/// the release knows is taken for as flexible as the newest, as Apache Kafka does.
constexpr std::int16_t request_header_version(VersionRange flexible_versions, std::int16_t version) {
  return !flexible_versions.empty() && version >= flexible_versions.lowest ? 2 : 1;
}

/// Version of the header in front of a response: 1 where the version is flexible, else 0. Always 0 for
/// ApiVersions, so that a client can read the answer before it knows the broker's versions (KIP-511).
constexpr std::int16_t response_header_version(std::int16_t api_key, VersionRange flexible_versions,
                                               std::int16_t version) {
  if (api_key == static_cast<std::int16_t>(protocol::ApiKey::kApiVersions)) return 0;
  return !flexible_versions.empty() && version >= flexible_versions.lowest ? 1 : 0;
}

}  // namespace moldau::wire
