#include "io/uv/host_name.h"

#include <array>

#include <netdb.h>
#include <unistd.h>

#include "io/uv/address.h"

namespace moldau::io::uv {

std::string canonical_host_name() {
  std::array<char, NI_MAXHOST> name{};
  if (::gethostname(name.data(), name.size() - 1) != 0) return "localhost";
  const auto addresses = resolve({.host = name.data(), .port = 0});
  if (!addresses) return name.data();
  const SystemAddress& own = addresses->front();
  std::array<char, NI_MAXHOST> text{};
  for (const int flags : {NI_NAMEREQD, NI_NUMERICHOST}) {
    if (::getnameinfo(own.get(), own.size, text.data(), text.size(), nullptr, 0, flags) == 0)
      return text.data();
  }
  return name.data();
}

}  // namespace moldau::io::uv
