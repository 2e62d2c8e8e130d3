#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <set>
#include <tuple>
#include <utility>

#include "api/fetch_session.h"
#include "base/time.h"

namespace moldau::api {

/// The fetch sessions of one shard, and which of them have to go for a new one (KIP-227). Pure.
///
/// A new session is kept while there is room. Otherwise it takes the place of those that were unused
/// longest, if that is longer than the eviction time; or else of the least valuable one that may go, if the
/// new one is worth more. Followers are worth more than consumers, and of two of a kind the one with more
/// partitions. Those that may go are the ones older than the eviction time, and for a follower any
/// consumer's.
class FetchSessionCache {
 public:
  struct Limits {
    std::size_t sessions = 0;
    /// Partitions of all sessions together: what they cost in memory. A session beyond it is not kept.
    std::size_t partitions = 1'000'000;
    Duration eviction_time = std::chrono::minutes(2);
  };

  explicit FetchSessionCache(const Limits& limits) : limits_(limits) {}

  /// The session; nullptr when it is not, or no longer, kept.
  std::shared_ptr<FetchSession> find(std::int32_t id) const;

  /// Makes room for a session of that many partitions, if the rules allow it.
  bool make_room(bool is_follower, std::size_t partitions, Instant now);

  /// Keeps a session that room was made for.
  void insert(std::shared_ptr<FetchSession> session, Instant now);

  /// Notes that the session is used, and how many partitions it has now. False when those are too many: it is
  /// not kept any more.
  bool touch(const FetchSession& session, Instant now);

  void remove(std::int32_t id);

  std::size_t size() const { return kept_.size(); }
  std::size_t partition_count() const { return partition_count_; }

 private:
  /// Least valuable first: whether it is a follower's, its partitions, its id.
  using Worth = std::tuple<bool, std::size_t, std::int32_t>;

  struct Kept {
    std::shared_ptr<FetchSession> session;
    Instant last_used;
    std::size_t partitions = 0;
  };

  Worth worth_of(const Kept& kept) const {
    return {kept.session->is_follower(), kept.partitions, kept.session->id()};
  }
  void leave_order(const Kept& kept);
  /// Removes the session that was unused longest, if that is long enough.
  bool remove_stale(Instant now);

  Limits limits_;
  std::map<std::int32_t, Kept> kept_;
  std::set<std::pair<Instant, std::int32_t>> by_use_;
  std::set<Worth> removable_by_all_;
  std::set<Worth> removable_by_followers_;
  std::size_t partition_count_ = 0;
};

}  // namespace moldau::api
