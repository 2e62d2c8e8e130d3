#include "quorum/quorum.h"

#include <algorithm>
#include <functional>
#include <string>
#include <utility>

#include "base/assert.h"

namespace moldau::quorum {
namespace {

/// The largest offset that a majority has: of the ends sorted from high to low, the one in the middle.
std::int64_t majority_offset(std::vector<std::int64_t> voter_end_offsets) {
  require(!voter_end_offsets.empty(), "a quorum has voters");
  std::ranges::sort(voter_end_offsets, std::greater{});
  return voter_end_offsets[voter_end_offsets.size() / 2];
}

}  // namespace

Effects Quorum::step(Event event) {
  return std::visit([this](auto& e) { return on(std::move(e)); }, event);
}

std::int64_t Quorum::next_offset() const {
  return accumulator_ ? accumulator_->next_offset() : log_end_offset_;
}

void Quorum::restore_role(const Start& start) {
  role_ = Role::kUnattached;
  if (start.persisted && start.persisted->epoch >= start.last_epoch) {
    election_ = *start.persisted;
    // A former leader may have lost records that it had not synced, so it must not append to the same
    // epoch again: offset and epoch would no longer name one record.
    if (election_.is_leader(local_.key.id)) {
      role_ = Role::kResigned;
    } else if (election_.has_voted_for(local_.key)) {
      role_ = Role::kCandidate;
    }
  } else {
    election_ = ElectionState{.epoch = start.last_epoch, .leader = {}, .voted_for = {}, .voters = {}};
  }
  election_.voters = voters_.ids();
}

Effects Quorum::on(const Start& start) {
  Effects effects;
  voters_ = start.voters;
  kraft_version_ = start.kraft_version;
  voters_in_log_ = start.voters_in_log;
  log_end_offset_ = start.log_end_offset;
  synced_offset_ = start.log_end_offset;
  restore_role(start);
  if (!voters_.is_only_voter(local_.key)) {
    effects.failure = Error{ErrorCode::kInconsistentVoterSet,
                            "node " + std::to_string(local_.key.id.value()) + " with directory " +
                                local_.key.directory_id.to_string() + " is not the only voter of the quorum"};
    return effects;
  }
  // A vote for itself that it already gave in this epoch still holds, and is the majority of one.
  if (role_ != Role::kCandidate) become_candidate(effects);
  become_leader(effects);
  return effects;
}

void Quorum::become_candidate(Effects& effects) {
  role_ = Role::kCandidate;
  election_.epoch += 1;
  election_.leader.reset();
  election_.voted_for = local_.key;
  effects.persist.push_back(election_);
}

void Quorum::become_leader(Effects& effects) {
  role_ = Role::kLeader;
  election_.leader = local_.key.id;
  election_.voted_for.reset();
  effects.persist.push_back(election_);

  high_watermark_.reset();
  observers_.clear();
  leadership_announced_ = false;
  epoch_start_offset_ = log_end_offset_;
  LeaderChangeBatch batch = start_of_epoch();
  log_end_offset_ = batch.next_offset();
  accumulator_.emplace(election_.epoch, log_end_offset_);
  effects.append.emplace_back(std::move(batch));
}

Voter Quorum::self() const {
  return {.key = local_.key, .endpoints = local_.endpoints, .kraft_versions = local_.kraft_versions};
}

LeaderChangeBatch::Membership Quorum::put_voters_into_log() {
  auto updated = voters_.with_updated(self());
  require(updated.has_value(), "only a voter leads");
  voters_ = std::move(*updated);
  voters_in_log_ = true;
  return {.kraft_version = kraft_version_, .voters = voters_};
}

LeaderChangeBatch Quorum::start_of_epoch() {
  LeaderChangeBatch batch{.base_offset = log_end_offset_,
                          .epoch = election_.epoch,
                          .leader = local_.key.id,
                          .voters = voters_.ids(),
                          .granting_voters = {local_.key.id},
                          .membership = {}};
  if (kraft_version_ >= 1 && (!voters_in_log_ || voters_.needs_update(self()))) {
    batch.membership = put_voters_into_log();
  }
  return batch;
}

Effects Quorum::on(AppendRecords append) {
  Effects effects;
  if (role_ != Role::kLeader || append.epoch != election_.epoch) {
    effects.appended =
        fail(ErrorCode::kNotController,
             "Append failed because epoch " + std::to_string(append.epoch) + " is not led by this node.");
    return effects;
  }
  effects.appended = accumulator_->append(std::move(append.records), append.atomic);
  return effects;
}

Effects Quorum::on(const UpgradeKraftVersion& upgrade) {
  Effects effects;
  if (role_ != Role::kLeader || upgrade.epoch != election_.epoch) {
    effects.appended = fail(ErrorCode::kNotController,
                            "Upgrade kraft version failed because the replica is not the current leader");
    return effects;
  }
  effects.appended = accumulator_->next_offset();
  if (upgrade.version <= kraft_version_) return effects;
  if (upgrade.version > local_.kraft_versions.max) {
    effects.appended = fail(ErrorCode::kInvalidUpdateVersion,
                            "Invalid upgrade of kraft.version to " + std::to_string(upgrade.version) +
                                " because not all of the voters support it");
    return effects;
  }
  kraft_version_ = upgrade.version;
  drain_into(effects);
  MembershipBatch batch{
      .base_offset = log_end_offset_, .epoch = election_.epoch, .membership = put_voters_into_log()};
  log_end_offset_ = batch.next_offset();
  accumulator_.emplace(election_.epoch, log_end_offset_);
  effects.append.emplace_back(std::move(batch));
  return effects;
}

Effects Quorum::on(const Drain&) {
  Effects effects;
  if (role_ == Role::kLeader) drain_into(effects);
  return effects;
}

void Quorum::drain_into(Effects& effects) {
  for (DataBatch& batch : accumulator_->drain())
    effects.append.emplace_back(std::move(batch));
  log_end_offset_ = accumulator_->next_offset();
}

Effects Quorum::on(const LogSynced& synced) {
  Effects effects;
  require(synced.offset <= log_end_offset_, "no more is synced than was appended");
  synced_offset_ = std::max(synced_offset_, synced.offset);
  if (role_ == Role::kLeader) raise_high_watermark(synced.offset, effects);
  return effects;
}

Effects Quorum::on(const Fetched& fetched) {
  if (role_ == Role::kLeader && fetched.replica.id >= BrokerId(0)) {
    observers_.fetched(fetched.replica, fetched.offset, synced_offset_, fetched.now_ms);
  }
  return {};
}

void Quorum::raise_high_watermark(std::int64_t synced_offset, Effects& effects) {
  const std::int64_t committed = majority_offset({synced_offset});
  // Records of earlier epochs are committed only together with one of this epoch (Raft, section 5.4.2).
  if (committed <= epoch_start_offset_) return;
  if (high_watermark_ && committed <= *high_watermark_) return;
  high_watermark_ = committed;
  effects.high_watermark = committed;
  if (!leadership_announced_) {
    leadership_announced_ = true;
    effects.became_leader = Leadership{.epoch = election_.epoch, .epoch_start_offset = epoch_start_offset_};
  }
}

Effects Quorum::on(const Stop&) {
  Effects effects;
  if (role_ != Role::kLeader) return effects;
  // Not persisted: a restart of a former leader begins as resigned in any case.
  role_ = Role::kResigned;
  accumulator_.reset();
  effects.lost_leadership = election_.epoch;
  return effects;
}

std::span<const VoterEndpoint> Quorum::leader_endpoints() const {
  if (!election_.is_leader(local_.key.id)) return {};
  return local_.endpoints;
}

Result<FetchVerdict> Quorum::judge(const ReplicaFetch& fetch, const FetchGround& ground) const {
  if (!fetch.is_sound()) return fail(ErrorCode::kInvalidRequest);
  if (fetch.leader_epoch < election_.epoch) return fail(ErrorCode::kFencedLeaderEpoch);
  if (fetch.leader_epoch > election_.epoch) return fail(ErrorCode::kUnknownLeaderEpoch);
  if (role_ != Role::kLeader) return fail(ErrorCode::kNotLeaderOrFollower);
  const FetchVerdict verdict = judge_fetch(fetch, ground);
  // Whatever its directory is: the log that it asks for is its own.
  if (std::holds_alternative<ReadOn>(verdict) && fetch.replica.id == local_.key.id) {
    return fail(ErrorCode::kUnknownServerError, "the leader does not fetch from itself");
  }
  return verdict;
}

Result<QuorumStatus> Quorum::describe(TimestampMs now_ms) {
  if (role_ != Role::kLeader) return fail(ErrorCode::kNotLeaderOrFollower);
  observers_.forget_silent(now_ms);
  QuorumStatus status{.leader = election_.leader,
                      .epoch = election_.epoch,
                      .high_watermark = high_watermark_.value_or(-1),
                      .voters = {},
                      .observers = observers_.statuses(),
                      .voter_set = voters_};
  for (const Voter& voter : voters_.voters()) {
    status.voters.push_back(ReplicaStatus{.key = voter.key,
                                          .log_end_offset = log_end_offset_,
                                          .last_fetch_ms = now_ms,
                                          .last_caught_up_ms = now_ms});
  }
  return status;
}

}  // namespace moldau::quorum
