#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "base/error_code.h"
#include "base/result.h"
#include "base/uuid.h"
#include "coordinator/group/decision.h"
#include "coordinator/group/group_store.h"
#include "coordinator/share_group/share_group_update.h"
#include "protocol/messages/alter_share_group_offsets_request.h"
#include "protocol/messages/alter_share_group_offsets_response.h"
#include "protocol/messages/delete_share_group_offsets_request.h"
#include "protocol/messages/delete_share_group_offsets_response.h"
#include "protocol/messages/share_group_describe_response.h"
#include "protocol/messages/share_group_heartbeat_request.h"
#include "protocol/messages/share_group_heartbeat_response.h"

/// Share groups in the group coordinator (KIP-932; Apache Kafka 4.3.1's behaviour). Some decisions ask the
/// share coordinators for more: the caller does that once the decision's records are committed, and tells
/// what came of it by another decision.
namespace moldau::coordinator {

/// What a heartbeat comes to.
struct ShareHeartbeat {
  protocol::ShareGroupHeartbeatResponse response;
  std::optional<InitializeShareStates> initialize = {};  ///< then states_initialized() or states_refused()
};

/// What AlterShareGroupOffsets comes to.
struct ShareOffsetsAlteration {
  protocol::AlterShareGroupOffsetsResponse response;
  InitializeShareStates initialize = {};  ///< nothing without partitions; else as for a heartbeat
};

/// State that the share coordinators are to delete.
struct ShareStateDeletion {
  ErrorCode error = ErrorCode::kNone;
  std::string_view message = {};
  PartitionSets partitions = {};
  /// Topics of a DeleteShareGroupOffsets that are answered already.
  std::vector<protocol::DeleteShareGroupOffsetsResponse::DeleteShareGroupOffsetsResponseTopic> answered = {};
};

/// What is wrong with a heartbeat whatever the group is: INVALID_REQUEST.
Result<void> check_share_heartbeat(const protocol::ShareGroupHeartbeatRequest& request);

/// Committed state of a share group; goes out at once.
Reply<protocol::ShareGroupDescribeResponse::DescribedGroup> describe_share_group(const GroupStore& store,
                                                                                 std::string_view group);
/// The partitions whose state the share coordinators have, as far as it is committed. None of no group.
PartitionSets initialized_share_partitions(const GroupStore& store, std::string_view group);

/// Decisions about the share groups of a store. As those of GroupCoordinator, which hands them out.
class ShareGroups {
 public:
  /// `store` outlives it.
  explicit ShareGroups(GroupStore& store) : store_(store) {}

  /// A heartbeat that check_share_heartbeat() has let pass.
  Answer<ShareHeartbeat> heartbeat(const RequestContext& context,
                                   const protocol::ShareGroupHeartbeatRequest& request);

  /// The share coordinators have the state of those partitions.
  Answer<ErrorCode> states_initialized(const Moment& at, std::string_view group,
                                       const PartitionSets& partitions);
  /// They do not: the next heartbeat asks again.
  Answer<ErrorCode> states_refused(const Moment& at, std::string_view group, const PartitionSets& partitions);

  /// The group's partitions begin anew where the request says. Creates the group. GROUP_ID_NOT_FOUND where it
  /// is of another kind, NON_EMPTY_GROUP.
  Answer<ShareOffsetsAlteration> alter_offsets(const RequestContext& context,
                                               const protocol::AlterShareGroupOffsetsRequest& request);

  /// Before a group is deleted: the state that has to go first. Groups that are no share groups have none.
  /// NON_EMPTY_GROUP.
  Answer<ShareStateDeletion> begin_deletion(const Moment& at, std::string_view group);

  /// The state of the topics that the request names. GROUP_ID_NOT_FOUND, NON_EMPTY_GROUP.
  Answer<ShareStateDeletion> begin_offsets_deletion(const Moment& at,
                                                    const protocol::DeleteShareGroupOffsetsRequest& request);
  /// The state of those topics is gone.
  Answer<ErrorCode> finish_offsets_deletion(const Moment& at, std::string_view group,
                                            const std::set<Uuid>& topics);

  /// One of the log's records, read at `wall_ms`.
  void replay(const ShareGroupRecord& record, TimestampMs wall_ms);
  /// Sets the timers of a group that was read.
  void load(const Moment& at, const std::string& id, const ShareGroup& group, Effects& effects) const;
  /// A timer of a share group has passed.
  void timer_passed(const Moment& at, const TimerKey& key, Effects& effects);
  /// Deleted topics take the state of their partitions with them.
  void topics_deleted(const Moment& at, const std::set<Uuid>& topics, Effects& effects);
  /// Removes the group, which is there and empty.
  void remove(const Moment& at, const std::string& group, Effects& effects);

 private:
  ShareUpdateContext context(const Moment& at, std::string_view group) const;
  /// The group for a change; a new one where it `creates`. GROUP_ID_NOT_FOUND.
  Result<ShareGroupUpdate> open(std::string_view group, bool creates,
                                const ShareUpdateContext& context) const;
  /// The update's group, records and timers count.
  void take(ShareGroupUpdate update, Effects& effects);
  template <class Step>
  Answer<ErrorCode> change(const Moment& at, std::string_view group, Step step);

  Result<Reply<ShareHeartbeat>> heartbeat_of_member(const RequestContext& context,
                                                    const protocol::ShareGroupHeartbeatRequest& request,
                                                    Effects& effects);
  Result<Reply<ShareHeartbeat>> leave(const Moment& at, const protocol::ShareGroupHeartbeatRequest& request,
                                      Effects& effects);

  GroupStore& store_;
};

}  // namespace moldau::coordinator
