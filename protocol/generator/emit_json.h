#pragma once

#include <string>

#include "protocol/generator/model.h"

namespace moldau::generator {

/// The JSON source of one message: write_json, read_json and its entry in the registry of all messages.
std::string emit_json(const Message& message);

/// Name of the function that gives the registry entry.
std::string info_function(const Message& message);

}  // namespace moldau::generator
