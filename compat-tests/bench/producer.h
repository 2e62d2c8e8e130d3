#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <vector>

#include "base/buffer.h"
#include "base/uuid.h"
#include "batches.h"
#include "broker_peer.h"
#include "io/loop.h"
#include "io/uv/host.h"

namespace moldau::bench {

/// The same batch for each partition: a frame each.
struct Frames {
  std::vector<Buffer> of_partition;
  std::size_t batch_bytes = 0;  ///< of what the producer was given, before it was compressed
};
Frames frames_of(const Uuid& topic_id, std::int32_t partitions, const Batch& batch, std::int16_t acks);

/// When the next of many bytes may be sent, so that no more of them leave than so many a second. Without a
/// limit, always.
class Pace {
 public:
  Pace(const io::Clock& clock, std::uint64_t bytes_per_second)
      : clock_(clock), begin_(clock.now()), bytes_per_second_(bytes_per_second) {}

  /// From when on `bytes` more may be sent, which they then are.
  Instant take(std::size_t bytes);

 private:
  const io::Clock& clock_;
  Instant begin_;
  std::uint64_t bytes_per_second_;
  std::uint64_t taken_bytes_ = 0;
};

/// A connection that keeps requests under way, one batch of one partition each, of all partitions in turn.
class Producer {
 public:
  struct Options {
    io::SocketAddress address;
    bool to_floor = false;      ///< the bare program, which takes the same frames
    std::size_t under_way = 5;  ///< requests
    std::size_t partition = 0;  ///< of the first batch
  };

  /// Connects. `acknowledged` is called for each batch that is in the log, and may stop the host. All that is
  /// referred to outlives the producer.
  Producer(io::uv::UvHost& host, const Options& options, const Frames& frames, Pace& pace,
           std::function<void()> acknowledged);

  void begin();

 private:
  void send_when_due();
  void send();
  void answered(Result<net::Frame> answer);

  io::uv::UvHost& host_;
  Options options_;
  const Frames& frames_;
  Pace& pace_;
  std::function<void()> acknowledged_;
  BrokerPeer peer_;
  std::unique_ptr<io::Timer> timer_;
  std::size_t held_ = 0;  ///< batches that the timer lets go
  std::int32_t next_ = 1;
};

}  // namespace moldau::bench
