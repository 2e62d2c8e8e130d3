#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "protocol/messages/join_group_response.h"
#include "protocol/messages/sync_group_response.h"
#include "tests/sim/groups/offset_committer.h"

namespace moldau::sim {

/// A consumer of the classic protocol. As leader it gives assignments; it commits, leaves, comes again, and
/// sometimes says nothing for longer than its session lasts.
class ClassicMember final : public OffsetCommitter {
 public:
  /// With an instance id it is a static member. Where consumers of the new protocol come into the group, a
  /// commit of an earlier generation may be good.
  ClassicMember(GroupStage& stage, std::string name, std::size_t connection, std::string group,
                bool is_mixed = false, std::optional<std::string> instance_id = {});

 protected:
  void act() override;
  void unanswered() override;

 private:
  enum class State : std::uint8_t { kOut, kJoined, kStable };

  void join();
  void joined(const protocol::JoinGroupResponse& response, Exchange exchange);
  void sync();
  void synced(const protocol::SyncGroupResponse& response, Exchange exchange);
  void heartbeat();
  void leave();
  void commit_some();
  /// What a member does that hears such an error: it joins again, with its id or without.
  void start_over(ErrorCode error);
  void be_out(bool keeps_id);
  Duration lasts() const;

  bool is_mixed_;
  std::optional<std::string> instance_id_;
  std::int32_t session_timeout_ms_;
  std::int32_t rebalance_timeout_ms_;
  GroupHistory::Member seat_;
  State state_ = State::kOut;
  std::string member_id_;
  std::int32_t generation_ = -1;
  Instant session_until_;               ///< by what it was told when it joined
  bool leaves_ = false;                 ///< what is under way is a LeaveGroup
  std::vector<std::string> followers_;  ///< to whom it gives assignments as leader
};

}  // namespace moldau::sim
