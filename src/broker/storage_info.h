#pragma once

#include <ostream>

#include "base/uuid.h"
#include "config/broker_config.h"
#include "io/host.h"

namespace moldau::broker {

/// Prints what the node's log directories are, as `kafka-storage info`; gives the exit status: 1 if anything
/// is wrong with them.
int print_storage_info(io::Host& host, const config::BrokerConfig& config, std::ostream& out);

/// A new random id that does not look like a flag, as Apache Kafka's never do.
Uuid new_uuid(io::Random& random);

}  // namespace moldau::broker
