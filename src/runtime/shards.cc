#include "runtime/shards.h"

#include <functional>

namespace moldau::runtime {

Shards::Shards(io::Host& host) {
  for (std::size_t i = 0; i < host.loop_count(); ++i) {
    shards_.push_back(std::make_unique<Shard>(ShardId(static_cast<std::uint32_t>(i)), host.loop(i)));
  }
}

ShardId Shards::owner_of(const Uuid& topic_id, std::int32_t partition) const {
  const std::size_t first = (std::hash<Uuid>{}(topic_id) * 0x9E3779B97F4A7C15ULL) >> 32;
  return ShardId(static_cast<std::uint32_t>((first + static_cast<std::size_t>(partition)) % shards_.size()));
}

}  // namespace moldau::runtime
