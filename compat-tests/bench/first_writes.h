#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <vector>

#include "base/uuid.h"
#include "broker_peer.h"
#include "io/uv/host.h"

namespace moldau::bench {

/// Writes one batch to each partition of a new topic, one partition a request. Where the broker does not lead
/// the partition yet, the request is sent again a little later.
class FirstWrites {
 public:
  struct Options {
    io::SocketAddress address;
    std::size_t connections = 4;
    std::size_t under_way = 5;  ///< requests a connection
  };

  /// Connects, or ends the program. `host` outlives it.
  FirstWrites(io::uv::UvHost& host, const Options& options);

  /// Runs the host until all partitions have acknowledged, and gives how many requests were too early. Ends
  /// the program when that takes over 120 s or an answer says anything else.
  std::uint64_t run(const Uuid& topic_id, std::int32_t partitions, const Buffer& batch);

 private:
  io::uv::UvHost& host_;
  std::size_t under_way_;
  std::vector<std::unique_ptr<BrokerPeer>> peers_;
};

/// Creates a topic and writes that batch to each of its partitions, so that the broker is sure to lead them.
Uuid create_led_topic(io::uv::UvHost& host, const io::SocketAddress& address, const NewTopic& topic,
                      const Buffer& batch);

}  // namespace moldau::bench
