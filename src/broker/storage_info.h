#pragma once

#include <ostream>

#include "config/broker_config.h"
#include "io/host.h"

namespace moldau::broker {

/// Prints what the node's log directories are, as `kafka-storage info`; gives the exit status: 1 if anything
/// is wrong with them.
int print_storage_info(io::Host& host, const config::BrokerConfig& config, std::ostream& out);

}  // namespace moldau::broker
