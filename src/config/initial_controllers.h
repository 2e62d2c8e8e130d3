#pragma once

#include <cstdint>
#include <map>
#include <string_view>

#include "base/result.h"
#include "base/uuid.h"
#include "config/address.h"

namespace moldau::config {

/// One of the controllers that begin a dynamic quorum.
struct InitialController {
  Uuid directory_id;
  HostPort address;

  bool operator==(const InitialController&) const = default;
};

/// Controllers by node id.
using InitialControllers = std::map<std::int32_t, InitialController>;

/// Reads "id@host:port:directory,..." of the storage tool's --initial-controllers. The host may be an IPv6
/// address in brackets. kInvalidConfig with Apache's text for anything else, for an id given twice, and for
/// none at all.
Result<InitialControllers> parse_initial_controllers(std::string_view text);

}  // namespace moldau::config
