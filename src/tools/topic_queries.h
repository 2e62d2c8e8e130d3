#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.h"
#include "base/uuid.h"
#include "tools/admin.h"

namespace moldau::tools {

struct ListedTopic {
  std::string name;
  Uuid id;
  bool is_internal = false;
};

/// All topics of the cluster, by name.
Result<std::vector<ListedTopic>> list_topics(Admin& admin);

struct DescribedPartition {
  std::int32_t index = 0;
  std::int32_t leader = -1;  ///< -1 where there is none
  std::vector<std::int32_t> replicas;
  std::vector<std::int32_t> isr;
  std::optional<std::vector<std::int32_t>> eligible_leaders;
  std::optional<std::vector<std::int32_t>> last_eligible_leaders;
};

struct DescribedTopic {
  std::string name;
  Uuid id;
  std::vector<DescribedPartition> partitions;
  std::vector<std::pair<std::string, std::string>> configs;  ///< without defaults, in Apache's order
  std::int32_t min_insync_replicas = 1;
};

/// The topics of these names, which are sorted, with partitions and settings; what is gone meanwhile is left
/// out. `partition_limit`: the most partitions in one answer.
Result<std::vector<DescribedTopic>> describe_topics(Admin& admin, const std::vector<std::string>& names,
                                                    std::int32_t partition_limit);

}  // namespace moldau::tools
