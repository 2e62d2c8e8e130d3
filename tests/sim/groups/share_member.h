#pragma once

#include <string>

#include "protocol/messages/share_group_heartbeat_response.h"
#include "tests/sim/groups/heartbeat_member.h"

namespace moldau::sim {

/// A member of a share group (KIP-932). What it is given others may be given too, so that it is not held to
/// it.
class ShareMember : public HeartbeatMember {
 public:
  using Assignment = protocol::ShareGroupHeartbeatResponse::Assignment;

  ShareMember(GroupStage& stage, std::string name, std::size_t connection, std::string group)
      : HeartbeatMember(stage, std::move(name), connection, std::move(group), GroupKind::kShare, 0) {}

 protected:
  void act() override;
  void unanswered() override {}

  /// It has another assignment.
  virtual void assigned(const Assignment& /*assignment*/) {}
  void heartbeat();
  void leave();
};

}  // namespace moldau::sim
