#pragma once

#include "config/key.h"
#include "config/table/columns.h"

namespace moldau::config::table {

/// Configurations of client metrics subscriptions, and of brokers only dynamically.
inline constexpr ConfigKey kClientMetricsKeys[] = {
    {"metrics", kList, "", distinct_list(kMayBeEmpty)},
    {"interval.ms", kInt, "300000", any()},
    {"match", kList, "", distinct_list(kMayBeEmpty)},
};

/// Replication quotas of brokers (KIP-73): never in a properties file.
inline constexpr ConfigKey kBrokerQuotaKeys[] = {
    {"leader.replication.throttled.rate", kLong, "9223372036854775807", at_least(0), kClusterWide},
    {"follower.replication.throttled.rate", kLong, "9223372036854775807", at_least(0), kClusterWide},
    {"replica.alter.log.dirs.io.max.bytes.per.second", kLong, "9223372036854775807", at_least(0),
     kClusterWide},
};

/// Moldau's own settings; Apache Kafka ignores them.
inline constexpr ConfigKey kMoldauKeys[] = {
    {"moldau.admin.listener", kString, "127.0.0.1:9464", non_null()},
    {"moldau.produce.validate", kString, "records", one_of("records, headers")},
};

}  // namespace moldau::config::table
