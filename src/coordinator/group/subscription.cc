#include "coordinator/group/subscription.h"

#include <cstdint>

#include "base/endian.h"
#include "protocol/messages/consumer_protocol_subscription.h"
#include "protocol/wire/message.h"

namespace moldau::coordinator {

std::optional<std::vector<std::string>> subscribed_topics_of(ByteView metadata) {
  if (metadata.size() < sizeof(std::int16_t)) return std::nullopt;
  if (load_big_endian<std::int16_t>(metadata.data()) < 0) return std::nullopt;
  const auto subscription = wire::decode_message<protocol::ConsumerProtocolSubscription>(
      metadata.subspan(sizeof(std::int16_t)), 0, true);
  if (!subscription) return std::nullopt;
  return std::vector<std::string>(subscription->topics.begin(), subscription->topics.end());
}

}  // namespace moldau::coordinator
