#pragma once

#include <cstdint>
#include <string_view>

#include "base/strong_id.h"

namespace moldau {

/// Node id of a broker or controller (`node.id`); -1 means none.
using BrokerId = StrongId<struct BrokerIdTag, std::int32_t>;

/// Producer id handed out by InitProducerId; -1 means none.
using ProducerId = StrongId<struct ProducerIdTag, std::int64_t>;

/// Names as they stand in a message: views into the frame or into storage the sender keeps alive.
using TopicName = StrongId<struct TopicNameTag, std::string_view>;
using GroupId = StrongId<struct GroupIdTag, std::string_view>;
using TransactionalId = StrongId<struct TransactionalIdTag, std::string_view>;

}  // namespace moldau
