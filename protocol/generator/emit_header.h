#pragma once

#include <string>

#include "protocol/generator/model.h"

namespace moldau::generator {

/// The header of one message: struct, constants, declarations.
std::string emit_header(const Message& message);

/// Path of that header as it is included.
std::string header_path(const Message& message);

}  // namespace moldau::generator
