#pragma once

#include <algorithm>
#include <chrono>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include <doctest/doctest.h>

#include "coordinator/group/group_coordinator.h"

namespace moldau::coordinator {

/// Plays the runtime: a log, virtual time and timers around one coordinator. Appends commit at once unless
/// `hold_commits` is set, and fail while `append_error` is.
class Harness {
 public:
  using Join = protocol::JoinGroupResponse;
  using Sync = protocol::SyncGroupResponse;

  explicit Harness(GroupCoordinatorConfig given = {}) : config(std::move(given)), coordinator(config) {
    carry_out(coordinator.loaded(moment()));
  }

  Moment moment() const {
    return {Instant(now_), kStart + std::chrono::duration_cast<std::chrono::milliseconds>(now_).count(),
            static_cast<std::int64_t>(log.size())};
  }

  RequestContext context(std::int16_t version) {
    return {moment(), version, "client", "/127.0.0.1", Uuid(0, ++random_)};
  }

  /// Sends a JoinGroup; the token names its answer.
  Token join(const protocol::JoinGroupRequest& request, std::int16_t version = 9) {
    const Token token = ++token_;
    carry_out(coordinator.join(context(version), request, token));
    return token;
  }

  Token sync(const protocol::SyncGroupRequest& request, std::int16_t version = 5) {
    const Token token = ++token_;
    carry_out(coordinator.sync(context(version), request, token));
    return token;
  }

  /// Carries out an answer's effects and hands out its message.
  template <class Message>
  Message take(Answer<Message> answer) {
    carry_out(std::move(answer.effects));
    kept_.push_back(std::move(answer.reply.texts));
    return answer.reply.message;
  }

  void carry_out(Effects effects) {
    for (auto& completion : effects.completions) {
      REQUIRE(!completions.contains(completion.token));
      completions.emplace(completion.token, std::move(completion.reply));
    }
    for (auto& timer : effects.timers) {
      if (timer.deadline && timer.keeps_earlier) {
        timers.try_emplace(timer.key, *timer.deadline);
      } else if (timer.deadline) {
        timers.insert_or_assign(timer.key, *timer.deadline);
      } else {
        timers.erase(timer.key);
      }
    }
    if (effects.records.empty()) {
      // What is to be handed back waits for the appends before it.
      if (effects.append) pending_.push_back(std::move(effects.append));
      if (!hold_commits) commit();
      return;
    }
    if (append_error != ErrorCode::kNone) {
      coordinator.revert(static_cast<LogEnd>(log.size()));
      if (effects.append) carry_out(coordinator.append_failed(moment(), *effects.append, append_error));
      return;
    }
    for (auto& record : effects.records)
      log.push_back(std::move(record));
    coordinator.seal(static_cast<LogEnd>(log.size()));
    pending_.push_back(std::move(effects.append));
    if (!hold_commits) commit();
  }

  void commit() {
    coordinator.committed_up_to(static_cast<LogEnd>(log.size()));
    for (auto& append : std::exchange(pending_, {})) {
      if (append) carry_out(coordinator.append_committed(moment(), *append));
    }
  }

  /// Lets time pass, firing timers in order.
  void pass(std::chrono::milliseconds by) {
    const Duration end = now_ + by;
    while (true) {
      auto due = timers.end();
      for (auto timer = timers.begin(); timer != timers.end(); ++timer) {
        if (timer->second > Instant(end)) continue;
        if (due == timers.end() || timer->second < due->second) due = timer;
      }
      if (due == timers.end()) break;
      const TimerKey key = due->first;
      now_ = std::max(now_, due->second.since_start());
      timers.erase(due);
      carry_out(coordinator.timer_passed(moment(), key));
    }
    now_ = end;
  }

  bool is_answered(Token token) const { return completions.contains(token); }
  const Join& joined(Token token) const {
    REQUIRE(is_answered(token));
    return std::get<Reply<Join>>(completions.at(token)).message;
  }
  const Sync& synced(Token token) const {
    REQUIRE(is_answered(token));
    return std::get<Reply<Sync>>(completions.at(token)).message;
  }

  const ClassicGroup& group(std::string_view id) const {
    const ClassicGroup* found = coordinator.store().classic(id);
    REQUIRE(found != nullptr);
    return *found;
  }

  /// Replays the whole log into a fresh coordinator and compares what both persist: all offsets, and the
  /// groups that are not within a rebalance.
  void check_replay() const {
    GroupCoordinator fresh(config);
    for (std::size_t i = 0; i < log.size(); ++i) {
      std::optional<ByteView> value;
      if (log[i].value) value = ByteView(*log[i].value);
      REQUIRE(fresh.replay(static_cast<std::int64_t>(i), -1, log[i].key, value, moment().wall_ms));
    }
    CHECK(offsets_of(fresh) == offsets_of(coordinator));
    fresh.seal(static_cast<LogEnd>(log.size()));
    fresh.committed_up_to(static_cast<LogEnd>(log.size()));
    const auto listed = coordinator.list_groups({}, {});
    CHECK(fresh.list_groups({}, {}).message.groups.size() == listed.message.groups.size());
    for (const auto& entry : listed.message.groups)
      check_same_group(fresh, entry.group_id.value());
  }

