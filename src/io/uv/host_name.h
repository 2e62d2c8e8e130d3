#pragma once

#include <string>

namespace moldau::io::uv {

/// The name by which other machines may know this one, as Java's getCanonicalHostName(): what its address is
/// called, else the address; where its name has no address, that name. Blocks for the lookups.
std::string canonical_host_name();

}  // namespace moldau::io::uv
