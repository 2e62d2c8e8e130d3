#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "protocol/messages/consumer_group_heartbeat_response.h"
#include "tests/sim/groups/offset_committer.h"

namespace moldau::sim {

/// A consumer of the new protocol (KIP-848). It takes what it is given at once and gives back what it has to
/// with its next heartbeat; it commits, leaves, comes again, and sometimes says nothing for too long.
class ConsumerMember final : public OffsetCommitter {
 public:
  /// With an instance id it is a static member.
  ConsumerMember(GroupStage& stage, std::string name, std::size_t connection, std::string group,
                 std::optional<std::string> instance_id = {});

 protected:
  void act() override;
  void unanswered() override;

 private:
  void heartbeat();
  void heard(const protocol::ConsumerGroupHeartbeatResponse& response, Exchange exchange);
  void take(const protocol::ConsumerGroupHeartbeatResponse& response, Exchange exchange);
  void leave();
  void commit_some();
  void start_over(ErrorCode error);
  void be_out();

  std::optional<std::string> instance_id_;
  std::int32_t rebalance_timeout_ms_;
  GroupHistory::Member seat_;
  bool is_in_ = false;
  std::string member_id_;
  std::int32_t epoch_ = 0;
  std::int32_t joined_at_epoch_ = 0;
  bool is_new_ = false;    ///< the broker had not heard of its id when it was told that it is in
  Shares wanted_;          ///< of those it has, what it may keep
  bool says_all_ = true;   ///< the broker may not know what it has and wants
  bool has_news_ = false;  ///< what it has is another thing since it last said so
  bool leaves_ = false;    ///< what is under way is its last heartbeat
  bool narrows_ = false;   ///< it subscribes to one topic only
};

}  // namespace moldau::sim
