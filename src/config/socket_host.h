#pragma once

#include <string>
#include <string_view>

namespace moldau::config {

/// A host as Java's InetSocketAddress says it again: addresses written out in full ("::1" becomes
/// "0:0:0:0:0:0:0:1", "127.1" becomes "127.0.0.1"), an empty host as "localhost", names as they are.
std::string socket_host(std::string_view host);

}  // namespace moldau::config
