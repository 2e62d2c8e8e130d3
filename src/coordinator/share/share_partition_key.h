#pragma once

#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/uuid.h"

namespace moldau::coordinator {

/// A partition as one share group reads it.
struct SharePartitionKey {
  std::string group;
  Uuid topic_id;
  std::int32_t partition = 0;

  auto operator<=>(const SharePartitionKey&) const = default;

  /// "group:topic id:partition"; its hash chooses the partition of __share_group_state.
  std::string to_string() const;

  /// Reads what FindCoordinator names a share partition by, from the right, as groups may have colons;
  /// nullopt where it names none. Numbers may have a sign and zeros in front, as in Apache Kafka.
  static std::optional<SharePartitionKey> parse(std::string_view text);
};

}  // namespace moldau::coordinator
