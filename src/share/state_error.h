#pragma once

#include <string>

#include "base/error_code.h"
#include "base/result.h"

namespace moldau::share {

/// What clients are told where the share coordinator refused a read or a write of a share partition's state.
Error client_error(ErrorCode error, std::string message);

/// The share partition is of no use any more and is dropped; clients find its leader anew.
bool is_fencing(ErrorCode error);

}  // namespace moldau::share
