#include "tests/sim/groups/heartbeat_member.h"

#include <chrono>
#include <utility>

#include "coordinator/consumer/member.h"

namespace moldau::sim {
namespace {

using namespace std::chrono_literals;

bool has_lost_membership(ErrorCode error) {
  return error == ErrorCode::kUnknownMemberId || error == ErrorCode::kFencedMemberEpoch;
}

/// What static members hear besides.
bool has_lost_instance(ErrorCode error) {
  return error == ErrorCode::kFencedInstanceId || error == ErrorCode::kUnreleasedInstanceId;
}

}  // namespace

HeartbeatMember::HeartbeatMember(GroupStage& stage, std::string name, std::size_t connection,
                                 std::string group, GroupKind kind, std::int32_t rebalance_timeout_ms)
    : OffsetCommitter(stage, std::move(name), connection, std::move(group)),
      rebalance_timeout_ms_(rebalance_timeout_ms),
      seat_(stage.groups.add(name_)),
      kind_(kind) {}

void HeartbeatMember::choose_id() {
  if (is_in_) return;
  is_new_ = member_id_.empty() || one_in(2);
  if (is_new_) member_id_ = fresh_id();
  stage_.groups.asks_in(group_, kind_, now());
}

void HeartbeatMember::is_told(std::int32_t epoch, Exchange exchange) {
  says_all_ = false;
  has_news_ = false;
  epoch_ = epoch;
  const Duration lasts = from_ms(kSessionTimeoutMs);
  if (std::exchange(is_in_, true)) {
    complain(stage_.groups.confirmed(seat_, epoch, exchange, lasts));
    // With this heartbeat it has said that it has followed.
    if (is_up_to_date_) missed_.reset();
    if (missed_) stage_.groups.must_give_back_until(seat_, *missed_ + from_ms(rebalance_timeout_ms_));
  } else {
    joined_at_epoch_ = epoch;
    complain(stage_.groups.joined(seat_, group_, kind_, epoch, exchange, lasts));
  }
}

void HeartbeatMember::is_given(Shares wanted, Exchange exchange) {
  wanted_ = std::move(wanted);
  is_up_to_date_ = true;
  tell("is given in epoch " + std::to_string(epoch_) + ": " + text_of(wanted_));
  Shares has = stage_.groups.shares_of(seat_);
  // The broker may wait for it to say what it has then, even of things that it was told in an answer that was
  // lost.
  stage_.groups.must_give_back_until(seat_, exchange.sent + from_ms(rebalance_timeout_ms_));
  has.insert(wanted_.begin(), wanted_.end());
  has_news_ = true;
  complain(stage_.groups.owns(seat_, std::move(has), exchange.came));
}

const Shares& HeartbeatMember::gives_back() {
  stage_.groups.keeps(seat_, wanted_);
  const Shares& has = stage_.groups.shares_of(seat_);
  tell(member_id_ + " has in epoch " + std::to_string(epoch_) + ": " + text_of(has));
  return has;
}

void HeartbeatMember::be_out() {
  stage_.groups.left(seat_);
  is_in_ = false;
  epoch_ = coordinator::kJoinEpoch;
  wanted_.clear();
  missed_.reset();
  says_all_ = true;
}

void HeartbeatMember::unanswered() {
  if (lose_commit() || !is_in_) return;
  if (!missed_) missed_ = asked_at();
  is_up_to_date_ = false;
  stage_.groups.must_give_back_until(seat_, *missed_ + from_ms(rebalance_timeout_ms_));
}

void HeartbeatMember::start_over(ErrorCode error, bool is_static) {
  if (is_passing(error)) return rest(10ms, 300ms);
  // The group is of another kind by now, or somebody has deleted it.
  const bool is_shut_out = error == ErrorCode::kGroupIdNotFound;
  if (!is_shut_out && !has_lost_membership(error) && !(is_static && has_lost_instance(error))) {
    complain_of(error);
  }
  be_out();
  is_shut_out || has_lost_instance(error) ? rest(1s, 6s) : rest(0ms, 1s);
}

}  // namespace moldau::sim
