#pragma once

#include <cerrno>
#include <cstring>
#include <string>
#include <string_view>

#include "base/result.h"

namespace moldau::io::uv {

/// The present errno as an Error about `what`, e.g. a path.
inline std::unexpected<Error> system_failure(ErrorCode code, std::string_view what) {
  const int reason = errno;
  return fail(code, std::string(what) + ": " + std::strerror(reason));
}

inline std::unexpected<Error> storage_failure(std::string_view what) {
  return system_failure(ErrorCode::kKafkaStorageError, what);
}

inline std::unexpected<Error> network_failure(std::string_view what) {
  return system_failure(ErrorCode::kNetworkException, what);
}

}  // namespace moldau::io::uv
