#pragma once

#include "config/key.h"
#include "config/table/columns.h"

namespace moldau::config::table {

/// Configurations of groups; the last column names the broker configuration they fall back to.
inline constexpr ConfigKey kGroupKeys[] = {
    {"consumer.session.timeout.ms", kInt, "45000", at_least(1), kReadOnly, kPublic,
     "group.consumer.session.timeout.ms"},
    {"consumer.heartbeat.interval.ms", kInt, "5000", at_least(1), kReadOnly, kPublic,
     "group.consumer.heartbeat.interval.ms"},
    {"consumer.assignment.interval.ms", kInt, "1000", at_least(0), kReadOnly, kPublic,
     "group.consumer.assignment.interval.ms"},
    {"share.session.timeout.ms", kInt, "45000", at_least(1), kReadOnly, kPublic,
     "group.share.session.timeout.ms"},
    {"share.heartbeat.interval.ms", kInt, "5000", at_least(1), kReadOnly, kPublic,
     "group.share.heartbeat.interval.ms"},
    {"share.record.lock.duration.ms", kInt, "30000", at_least(1000), kReadOnly, kPublic,
     "group.share.record.lock.duration.ms"},
    {"share.delivery.count.limit", kInt, "5", at_least(2), kReadOnly, kPublic,
     "group.share.delivery.count.limit"},
    {"share.partition.max.record.locks", kInt, "2000", at_least(100), kReadOnly, kPublic,
     "group.share.partition.max.record.locks"},
    {"share.auto.offset.reset", kString, "latest", offset_reset()},
    {"share.isolation.level", kString, "read_uncommitted", one_of("read_committed, read_uncommitted")},
    {"share.renew.acknowledge.enable", kBoolean, "true", any()},
    {"share.assignment.interval.ms", kInt, "1000", at_least(0), kReadOnly, kPublic,
     "group.share.assignment.interval.ms"},
    {"streams.session.timeout.ms", kInt, "45000", at_least(1), kReadOnly, kPublic,
     "group.streams.session.timeout.ms"},
    {"streams.heartbeat.interval.ms", kInt, "5000", at_least(1), kReadOnly, kPublic,
     "group.streams.heartbeat.interval.ms"},
    {"streams.num.standby.replicas", kInt, "0", at_least(0), kReadOnly, kPublic,
     "group.streams.num.standby.replicas"},
    {"streams.initial.rebalance.delay.ms", kInt, "3000", at_least(0), kReadOnly, kPublic,
     "group.streams.initial.rebalance.delay.ms"},
    {"streams.assignment.interval.ms", kInt, "1000", at_least(0), kReadOnly, kPublic,
     "group.streams.assignment.interval.ms"},
};

}  // namespace moldau::config::table
