#pragma once

#include <compare>
#include <cstdint>
#include <string>

#include "base/uuid.h"

namespace moldau::share {

/// A partition as one share group reads it.
struct SharePartitionId {
  std::string group;
  Uuid topic_id;
  std::string topic;
  std::int32_t partition = 0;

  auto operator<=>(const SharePartitionId&) const = default;

  /// As messages of Apache Kafka name it: "group-topic id:topic-partition".
  std::string to_string() const {
    return group + "-" + topic_id.to_string() + ":" + topic + "-" + std::to_string(partition);
  }
};

}  // namespace moldau::share
