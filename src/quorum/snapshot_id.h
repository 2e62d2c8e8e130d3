#pragma once

#include <compare>
#include <cstdint>

namespace moldau::quorum {

/// Names a snapshot by the log position it stands for.
struct SnapshotId {
  std::int64_t end_offset = 0;  ///< First offset that is not contained.
  std::int32_t epoch = 0;       ///< Of the last contained record.

  auto operator<=>(const SnapshotId&) const = default;
  bool operator==(const SnapshotId&) const = default;
};

/// The snapshot that formatting a dynamic quorum writes: voters and nothing else.
inline constexpr SnapshotId kBootstrapSnapshotId{.end_offset = 0, .epoch = 0};

}  // namespace moldau::quorum
