#pragma once

#include <optional>
#include <string>

#include "protocol/messages/consumer_group_heartbeat_response.h"
#include "tests/sim/groups/heartbeat_member.h"

namespace moldau::sim {

/// A consumer of the new protocol (KIP-848). It commits, leaves, comes again, subscribes to more and less,
/// and sometimes says nothing for too long.
class ConsumerMember final : public HeartbeatMember {
 public:
  /// With an instance id it is a static member.
  ConsumerMember(GroupStage& stage, std::string name, std::size_t connection, std::string group,
                 std::optional<std::string> instance_id = {});

 protected:
  void act() override;

 private:
  void heartbeat();
  void heard(const protocol::ConsumerGroupHeartbeatResponse& response, Exchange exchange);
  void leave();
  void commit_some();

  std::optional<std::string> instance_id_;
  bool narrows_ = false;  ///< it subscribes to one topic only
};

}  // namespace moldau::sim
