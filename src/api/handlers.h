#pragma once

#include <span>

#include "api/handler.h"

namespace moldau::api {

/// Every key that this program serves, by rising key. What ApiVersions tells, and what is dispatched.
std::span<const Handler> handlers();

/// The handler of a key; nullptr when this program has none.
const Handler* find_handler(std::int16_t api_key);

}  // namespace moldau::api
