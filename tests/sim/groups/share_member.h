#pragma once

#include <cstdint>
#include <string>

#include "protocol/messages/share_group_heartbeat_response.h"
#include "tests/sim/groups/group_actor.h"

namespace moldau::sim {

/// A member of a share group (KIP-932). What it is given others may be given too.
class ShareMember final : public GroupActor {
 public:
  ShareMember(GroupStage& stage, std::string name, std::size_t connection, std::string group);

 protected:
  void act() override;
  void unanswered() override {}

 private:
  void heartbeat();
  void leave();
  void heard(const protocol::ShareGroupHeartbeatResponse& response, Exchange exchange);
  void be_out();

  std::string group_;
  GroupHistory::Member seat_;
  bool is_in_ = false;
  std::string member_id_;
  std::int32_t epoch_ = 0;
};

}  // namespace moldau::sim
