#pragma once

#include <cstdint>
#include <memory>
#include <string_view>
#include <vector>

#include "api/fetch_session.h"
#include "api/fetch_session_cache.h"
#include "base/error_code.h"
#include "config/broker_config.h"
#include "protocol/messages/fetch_request.h"
#include "runtime/shard.h"
#include "runtime/shards.h"
#include "runtime/task.h"

namespace moldau::api {

/// What the session of a Fetch request says of it, before anything is read.
struct FetchOpening {
  enum class Kind : std::uint8_t {
    kSessionless,  ///< the request stands for itself
    kFull,         ///< it names all partitions, and a session may begin
    kIncremental,  ///< it goes on with a session, whose partitions are to be read
  };

  Kind kind = Kind::kSessionless;
  ErrorCode error = ErrorCode::kNone;
  bool names_ids = false;
  bool is_follower = false;
  std::shared_ptr<FetchSession> session;     ///< of an incremental one; touched on its shard only
  std::int32_t next_epoch = 0;               ///< what the session's epoch is if nobody else went on with it
  std::vector<SessionPartition> partitions;  ///< of an incremental one
};

/// What was found in one partition. Views live as long as the call.
struct FoundPartition {
  std::string_view topic;  ///< empty where topics are named by id
  Uuid topic_id;
  std::int32_t partition = 0;
  const protocol::FetchRequest::FetchPartition* asked = nullptr;  ///< of a full request
  Found found;
};

/// What the client is told of it all.
struct FetchClosing {
  ErrorCode error = ErrorCode::kNone;
  std::int32_t session_id = FetchSession::kNoId;
  std::vector<bool> is_told;  ///< by partition; empty: all are
};

/// The fetch sessions of all shards. A session lives on one of them, which its id tells; a client may go on
/// with it from a connection on any other.
class FetchSessions {
 public:
  /// `shards` outlives it. `slots` is `max.incremental.fetch.session.cache.slots`, for all shards together.
  FetchSessions(runtime::Shards& shards, std::int32_t slots);

  /// Finds or ends the session that the request names. FETCH_SESSION_ID_NOT_FOUND,
  /// INVALID_FETCH_SESSION_EPOCH or FETCH_SESSION_TOPIC_ID_ERROR in the opening. `here` is the caller's
  /// shard.
  runtime::Task<FetchOpening> open(runtime::Shard& here, std::int16_t version,
                                   const protocol::FetchRequest& request);

  /// Begins a session, or brings the one under way up to date, and says what the client is to be told.
  runtime::Task<FetchClosing> close(runtime::Shard& here, const FetchOpening& opening,
                                    const std::vector<FoundPartition>& found);

 private:
  /// The shard of a session, wherever it may have ended since.
  runtime::ShardId owner_of(std::int32_t session_id) const;
  FetchSessionCache& cache_of(runtime::ShardId shard) { return *caches_[shard.value()]; }

  FetchOpening go_on(runtime::Shard& there, const protocol::FetchRequest& request, FetchOpening opening);
  FetchClosing begin(runtime::Shard& here, const FetchOpening& opening,
                     const std::vector<FoundPartition>& found);
  std::int32_t fresh_id(runtime::Shard& shard);

  runtime::Shards& shards_;
  std::vector<std::unique_ptr<FetchSessionCache>> caches_;
};

}  // namespace moldau::api
