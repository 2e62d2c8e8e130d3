#pragma once

#include <string>

#include "protocol/messages/streams_group_heartbeat_response.h"
#include "tests/sim/groups/heartbeat_member.h"

namespace moldau::sim {

/// A client of a streams application (KIP-1071) with one subtopology, which reads the first topic. What it
/// has are active tasks.
class StreamsMember final : public HeartbeatMember {
 public:
  StreamsMember(GroupStage& stage, std::string name, std::size_t connection, std::string group)
      : HeartbeatMember(stage, std::move(name), connection, std::move(group), GroupKind::kStreams,
                        2'000 + static_cast<std::int32_t>(stage.random.below(10'000))) {}

 protected:
  void act() override;

 private:
  void heartbeat();
  void heard(const protocol::StreamsGroupHeartbeatResponse& response, Exchange exchange);
  void leave();
  void commit_some();
};

}  // namespace moldau::sim
