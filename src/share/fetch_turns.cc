#include "share/fetch_turns.h"

#include "base/assert.h"

namespace moldau::share {

std::vector<std::int32_t> share_max_bytes(std::int32_t max_bytes, std::size_t partitions,
                                          std::size_t acquired, std::size_t chance) {
  require(max_bytes > 0 && acquired > 0 && chance < partitions, "bytes are shared out among partitions");
  const auto bytes = static_cast<std::size_t>(max_bytes);
  if (bytes < acquired && bytes < partitions) {
    std::vector<std::int32_t> shares(partitions, 0);
    for (std::size_t i = 0; i < bytes; ++i)
      shares[(chance + i) % partitions] = 1;
    return shares;
  }
  const std::size_t parts = bytes >= acquired ? acquired : partitions;
  std::vector<std::int32_t> shares(partitions, static_cast<std::int32_t>(bytes / parts));
  shares[chance] += static_cast<std::int32_t>(bytes % parts);
  return shares;
}

}  // namespace moldau::share
