#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>

#include "broker_peer.h"
#include "io/uv/host.h"
#include "protocol/messages/heartbeat_request.h"
#include "protocol/messages/join_group_response.h"
#include "protocol/messages/sync_group_response.h"

namespace moldau::bench {

/// A member of classic groups, one after another, on a connection of its own: a consumer as far as its
/// coordinator can tell. Every answer that a sound group does not get ends the program.
class Member {
 public:
  using Done = std::move_only_function<void()>;
  using Synced = std::move_only_function<void(std::int32_t generation)>;

  /// Connects, or ends the program. `host` outlives it.
  Member(io::uv::UvHost& host, const io::SocketAddress& address, Duration heartbeat_interval);

  /// Asks which broker coordinates the group, whose name outlives the membership.
  void find_coordinator(const std::string& group, Done done);

  /// Joins that group with a new member id and stays in it: sends heartbeats, and joins again whenever the
  /// group rebalances. `synced` is told each generation of which the member has its assignment. The leader
  /// gives each member one partition.
  void join(Synced synced);
  std::int32_t assigned_partition() const { return assigned_partition_; }

  /// Sends a last heartbeat; the group has to be stable.
  void end_heartbeats(Done done);
  void leave(Done done);

 private:
  void send_join();
  void take_join(const protocol::JoinGroupResponse& response);
  void send_sync(const protocol::JoinGroupResponse& joined);
  void take_sync(const protocol::SyncGroupResponse& response);
  protocol::HeartbeatRequest heartbeat() const;
  void send_heartbeat();

  /// Sends the request in its highest version; `take` gets the answer.
  template <class Response, class Request, class Take>
  void ask(const Request& request, Take take);

  io::Loop& loop_;
  BrokerPeer peer_;
  Duration heartbeat_interval_;
  std::unique_ptr<io::Timer> next_heartbeat_;
  const std::string* group_ = nullptr;
  std::string member_id_;
  std::int32_t generation_ = 0;
  std::int32_t assigned_partition_ = -1;
  bool is_staying_ = false;  ///< heartbeats go on
  Synced synced_;
};

}  // namespace moldau::bench
