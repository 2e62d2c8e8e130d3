#pragma once

#include <vector>

#include <netdb.h>
#include <sys/socket.h>

#include "base/result.h"
#include "io/stream.h"

namespace moldau::io::uv {

/// A socket address of the system.
struct SystemAddress {
  sockaddr_storage storage{};
  socklen_t size = 0;

  int family() const { return storage.ss_family; }
  const sockaddr* get() const { return reinterpret_cast<const sockaddr*>(&storage); }
};

/// The addresses of `address`, best first. An empty host gives the wildcard of IPv6, which takes IPv4 too,
/// then that of IPv4. For a name IPv4 comes first, as in Java: `localhost` is the same place for both.
/// Blocks for a name lookup. kNetworkException when there are none.
Result<std::vector<SystemAddress>> resolve(const SocketAddress& address);

/// The same without ever blocking: nothing when `address` has a name.
std::vector<SystemAddress> literal(const SocketAddress& address);

/// What a name lookup found, in the order of resolve().
std::vector<SystemAddress> addresses_in(const addrinfo* found);

/// What to ask a name lookup for.
addrinfo lookup_hints();

/// The system's form of an address as ours, numeric. IPv4 as such where a socket takes both families; empty
/// for what is no address.
SocketAddress to_socket_address(const sockaddr_storage& storage, socklen_t size);

/// The near end of a connected or listening socket; an empty address when the system does not tell.
SocketAddress local_address_of(int socket);

}  // namespace moldau::io::uv
