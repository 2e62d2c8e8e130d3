#include "api/share_sessions.h"

#include <memory>
#include <utility>

#include "runtime/share_partition_table.h"

namespace moldau::api {

using runtime::Shard;
using runtime::ShardId;
using runtime::Task;

ShareSessions::ShareSessions(runtime::Node& node)
    : node_(node), cache_(static_cast<std::size_t>(node.config().groups.share_max_sessions)) {}

Shard& ShareSessions::home() const {
  return node_.shards()[ShardId(0)];
}

template <class Outcome, class Ask>
Task<Outcome> ShareSessions::ask_cache(Shard& here, Ask ask) {
  co_return co_await runtime::on_shard<Outcome>(here, home(),
                                                [this, &ask]() -> Task<Outcome> { co_return ask(cache_); });
}

Task<Result<share::ShareFetchContext>> ShareSessions::open(Shard& here, share::ShareFetchOpening opening) {
  co_return co_await ask_cache<Result<share::ShareFetchContext>>(
      here, [&opening](share::ShareSessionCache& cache) { return cache.open(opening); });
}

Task<Result<std::vector<bool>>> ShareSessions::close(Shard& here, const share::ShareFetchContext& context,
                                                     const std::vector<share::ShareFound>& found) {
  co_return co_await ask_cache<Result<std::vector<bool>>>(
      here, [&](share::ShareSessionCache& cache) { return cache.close(context, found); });
}

Task<Result<void>> ShareSessions::acknowledge(Shard& here, share::ShareSessionKey key, std::int32_t epoch) {
  co_return co_await ask_cache<Result<void>>(
      here, [&](share::ShareSessionCache& cache) { return cache.acknowledge(key, epoch); });
}

Task<void> ShareSessions::end(Shard& here, share::ShareSessionKey key) {
  using Ended = std::shared_ptr<share::ShareSession>;
  const auto ended =
      co_await ask_cache<Ended>(here, [&key](share::ShareSessionCache& cache) { return cache.remove(key); });
  if (ended) co_await release(here, *ended);
}

Task<void> ShareSessions::disconnect(Shard& here, std::string connection) {
  using Disconnected = share::ShareSessionCache::Disconnected;
  const auto gone = co_await ask_cache<Disconnected>(
      here, [&connection](share::ShareSessionCache& cache) { return cache.disconnect(connection); });
  for (const auto& session : gone.ended)
    co_await release(here, *session);
  for (const std::string& group : gone.empty_groups) {
    for (std::size_t i = 0; i < node_.shards().count(); ++i) {
      const ShardId shard(static_cast<std::uint32_t>(i));
      co_await runtime::on_shard<bool>(here, node_.shards()[shard], [this, shard, &group]() -> Task<bool> {
        node_.share_partitions(shard).drop_group(group);
        co_return true;
      });
    }
  }
}

Task<void> ShareSessions::release(Shard& here, const share::ShareSession& session) {
  for (const share::ShareSessionPartition& partition : session.partitions()) {
    const share::SharePartitionId id{.group = session.key().group,
                                     .topic_id = partition.topic_id,
                                     .topic = partition.topic,
                                     .partition = partition.partition};
    const ShardId owner = node_.shards().owner_of(id.topic_id, id.partition);
    co_await runtime::on_shard<bool>(here, node_.shards()[owner],
                                     [this, owner, &id, &member = session.key().member]() -> Task<bool> {
                                       const auto found = node_.share_partitions(owner).find(id);
                                       if (found) found->release(member);
                                       co_return true;
                                     });
  }
}

}  // namespace moldau::api
