#pragma once

#include <cstdint>
#include <memory>

#include "metadata/image.h"

namespace moldau::runtime {

/// The cluster as committed records describe it: what every shard serves from. Immutable and shared; a
/// request holds one for its lifetime, so that its answer is of one piece.
struct ClusterView {
  metadata::Image image;
  std::int16_t kraft_version = 0;
};

using ClusterViewPtr = std::shared_ptr<const ClusterView>;

}  // namespace moldau::runtime
