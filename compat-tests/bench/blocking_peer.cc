#include "blocking_peer.h"

#include <cerrno>
#include <cstring>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/endian.h"
#include "process.h"

namespace moldau::bench {

BlockingPeer::BlockingPeer(const io::SocketAddress& address) : socket_(::socket(AF_INET, SOCK_STREAM, 0)) {
  sockaddr_in to{};
  to.sin_family = AF_INET;
  to.sin_port = htons(address.port);
  if (::inet_pton(AF_INET, address.host.c_str(), &to.sin_addr) != 1)
    die("not an address", address.host.c_str());
  const int on = 1;
  ::setsockopt(socket_, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  if (::connect(socket_, reinterpret_cast<sockaddr*>(&to), sizeof to) != 0)
    die("connecting", std::strerror(errno));
}

BlockingPeer::~BlockingPeer() {
  ::close(socket_);
}

void BlockingPeer::send(ByteView frame) const {
  while (!frame.empty()) {
    const ssize_t sent = ::send(socket_, frame.data(), frame.size(), MSG_NOSIGNAL);
    if (sent < 0) die("sending", std::strerror(errno));
    frame = frame.subspan(static_cast<std::size_t>(sent));
  }
}

void BlockingPeer::read(std::uint8_t* at, std::size_t size) const {
  while (size > 0) {
    const ssize_t got = ::recv(socket_, at, size, 0);
    if (got <= 0) die("receiving", got < 0 ? std::strerror(errno) : "the connection was closed");
    at += got;
    size -= static_cast<std::size_t>(got);
  }
}

ByteView BlockingPeer::receive() {
  std::uint8_t prefix[4];
  read(prefix, sizeof prefix);
  answer_.resize(load_big_endian<std::uint32_t>(prefix));
  read(answer_.data(), answer_.size());
  return answer_.bytes();
}

}  // namespace moldau::bench
