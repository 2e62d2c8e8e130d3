#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

#include "base/result.h"

namespace moldau::config {

/// Reads "feature=level" of the storage tool's --feature; blanks around both do not count. kInvalidConfig
/// with Apache's text otherwise.
Result<std::pair<std::string, std::int16_t>> parse_feature_level(std::string_view text);

}  // namespace moldau::config
