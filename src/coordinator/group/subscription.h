#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/bytes.h"

namespace moldau::coordinator {

/// The topics in a consumer's subscription (ConsumerProtocolSubscription, any version: all begin like version
/// 0). nullopt when the bytes are no subscription.
std::optional<std::vector<std::string>> subscribed_topics_of(ByteView metadata);

}  // namespace moldau::coordinator
