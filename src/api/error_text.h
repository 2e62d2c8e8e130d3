#pragma once

#include <string_view>

#include "base/error_code.h"

namespace moldau::api {

/// What Apache Kafka says of an error of a group's coordinator where it has nothing more to say; of others
/// nothing. Static storage.
std::string_view error_text(ErrorCode error);

}  // namespace moldau::api
