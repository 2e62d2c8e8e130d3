#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "config/broker_config.h"
#include "runtime/node.h"
#include "runtime/shard.h"
#include "runtime/task.h"
#include "share/share_session_cache.h"

namespace moldau::api {

/// How sessions name a connection of that shard.
inline std::string share_connection(const runtime::Shard& shard, std::uint64_t connection_id) {
  return std::to_string(shard.id().value()) + "-" + std::to_string(connection_id);
}

/// The share sessions of a broker (KIP-932). They live on shard 0, so that their limit holds for all; callers
/// may be on any shard.
class ShareSessions {
 public:
  /// `node` outlives it.
  explicit ShareSessions(runtime::Node& node);

  /// ShareSessionCache::open().
  runtime::Task<Result<share::ShareFetchContext>> open(runtime::Shard& here,
                                                       share::ShareFetchOpening opening);
  /// ShareSessionCache::close().
  runtime::Task<Result<std::vector<bool>>> close(runtime::Shard& here,
                                                 const share::ShareFetchContext& context,
                                                 const std::vector<share::ShareFound>& found);
  /// ShareSessionCache::acknowledge().
  runtime::Task<Result<void>> acknowledge(runtime::Shard& here, share::ShareSessionKey key,
                                          std::int32_t epoch);
  /// Ends a member's session, if there is one, and makes available again what the member has of its
  /// partitions.
  runtime::Task<void> end(runtime::Shard& here, share::ShareSessionKey key);
  /// The connection is closed: its sessions end in the same way.
  runtime::Task<void> disconnect(runtime::Shard& here, std::string connection);

 private:
  runtime::Shard& home() const;
  /// Runs `ask(cache)` on the sessions' shard.
  template <class Outcome, class Ask>
  runtime::Task<Outcome> ask_cache(runtime::Shard& here, Ask ask);
  runtime::Task<void> release(runtime::Shard& here, const share::ShareSession& session);

  runtime::Node& node_;
  share::ShareSessionCache cache_;
};

}  // namespace moldau::api
