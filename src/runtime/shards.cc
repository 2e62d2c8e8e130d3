#include "runtime/shards.h"

#include <functional>

namespace moldau::runtime {

Shards::Shards(io::Host& host) {
  for (std::size_t i = 0; i < host.loop_count(); ++i) {
    shards_.push_back(std::make_unique<Shard>(ShardId(static_cast<std::uint32_t>(i)), host.loop(i)));
  }
}

ShardId Shards::owner_of(const Uuid& topic_id, std::int32_t partition) const {
  const std::size_t mixed =
      (std::hash<Uuid>{}(topic_id) + static_cast<std::size_t>(partition)) * 0x9E3779B97F4A7C15ULL;
  return ShardId(static_cast<std::uint32_t>((mixed >> 32) % shards_.size()));
}

}  // namespace moldau::runtime
