#include "api/fetch_sessions.h"

#include <algorithm>
#include <limits>
#include <utility>

namespace moldau::api {
namespace {

using protocol::FetchRequest;
using runtime::Shard;
using runtime::ShardId;
using runtime::Task;

constexpr std::int16_t kFirstVersionWithSessions = 7;
constexpr std::int16_t kFirstVersionWithTopicIds = 13;
constexpr std::int16_t kFirstVersionWithReplicaState = 15;

bool is_follower(const FetchRequest& request, std::int16_t version) {
  const auto id =
      version < kFirstVersionWithReplicaState ? request.replica_id : request.replica_state.replica_id;
  return id.value() >= 0;
}

FetchOpening failed(FetchOpening opening, ErrorCode error) {
  opening.error = error;
  return opening;
}

FetchClosing tell(FetchSession& session, const FetchOpening& opening,
                  const std::vector<FoundPartition>& found) {
  FetchClosing closing;
  closing.session_id = session.id();
  if (session.epoch() != opening.next_epoch) {
    closing.error = ErrorCode::kInvalidFetchSessionEpoch;
    return closing;
  }
  closing.is_told.reserve(found.size());
  for (const FoundPartition& one : found) {
    closing.is_told.push_back(session.tell(one.topic, one.topic_id, one.partition, one.found));
  }
  return closing;
}

}  // namespace

FetchSessions::FetchSessions(runtime::Shards& shards, std::int32_t slots) : shards_(shards) {
  const std::size_t count = shards.count();
  for (std::size_t i = 0; i < count; ++i) {
    // What does not divide goes to the first shards.
    FetchSessionCache::Limits limits;
    limits.sessions = (static_cast<std::size_t>(slots) + count - 1 - i) / count;
    limits.partitions /= count;
    caches_.push_back(std::make_unique<FetchSessionCache>(limits));
  }
}

ShardId FetchSessions::owner_of(std::int32_t session_id) const {
  const auto number = static_cast<std::uint32_t>(session_id);
  return ShardId(number % static_cast<std::uint32_t>(shards_.count()));
}

std::int32_t FetchSessions::fresh_id(Shard& shard) {
  const auto count = static_cast<std::uint32_t>(shards_.count());
  constexpr std::uint32_t kLargest = std::numeric_limits<std::int32_t>::max();
  while (true) {
    const auto drawn = static_cast<std::uint32_t>(shard.loop().random().next() % (kLargest / count));
    const auto id = static_cast<std::int32_t>(drawn * count + shard.id().value());
    if (id != FetchSession::kNoId && !cache_of(shard.id()).find(id)) return id;
  }
}

Task<FetchOpening> FetchSessions::open(Shard& here, std::int16_t version, const FetchRequest& request) {
  FetchOpening opening;
  opening.names_ids = version >= kFirstVersionWithTopicIds;
  opening.is_follower = is_follower(request, version);
  if (version < kFirstVersionWithSessions) co_return opening;
  const std::int32_t epoch = request.session_epoch;
  const ShardId owner = owner_of(request.session_id);
  if (epoch == FetchSession::kInitialEpoch || epoch == FetchSession::kFinalEpoch) {
    if (request.session_id != FetchSession::kNoId) {
      co_await runtime::on_shard<bool>(here, shards_[owner],
                                       [this, owner, id = request.session_id]() -> Task<bool> {
                                         cache_of(owner).remove(id);
                                         co_return true;
                                       });
    }
    if (epoch == FetchSession::kInitialEpoch) opening.kind = FetchOpening::Kind::kFull;
    co_return opening;
  }
  opening.kind = FetchOpening::Kind::kIncremental;
  co_return co_await runtime::on_shard<FetchOpening>(
      here, shards_[owner], [this, owner, &request, &opening]() -> Task<FetchOpening> {
        co_return go_on(shards_[owner], request, std::move(opening));
      });
}

FetchOpening FetchSessions::go_on(Shard& there, const FetchRequest& request, FetchOpening opening) {
  FetchSessionCache& cache = cache_of(there.id());
  auto session = cache.find(request.session_id);
  if (!session) return failed(std::move(opening), ErrorCode::kFetchSessionIdNotFound);
  if (session->epoch() != request.session_epoch) {
    return failed(std::move(opening), ErrorCode::kInvalidFetchSessionEpoch);
  }
  if (session->names_ids() != opening.names_ids) {
    return failed(std::move(opening), ErrorCode::kFetchSessionTopicIdError);
  }
  session->update(request);
  if (session->size() == 0) {
    cache.remove(session->id());
    opening.kind = FetchOpening::Kind::kSessionless;
    return opening;
  }
  session->advance();
  if (!cache.touch(*session, there.now())) {
    return failed(std::move(opening), ErrorCode::kFetchSessionIdNotFound);
  }
  opening.next_epoch = session->epoch();
  opening.partitions.reserve(session->size());
  session->visit([&opening](const SessionPartition& wanted) { opening.partitions.push_back(wanted); });
  opening.session = std::move(session);
  return opening;
}

Task<FetchClosing> FetchSessions::close(Shard& here, const FetchOpening& opening,
                                        const std::vector<FoundPartition>& found) {
  switch (opening.kind) {
    case FetchOpening::Kind::kSessionless:
      co_return FetchClosing{};
    case FetchOpening::Kind::kFull:
      co_return begin(here, opening, found);
    case FetchOpening::Kind::kIncremental:
      break;
  }
  Shard& there = shards_[owner_of(opening.session->id())];
  co_return co_await runtime::on_shard<FetchClosing>(here, there, [&opening, &found]() -> Task<FetchClosing> {
    co_return tell(*opening.session, opening, found);
  });
}

FetchClosing FetchSessions::begin(Shard& here, const FetchOpening& opening,
                                  const std::vector<FoundPartition>& found) {
  FetchSessionCache& cache = cache_of(here.id());
  if (!cache.make_room(opening.is_follower, found.size(), here.now())) return {};
  auto session =
      std::make_shared<FetchSession>(fresh_id(here), opening.names_ids, opening.is_follower, here.now());
  for (const FoundPartition& one : found) {
    session->add(session_partition(shared_name(one.topic), one.topic_id, *one.asked), one.found);
  }
  const std::int32_t id = session->id();
  cache.insert(std::move(session), here.now());
  return {.error = ErrorCode::kNone, .session_id = id, .is_told = {}};
}

}  // namespace moldau::api
