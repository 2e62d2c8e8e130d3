#include "share/share_session_cache.h"

#include <set>
#include <utility>

namespace moldau::share {

std::shared_ptr<ShareSession> ShareSessionCache::find(const ShareSessionKey& key) const {
  const auto found = sessions_.find(key);
  return found == sessions_.end() ? nullptr : found->second;
}

std::shared_ptr<ShareSession> ShareSessionCache::remove(const ShareSessionKey& key) {
  const auto found = sessions_.find(key);
  if (found == sessions_.end()) return nullptr;
  std::shared_ptr<ShareSession> session = std::move(found->second);
  sessions_.erase(found);
  return session;
}

bool ShareSessionCache::is_on(const ShareSessionKey& key, std::string_view connection) const {
  const auto found = sessions_.find(key);
  return found != sessions_.end() && found->second->connection() == connection;
}

Result<ShareFetchContext> ShareSessionCache::open(const ShareFetchOpening& opening) {
  if (opening.epoch == ShareSession::kInitialEpoch) return begin(opening);
  const std::shared_ptr<ShareSession> session = find(opening.key);
  if (session == nullptr) return fail(ErrorCode::kShareSessionNotFound);
  if (opening.epoch == ShareSession::kFinalEpoch) return ShareFetchContext{.is_final = true};
  if (session->epoch() != opening.epoch) return fail(ErrorCode::kInvalidShareSessionEpoch);
  session->update(opening.wanted, opening.forgotten);
  session->advance();
  return ShareFetchContext{
      .partitions = session->partitions(), .session = session, .next_epoch = session->epoch()};
}

Result<ShareFetchContext> ShareSessionCache::begin(const ShareFetchOpening& opening) {
  if (opening.has_acknowledgements) return fail(ErrorCode::kInvalidRequest);
  remove(opening.key);
  auto session = std::make_shared<ShareSession>(opening.key, std::string(opening.connection), opening.wanted);
  if (session->size() != opening.wanted.size()) return fail(ErrorCode::kUnknownServerError);
  if (sessions_.size() >= max_sessions_) return fail(ErrorCode::kShareSessionLimitReached);
  std::vector<ShareSessionKey>& begun = begun_[session->connection()];
  std::erase_if(begun, [&](const ShareSessionKey& key) { return !is_on(key, opening.connection); });
  begun.push_back(opening.key);
  sessions_.emplace(opening.key, std::move(session));
  return ShareFetchContext{.partitions = {opening.wanted.begin(), opening.wanted.end()}};
}

Result<std::vector<bool>> ShareSessionCache::close(const ShareFetchContext& context,
                                                   std::span<const ShareFound> found) {
  if (context.session == nullptr) return std::vector<bool>(found.size(), true);
  if (context.session->epoch() != context.next_epoch) return fail(ErrorCode::kInvalidShareSessionEpoch);
  std::vector<bool> is_told;
  for (const ShareFound& each : found) {
    is_told.push_back(context.session->tell(each.topic_id, each.partition, each.has_records, each.has_error));
  }
  return is_told;
}

Result<void> ShareSessionCache::acknowledge(const ShareSessionKey& key, std::int32_t epoch) {
  if (epoch == ShareSession::kInitialEpoch) return fail(ErrorCode::kInvalidShareSessionEpoch);
  const std::shared_ptr<ShareSession> session = find(key);
  if (session == nullptr) return fail(ErrorCode::kShareSessionNotFound);
  if (epoch == ShareSession::kFinalEpoch) return {};
  if (session->epoch() != epoch) return fail(ErrorCode::kInvalidShareSessionEpoch);
  session->advance();
  return {};
}

ShareSessionCache::Disconnected ShareSessionCache::disconnect(std::string_view connection) {
  Disconnected disconnected;
  const auto found = begun_.find(connection);
  if (found == begun_.end()) return disconnected;
  std::set<std::string> groups;
  for (const ShareSessionKey& key : found->second) {
    groups.insert(key.group);
    if (is_on(key, connection)) disconnected.ended.push_back(remove(key));
  }
  begun_.erase(found);
  for (const std::string& group : groups) {
    const auto next = sessions_.lower_bound({.group = group, .member = ""});
    if (next == sessions_.end() || next->first.group != group) disconnected.empty_groups.push_back(group);
  }
  return disconnected;
}

void ShareSessionCache::clear() {
  sessions_.clear();
}

std::size_t ShareSessionCache::partition_count() const {
  std::size_t count = 0;
  for (const auto& [key, session] : sessions_)
    count += session->size();
  return count;
}

}  // namespace moldau::share
