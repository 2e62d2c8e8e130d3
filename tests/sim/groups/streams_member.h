#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "protocol/messages/streams_group_heartbeat_response.h"
#include "tests/sim/groups/offset_committer.h"

namespace moldau::sim {

/// A client of a streams application (KIP-1071) with one subtopology that reads the first topic. It takes the
/// tasks it is given at once and gives back what it has to with its next heartbeat.
class StreamsMember final : public OffsetCommitter {
 public:
  StreamsMember(GroupStage& stage, std::string name, std::size_t connection, std::string group);

 protected:
  void act() override;
  void unanswered() override;

 private:
  void heartbeat();
  void heard(const protocol::StreamsGroupHeartbeatResponse& response, Exchange exchange);
  void take(const protocol::StreamsGroupHeartbeatResponse& response, Exchange exchange);
  void leave();
  void commit_some();
  void start_over(ErrorCode error);
  void be_out();

  std::int32_t rebalance_timeout_ms_;
  GroupHistory::Member seat_;
  bool is_in_ = false;
  std::string member_id_;
  std::int32_t epoch_ = 0;
  Shares wanted_;  ///< of the tasks it has, what it may keep
  /// When it asked what has no answer. It is not told again what it was told then, as in Apache Kafka, and
  /// may have to give something back that it does not know of.
  std::optional<Instant> missed_;
  bool heartbeats_ = false;  ///< what is under way is a heartbeat
  bool says_all_ = true;     ///< the broker may not know what it has
  bool has_news_ = false;    ///< what it has is another thing since it last said so
};

}  // namespace moldau::sim
