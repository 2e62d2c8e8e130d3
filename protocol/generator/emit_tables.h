#pragma once

#include <string>
#include <vector>

#include "protocol/generator/model.h"

namespace moldau::generator {

/// "protocol/messages/api_keys.h": the request keys with their versions and listeners.
std::string emit_api_keys(const std::vector<Message>& messages);

/// "registry.cc": all live messages without their types.
std::string emit_registry(const std::vector<Message>& messages);

}  // namespace moldau::generator
