#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "base/uuid.h"
#include "broker_peer.h"
#include "io/loop.h"
#include "io/uv/host.h"
#include "protocol/messages/consumer_group_heartbeat_request.h"
#include "protocol/messages/consumer_group_heartbeat_response.h"

namespace moldau::bench {

/// A member of one consumer group (KIP-848), on a connection of its own: a consumer as far as its coordinator
/// can tell. It gives up and takes over partitions as soon as it is told to, and says so at once; otherwise
/// it sends its heartbeats in the interval that the coordinator asks for. Every error that an answer has ends
/// the program.
class ConsumerMember {
 public:
  struct Options {
    io::SocketAddress address;
    std::string group;
    std::string topic;
    std::string member_id;
  };

  /// Connects, or ends the program. `changed` is called whenever the coordinator has been told of another
  /// assignment than before. `host` outlives it.
  ConsumerMember(io::uv::UvHost& host, Options options, std::function<void()> changed);

  void join();
  /// The partitions of the topic that it has been given.
  const std::vector<std::int32_t>& partitions() const { return partitions_; }

  /// Sends no more heartbeats, but that it is gone.
  void leave(std::function<void()> done);

 private:
  /// What every heartbeat says.
  protocol::ConsumerGroupHeartbeatRequest heartbeat() const;
  void send_heartbeat();
  void send_assignment();
  void send(const protocol::ConsumerGroupHeartbeatRequest& request);
  void take(const protocol::ConsumerGroupHeartbeatResponse& response);

  io::Loop& loop_;
  Options options_;
  std::function<void()> changed_;
  std::function<void()> left_;
  BrokerPeer peer_;
  std::unique_ptr<io::Timer> next_heartbeat_;
  std::int32_t epoch_ = 0;
  Uuid topic_id_;
  std::vector<std::int32_t> partitions_;
  bool is_telling_ = false;  ///< the coordinator is to answer to them still
};

}  // namespace moldau::bench
