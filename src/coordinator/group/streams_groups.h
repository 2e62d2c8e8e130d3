#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "coordinator/group/decision.h"
#include "coordinator/group/group_store.h"
#include "coordinator/streams_group/configured_topology.h"
#include "coordinator/streams_group/streams_group_update.h"
#include "protocol/messages/streams_group_describe_response.h"
#include "protocol/messages/streams_group_heartbeat_request.h"
#include "protocol/messages/streams_group_heartbeat_response.h"

/// Streams groups in the group coordinator (KIP-1071; Apache Kafka 4.3.1's behaviour).
namespace moldau::coordinator {

/// What a heartbeat comes to.
struct StreamsHeartbeatOutcome {
  protocol::StreamsGroupHeartbeatResponse response;
  /// Internal topics that the caller is to create, once the decision's records are committed.
  std::vector<ConfiguredInternalTopic> topics_to_create = {};
};

/// Committed state of a streams group; goes out at once.
Reply<protocol::StreamsGroupDescribeResponse::DescribedGroup> describe_streams_group(const GroupStore& store,
                                                                                     std::string_view group);

/// Decisions about the streams groups of a store. As those of GroupCoordinator, which hands them out.
class StreamsGroups {
 public:
  /// `store` outlives it.
  explicit StreamsGroups(GroupStore& store) : store_(store) {}

  /// A heartbeat that check_streams_heartbeat() has let pass.
  Answer<StreamsHeartbeatOutcome> heartbeat(const RequestContext& context,
                                            const protocol::StreamsGroupHeartbeatRequest& request);

  /// One of the log's records.
  void replay(const StreamsGroupRecord& record);
  /// Sets the timers of a group that was read.
  void load(const Moment& at, const std::string& id, const StreamsGroup& group, Effects& effects);
  /// A timer of a streams group has passed.
  void timer_passed(const Moment& at, const TimerKey& key, Effects& effects);
  /// Removes the group, which is there and empty.
  void remove(const Moment& at, const std::string& group, Effects& effects);

 private:
  StreamsUpdateContext context(const Moment& at, std::string_view group) const;
  /// Whether the group is of this kind, or for a member that `joins` may become one: GROUP_ID_NOT_FOUND.
  Result<void> check_kind(std::string_view group, bool joins) const;
  /// What the update has noted and its timers count.
  void take_notes(StreamsUpdate& update, Effects& effects);
  /// All of the update counts.
  void take(StreamsUpdate& update, Effects& effects);

  Result<Reply<StreamsHeartbeatOutcome>> heartbeat_of_member(
      const RequestContext& context, const protocol::StreamsGroupHeartbeatRequest& request, Effects& effects);
  Result<Reply<StreamsHeartbeatOutcome>> leave(const Moment& at,
                                               const protocol::StreamsGroupHeartbeatRequest& request,
                                               Effects& effects);

  GroupStore& store_;
};

}  // namespace moldau::coordinator
