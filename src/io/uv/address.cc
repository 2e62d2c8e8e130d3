#include "io/uv/address.h"

#include <array>
#include <cstring>
#include <memory>
#include <string>

#include <netdb.h>
#include <netinet/in.h>

namespace moldau::io::uv {
namespace {

struct AddressListDeleter {
  void operator()(addrinfo* list) const { ::freeaddrinfo(list); }
};

SystemAddress wildcard(int family, std::uint16_t port) {
  SystemAddress address;
  if (family == AF_INET6) {
    sockaddr_in6 any{};
    any.sin6_family = AF_INET6;
    any.sin6_port = htons(port);
    address.size = sizeof any;
    std::memcpy(&address.storage, &any, sizeof any);
  } else {
    sockaddr_in any{};
    any.sin_family = AF_INET;
    any.sin_port = htons(port);
    address.size = sizeof any;
    std::memcpy(&address.storage, &any, sizeof any);
  }
  return address;
}

Result<std::vector<SystemAddress>> look_up(const SocketAddress& address, int flags) {
  addrinfo hints = lookup_hints();
  hints.ai_flags |= flags;
  addrinfo* found = nullptr;
  const int status =
      ::getaddrinfo(address.host.c_str(), std::to_string(address.port).c_str(), &hints, &found);
  const std::unique_ptr<addrinfo, AddressListDeleter> list(found);
  if (status != 0) return fail(ErrorCode::kNetworkException, address.host + ": " + ::gai_strerror(status));
  return addresses_in(found);
}

}  // namespace

addrinfo lookup_hints() {
  addrinfo hints{};
  hints.ai_family = AF_UNSPEC;
  hints.ai_socktype = SOCK_STREAM;
  hints.ai_flags = AI_NUMERICSERV;
  return hints;
}

std::vector<SystemAddress> addresses_in(const addrinfo* found) {
  std::vector<SystemAddress> addresses;
  std::size_t ipv4_count = 0;
  for (const addrinfo* entry = found; entry != nullptr; entry = entry->ai_next) {
    SystemAddress one;
    std::memcpy(&one.storage, entry->ai_addr, entry->ai_addrlen);
    one.size = entry->ai_addrlen;
    const bool is_ipv4 = one.family() == AF_INET;
    const std::size_t place = is_ipv4 ? ipv4_count++ : addresses.size();
    addresses.insert(addresses.begin() + static_cast<std::ptrdiff_t>(place), one);
  }
  return addresses;
}

std::vector<SystemAddress> literal(const SocketAddress& address) {
  if (address.host.empty()) return {wildcard(AF_INET6, address.port), wildcard(AF_INET, address.port)};
  return look_up(address, AI_NUMERICHOST).value_or(std::vector<SystemAddress>{});
}

Result<std::vector<SystemAddress>> resolve(const SocketAddress& address) {
  if (address.host.empty()) return literal(address);
  return look_up(address, 0);
}

SocketAddress to_socket_address(const sockaddr_storage& storage, socklen_t size) {
  std::array<char, NI_MAXHOST> host{};
  std::array<char, NI_MAXSERV> port{};
  const auto* address = reinterpret_cast<const sockaddr*>(&storage);
  if (::getnameinfo(address, size, host.data(), host.size(), port.data(), port.size(),
                    NI_NUMERICHOST | NI_NUMERICSERV) != 0) {
    return {};
  }
  std::string text = host.data();
  // An IPv4 peer of a socket for both families.
  constexpr std::string_view kMapped = "::ffff:";
  if (text.starts_with(kMapped) && text.find('.') != std::string::npos) text = text.substr(kMapped.size());
  return {text, static_cast<std::uint16_t>(std::stoi(port.data()))};
}

SocketAddress local_address_of(int socket) {
  sockaddr_storage storage{};
  socklen_t size = sizeof storage;
  if (::getsockname(socket, reinterpret_cast<sockaddr*>(&storage), &size) != 0) return {};
  return to_socket_address(storage, size);
}

}  // namespace moldau::io::uv