  GroupCoordinatorConfig config;
  GroupCoordinator coordinator;
  std::vector<Record> log;
  std::map<Token, std::variant<Reply<Join>, Reply<Sync>>> completions;
  std::map<TimerKey, Instant> timers;
  bool hold_commits = false;
  ErrorCode append_error = ErrorCode::kNone;

 private:
  static constexpr TimestampMs kStart = 1'700'000'000'000;

  static std::map<OffsetKey, StoredOffset> offsets_of(const GroupCoordinator& coordinator) {
    std::map<OffsetKey, StoredOffset> offsets;
    coordinator.store().offsets().visit_all(
        kLatest, [&](const OffsetKey& key, const StoredOffset& stored) { offsets.emplace(key, stored); });
    return offsets;
  }

  void check_same_group(const GroupCoordinator& fresh, std::string_view id) const {
    if (const ConsumerGroup* consumer = coordinator.store().consumer(id)) {
      const ConsumerGroup* again = fresh.store().consumer(id);
      REQUIRE(again != nullptr);
      CHECK(*again == *consumer);
      return;
    }
    if (const ShareGroup* share = coordinator.store().share(id)) {
      const ShareGroup* again = fresh.store().share(id);
      REQUIRE(again != nullptr);
      CHECK(*again == *share);
      return;
    }
    if (const StreamsGroup* streams = coordinator.store().streams(id)) {
      const StreamsGroup* again = fresh.store().streams(id);
      REQUIRE(again != nullptr);
      CHECK(*again == *streams);
      return;
    }
    const ClassicGroup& live = group(id);
    const ClassicGroup* replayed = fresh.store().classic(id);
    REQUIRE(replayed != nullptr);
    if (!live.is_in(ClassicState::kStable) && !live.is_in(ClassicState::kEmpty)) return;
    CHECK(replayed->state() == live.state());
    CHECK(replayed->generation() == live.generation());
    CHECK(replayed->leader() == live.leader());
    CHECK(replayed->protocol_name() == live.protocol_name());
    CHECK(replayed->protocol_type() == live.protocol_type());
    CHECK(replayed->assignments() == live.assignments());
    for (const auto& [member_id, member] : live.members()) {
      const ClassicMember* other = replayed->find(member_id);
      REQUIRE(other != nullptr);
      CHECK(other->instance_id == member.instance_id);
      CHECK(other->client_id == member.client_id);
      CHECK(other->session_timeout_ms == member.session_timeout_ms);
      CHECK(other->rebalance_timeout_ms == member.rebalance_timeout_ms);
    }
  }

  Duration now_{0};
  std::uint64_t random_ = 0;
  Token token_ = 0;
  std::vector<std::optional<Append>> pending_;
  std::vector<std::list<std::string>> kept_;
};

/// A JoinGroup of a consumer that supports "range".
inline protocol::JoinGroupRequest join_request(std::string_view member = {},
                                               std::optional<std::string_view> instance = {},
                                               std::string_view metadata = "subscription") {
  protocol::JoinGroupRequest request;
  request.group_id = GroupId("group");
  request.session_timeout_ms = 10'000;
  request.rebalance_timeout_ms = 30'000;
  request.member_id = member;
  request.group_instance_id = instance;
  request.protocol_type = "test";
  request.protocols.push_back({"range", as_bytes(metadata), {}});
  return request;
}

inline protocol::SyncGroupRequest sync_request(
    std::string_view member, std::int32_t generation,
    const std::vector<std::pair<std::string_view, std::string_view>>& given = {}) {
  protocol::SyncGroupRequest request;
  request.group_id = GroupId("group");
  request.member_id = member;
  request.generation_id = generation;
  for (const auto& [id, assignment] : given)
    request.assignments.push_back({id, as_bytes(assignment), {}});
  return request;
}

inline protocol::HeartbeatRequest heartbeat_request(std::string_view member, std::int32_t generation) {
  protocol::HeartbeatRequest request;
  request.group_id = GroupId("group");
  request.member_id = member;
  request.generation_id = generation;
  return request;
}

/// Takes a fresh dynamic member through MEMBER_ID_REQUIRED; gives its id.
inline std::string member_id_for(Harness& harness) {
  const Token token = harness.join(join_request());
  REQUIRE(harness.joined(token).error_code == ErrorCode::kMemberIdRequired);
  return std::string(harness.joined(token).member_id);
}

/// A stable group of two dynamic members, the first its leader.
struct TwoMembers {
  explicit TwoMembers(Harness& harness) : leader(member_id_for(harness)), follower(member_id_for(harness)) {
    const Token first = harness.join(join_request(leader));
    const Token second = harness.join(join_request(follower));
    harness.pass(std::chrono::milliseconds(6'000));
    REQUIRE(harness.joined(first).error_code == ErrorCode::kNone);
    REQUIRE(harness.joined(second).error_code == ErrorCode::kNone);
    generation = harness.joined(first).generation_id;
    harness.sync(sync_request(follower, generation));
    harness.sync(sync_request(leader, generation, {{leader, "one"}, {follower, "two"}}));
    REQUIRE(harness.group("group").is_in(ClassicState::kStable));
  }

  std::string leader;
  std::string follower;
  std::int32_t generation = 0;
};

}  // namespace moldau::coordinator
