#pragma once

#include <cstddef>
#include <span>
#include <string_view>
#include <vector>

#include "api/handler.h"

namespace moldau::api {

/// Every key that this program serves, by rising key. What ApiVersions tells, and what is dispatched.
std::span<const Handler> handlers();

/// The handler of a key; nullptr when this program has none.
const Handler* find_handler(std::int16_t api_key);

/// Kinds of requests by which they are counted: one for each key that is served, by its place in handlers(),
/// and Fetch once more by who sent it.
std::vector<std::string_view> request_kinds();
std::size_t kind_of(const Handler& handler);
std::size_t kind_of_fetch(bool is_from_follower);

}  // namespace moldau::api
