#include "api/fetch_session_cache.h"

#include <utility>

#include "base/assert.h"

namespace moldau::api {

std::shared_ptr<FetchSession> FetchSessionCache::find(std::int32_t id) const {
  const auto found = kept_.find(id);
  return found == kept_.end() ? nullptr : found->second.session;
}

bool FetchSessionCache::remove_stale(Instant now) {
  if (by_use_.empty()) return false;
  const auto [used, id] = *by_use_.begin();
  if (now - used <= limits_.eviction_time) return false;
  remove(id);
  return true;
}

bool FetchSessionCache::make_room(bool is_follower, std::size_t partitions, Instant now) {
  if (partitions > limits_.partitions) return false;
  while (partition_count_ + partitions > limits_.partitions) {
    if (!remove_stale(now)) return false;
  }
  if (kept_.size() < limits_.sessions) return true;
  if (remove_stale(now)) return true;
  const std::set<Worth>& removable = is_follower ? removable_by_followers_ : removable_by_all_;
  if (removable.empty()) return false;
  const Worth least = *removable.begin();
  if (Worth{is_follower, partitions, FetchSession::kNoId} < least) return false;
  remove(std::get<std::int32_t>(least));
  return true;
}

void FetchSessionCache::insert(std::shared_ptr<FetchSession> session, Instant now) {
  require(session->id() != FetchSession::kNoId, "a session has an id");
  const FetchSession& inserted = *session;
  const bool is_new =
      kept_.emplace(inserted.id(), Kept{.session = std::move(session), .last_used = now}).second;
  require(is_new, "the id of a session is its own");
  touch(inserted, now);
}

bool FetchSessionCache::touch(const FetchSession& session, Instant now) {
  const auto found = kept_.find(session.id());
  if (found == kept_.end()) return true;
  Kept& kept = found->second;
  leave_order(kept);
  partition_count_ += session.size() - kept.partitions;
  kept.partitions = session.size();
  kept.last_used = now;
  by_use_.emplace(now, session.id());
  const bool is_old = now - session.created() > limits_.eviction_time;
  if (is_old || !session.is_follower()) removable_by_followers_.insert(worth_of(kept));
  if (is_old) removable_by_all_.insert(worth_of(kept));
  while (partition_count_ > limits_.partitions) {
    if (remove_stale(now)) continue;
    remove(session.id());
    return false;
  }
  return true;
}

void FetchSessionCache::remove(std::int32_t id) {
  const auto found = kept_.find(id);
  if (found == kept_.end()) return;
  leave_order(found->second);
  partition_count_ -= found->second.partitions;
  kept_.erase(found);
}

void FetchSessionCache::leave_order(const Kept& kept) {
  by_use_.erase({kept.last_used, kept.session->id()});
  removable_by_all_.erase(worth_of(kept));
  removable_by_followers_.erase(worth_of(kept));
}

}  // namespace moldau::api
