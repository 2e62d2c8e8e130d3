#pragma once

#include <string>

#include "protocol/generator/model.h"

namespace moldau::generator {

/// The source of one message: decode, size and encode for all its versions.
std::string emit_source(const Message& message);

}  // namespace moldau::generator
