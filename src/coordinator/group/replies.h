#pragma once

#include <string_view>

#include "coordinator/group/group_coordinator.h"

/// Answers and timers the files of the group coordinator share; not for use outside this room.
namespace moldau::coordinator {

/// Answers a parked JoinGroup with an error, and no protocol.
void fail_join(Effects& effects, Waiting waiting, std::string_view member, ErrorCode error);

/// Answers the member's JoinGroup, if it waits, with an error and no member id.
void fail_waiting_join(Effects& effects, ClassicMember& member, std::string_view member_id, ErrorCode error);

/// Answers with the group's current generation; the leader of a new one gets all members.
void complete_join_reply(Effects& effects, Waiting waiting, const ClassicGroup& group,
                         std::string_view member, bool with_members, bool skip_assignment);

/// Answers a parked SyncGroup with an error.
void fail_sync(Effects& effects, Waiting waiting, ErrorCode error);

/// Answers a parked SyncGroup with the member's assignment.
void complete_sync_reply(Effects& effects, Waiting waiting, const ClassicGroup& group,
                         const ClassicMember& member);

void set_timer(Effects& effects, const Moment& at, TimerKind kind, std::string_view group,
               std::string_view member, std::int64_t delay_ms);
void cancel_timer(Effects& effects, TimerKind kind, std::string_view group, std::string_view member = {});

/// Restarts the member's session.
void restart_session(Effects& effects, const Moment& at, const ClassicGroup& group,
                     const ClassicMember& member);

}  // namespace moldau::coordinator
