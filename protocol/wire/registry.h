#pragma once

#include <string_view>
#include <vector>

#include "protocol/wire/message_info.h"

namespace moldau::wire {

/// Every live message of the release, by name. Generated; in library moldau_message_registry.
const std::vector<MessageInfo>& all_messages();

/// The message of that name, e.g. "FetchRequest"; nullptr when the release has none.
const MessageInfo* find_message(std::string_view name);

}  // namespace moldau::wire
