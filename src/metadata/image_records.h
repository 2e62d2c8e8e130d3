#pragma once

#include <vector>

#include "base/bytes.h"
#include "metadata/image.h"

namespace moldau::metadata {

/// The framed records that build `image` from nothing, as a snapshot holds them: features, brokers,
/// controllers, topics with their partitions, configs, quotas, producer ids, ACLs, SCRAM credentials, tokens;
/// by key within each. Empty for an image without metadata.version, which no cluster has after its first
/// records.
std::vector<Bytes> image_records(const Image& image);

}  // namespace moldau::metadata
