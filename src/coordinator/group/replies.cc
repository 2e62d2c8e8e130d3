#include "coordinator/group/replies.h"

#include <chrono>
#include <string>
#include <utility>

namespace moldau::coordinator {
void fail_join(Effects& effects, Waiting waiting, std::string_view member, ErrorCode error) {
  Reply<protocol::JoinGroupResponse> reply;
  reply.message.error_code = error;
  reply.message.member_id = reply.keep(std::string(member));
  effects.completions.push_back({waiting.token, std::move(reply)});
}

void fail_waiting_join(Effects& effects, ClassicMember& member, std::string_view member_id, ErrorCode error) {
  if (!member.join) return;
  fail_join(effects, *member.join, member_id, error);
  member.join.reset();
}

void complete_join_reply(Effects& effects, Waiting waiting, const ClassicGroup& group,
                         std::string_view member, bool with_members, bool skip_assignment) {
  Reply<protocol::JoinGroupResponse> reply;
  auto& message = reply.message;
  message.generation_id = group.generation();
  message.member_id = reply.keep(std::string(member));
  message.leader = reply.keep(group.leader().value_or(""));
  message.skip_assignment = skip_assignment;
  if (group.protocol_name()) message.protocol_name = reply.keep(*group.protocol_name());
  if (group.protocol_type()) message.protocol_type = reply.keep(*group.protocol_type());
  if (with_members) {
    for (const auto& [id, other] : group.members()) {
      protocol::JoinGroupResponse::JoinGroupResponseMember entry;
      entry.member_id = reply.keep(id);
      if (other.instance_id) entry.group_instance_id = reply.keep(*other.instance_id);
      entry.metadata = as_bytes(reply.keep(std::string(other.metadata(group.protocol_name().value_or("")))));
      message.members.push_back(std::move(entry));
    }
  }
  effects.completions.push_back({waiting.token, std::move(reply)});
}

void fail_sync(Effects& effects, Waiting waiting, ErrorCode error) {
  Reply<protocol::SyncGroupResponse> reply;
  reply.message.error_code = error;
  effects.completions.push_back({waiting.token, std::move(reply)});
}

void complete_sync_reply(Effects& effects, Waiting waiting, const ClassicGroup& group,
                         const ClassicMember& member) {
  Reply<protocol::SyncGroupResponse> reply;
  if (group.protocol_type()) reply.message.protocol_type = reply.keep(*group.protocol_type());
  if (group.protocol_name()) reply.message.protocol_name = reply.keep(*group.protocol_name());
  reply.message.assignment = as_bytes(reply.keep(member.assignment));
  effects.completions.push_back({waiting.token, std::move(reply)});
}

void set_timer(Effects& effects, const Moment& at, TimerKind kind, std::string_view group,
               std::string_view member, std::int64_t delay_ms) {
  effects.timers.push_back(
      {{kind, std::string(group), std::string(member)}, at.now + std::chrono::milliseconds(delay_ms)});
}

void cancel_timer(Effects& effects, TimerKind kind, std::string_view group, std::string_view member) {
  effects.timers.push_back({{kind, std::string(group), std::string(member)}, std::nullopt});
}

void restart_session(Effects& effects, const Moment& at, const ClassicGroup& group,
                     const ClassicMember& member) {
  set_timer(effects, at, TimerKind::kMemberSession, group.id(), member.id, member.session_timeout_ms);
}

}  // namespace moldau::coordinator
