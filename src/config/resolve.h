#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "config/broker_config.h"

/// The steps of BrokerConfig::resolve after parsing; not for use outside this room.
namespace moldau::config {

/// The classes that group.share.persister.class.name may name. The second one keeps nothing.
inline constexpr std::string_view kSharePersister =
    "org.apache.kafka.server.share.persister.DefaultStatePersister";
inline constexpr std::string_view kNoOpSharePersister =
    "org.apache.kafka.server.share.persister.NoOpStatePersister";

/// Copies the parsed values into the typed sections, without listeners and voters.
void fill_sections(BrokerConfig& config);

/// Parses roles, listeners, voters and what depends on them.
Result<void> resolve_listeners(BrokerConfig& config);

/// Checks configurations against each other. Sentences that do not stop the start go to `warnings`.
Result<void> check_broker(const BrokerConfig& config, std::vector<std::string>& warnings);

/// Checks that minima, values and maxima of the group coordinators fit together.
Result<void> check_group_limits(const BrokerConfig& config);

}  // namespace moldau::config
