#pragma once

#include <cstdint>

#include "base/buffer.h"
#include "base/bytes.h"
#include "io/stream.h"

namespace moldau::bench {

/// A connection whose calls wait, for threads of which each does one thing: nothing stands between the socket
/// and the clock. One thread may send while another receives. Every failure ends the program.
class BlockingPeer {
 public:
  /// `address` is an IPv4 address and a port.
  explicit BlockingPeer(const io::SocketAddress& address);
  ~BlockingPeer();
  BlockingPeer(const BlockingPeer&) = delete;
  BlockingPeer& operator=(const BlockingPeer&) = delete;

  /// A whole frame, length prefix included.
  void send(ByteView frame) const;
  /// The next answer without its length prefix; valid until the next call.
  ByteView receive();

 private:
  void read(std::uint8_t* at, std::size_t size) const;

  int socket_ = -1;
  Buffer answer_;
};

}  // namespace moldau::bench
