#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/error_code.h"
#include "base/result.h"
#include "share/share_session.h"

namespace moldau::share {

/// What a ShareFetch says of its session. Views live as long as the call.
struct ShareFetchOpening {
  ShareSessionKey key;
  std::int32_t epoch = 0;
  std::string_view connection = {};
  std::span<const ShareSessionPartition> wanted = {};
  std::span<const ShareSessionPartition> forgotten = {};
  bool has_acknowledgements = false;
};

/// A ShareFetch under way.
struct ShareFetchContext {
  /// What is to be fetched, in this order; nothing where the session ends.
  std::vector<ShareSessionPartition> partitions = {};
  /// Of a session that goes on; what it tells of is told.
  std::shared_ptr<ShareSession> session = {};
  /// The session's epoch, if nobody else goes on with it meanwhile.
  std::int32_t next_epoch = 0;
  bool is_final = false;  ///< once it is answered the session is to be closed and its records released
};

/// What was found in a partition, as far as sessions care.
struct ShareFound {
  Uuid topic_id;
  std::int32_t partition = 0;
  bool has_records = false;
  bool has_error = false;  ///< of fetching; those of acknowledging are told anyway
};

/// The share sessions of a broker. Pure. There is no eviction: a session ends with its final epoch or its
/// connection, and while there are as many as may be no other begins.
class ShareSessionCache {
 public:
  /// group.share.max.share.sessions.
  explicit ShareSessionCache(std::size_t max_sessions) : max_sessions_(max_sessions) {}

  /// Begins, goes on with or finds the session that a ShareFetch names. SHARE_SESSION_NOT_FOUND;
  /// INVALID_SHARE_SESSION_EPOCH; SHARE_SESSION_LIMIT_REACHED, to be answered when the request's time to wait
  /// is over; INVALID_REQUEST for acknowledgements without a session; UNKNOWN_SERVER_ERROR for a partition
  /// that is named twice.
  Result<ShareFetchContext> open(const ShareFetchOpening& opening);

  /// What the client is told: by partition, in the order of `found`. INVALID_SHARE_SESSION_EPOCH, and nothing
  /// else, if the session went on meanwhile.
  static Result<std::vector<bool>> close(const ShareFetchContext& context, std::span<const ShareFound> found);

  /// Goes on with the session that a ShareAcknowledge names. SHARE_SESSION_NOT_FOUND,
  /// INVALID_SHARE_SESSION_EPOCH.
  Result<void> acknowledge(const ShareSessionKey& key, std::int32_t epoch);

  /// nullptr where there is none.
  std::shared_ptr<ShareSession> find(const ShareSessionKey& key) const;

  /// Ends a session. nullptr where there is none. The caller releases what the member has of its partitions.
  std::shared_ptr<ShareSession> remove(const ShareSessionKey& key);

  /// What the end of a connection leaves to be done.
  struct Disconnected {
    std::vector<std::shared_ptr<ShareSession>> ended = {};  ///< as remove() gives them
    std::vector<std::string> empty_groups = {};             ///< whose share partitions need not be kept
  };
  Disconnected disconnect(std::string_view connection);

  /// Share groups are not supported any more. Nothing is released.
  void clear();

  std::size_t size() const { return sessions_.size(); }
  /// Of all sessions together.
  std::size_t partition_count() const;

 private:
  /// It goes on, and began on that connection; it may have begun anew on another.
  bool is_on(const ShareSessionKey& key, std::string_view connection) const;
  Result<ShareFetchContext> begin(const ShareFetchOpening& opening);

  std::size_t max_sessions_;
  std::map<ShareSessionKey, std::shared_ptr<ShareSession>> sessions_;
  /// By connection the sessions that began on it and go on, and the last one in any case: its group may be
  /// empty when the connection ends.
  std::map<std::string, std::vector<ShareSessionKey>, std::less<>> begun_;
};

}  // namespace moldau::share
