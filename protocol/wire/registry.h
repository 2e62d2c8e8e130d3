#pragma once

#include <vector>

#include "protocol/wire/message_info.h"

namespace moldau::wire {

/// Every live message of the release, by name. Generated; in library moldau_message_registry.
const std::vector<MessageInfo>& all_messages();

}  // namespace moldau::wire
