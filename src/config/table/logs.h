#pragma once

#include "config/key.h"
#include "config/table/columns.h"

namespace moldau::config::table {

/// Log cleaner and log, with the defaults of topics.
inline constexpr ConfigKey kLogKeys[] = {
    {"log.cleaner.threads", kInt, "1", at_least(0), kClusterWide},
    {"log.cleaner.io.max.bytes.per.second", kDouble, "1.7976931348623157E308", any(), kClusterWide},
    {"log.cleaner.dedupe.buffer.size", kLong, "134217728", any(), kClusterWide},
    {"log.cleaner.io.buffer.size", kInt, "524288", at_least(0), kClusterWide},
    {"log.cleaner.io.buffer.load.factor", kDouble, "0.9", any(), kClusterWide},
    {"log.cleaner.backoff.ms", kLong, "15000", at_least(0), kClusterWide},
    {"log.cleaner.min.cleanable.ratio", kDouble, "0.5", between(0, 1), kClusterWide},
    {"log.cleaner.enable", kBoolean, "true", any()},
    {"log.cleaner.delete.retention.ms", kLong, "86400000", at_least(0), kClusterWide},
    {"log.cleaner.min.compaction.lag.ms", kLong, "0", at_least(0), kClusterWide},
    {"log.cleaner.max.compaction.lag.ms", kLong, "9223372036854775807", at_least(1), kClusterWide},
    {"num.partitions", kInt, "1", at_least(1)},
    {"log.dir", kList, "/tmp/kafka-logs", distinct_list(kNotEmpty)},
    {"log.dirs", kList, null, distinct_list(kMayBeNull)},
    {"cordoned.log.dirs", kList, "", distinct_list(kMayBeEmptyOrNull), kPerBroker},
    {"log.segment.bytes", kInt, "1073741824", at_least(1048576), kClusterWide},
    {"log.roll.ms", kLong, null, any(), kClusterWide},
    {"log.roll.hours", kInt, "168", at_least(1)},
    {"log.roll.jitter.ms", kLong, null, any(), kClusterWide},
    {"log.roll.jitter.hours", kInt, "0", at_least(0)},
    {"log.retention.ms", kLong, null, any(), kClusterWide},
    {"log.retention.minutes", kInt, null, any()},
    {"log.retention.hours", kInt, "168", any()},
    {"log.retention.bytes", kLong, "-1", any(), kClusterWide},
    {"log.retention.check.interval.ms", kLong, "300000", at_least(1)},
    {"log.cleanup.policy", kList, "delete", list_of("compact, delete", kMayBeEmpty), kClusterWide},
    {"log.index.size.max.bytes", kInt, "10485760", at_least(4), kClusterWide},
    {"log.index.interval.bytes", kInt, "4096", at_least(0), kClusterWide},
    {"log.flush.interval.messages", kLong, "9223372036854775807", at_least(1), kClusterWide},
    {"log.segment.delete.delay.ms", kLong, "60000", at_least(0), kClusterWide},
    {"log.flush.scheduler.interval.ms", kLong, "9223372036854775807", any()},
    {"log.flush.interval.ms", kLong, null, any(), kClusterWide},
    {"log.flush.offset.checkpoint.interval.ms", kInt, "60000", at_least(0)},
    {"log.flush.start.offset.checkpoint.interval.ms", kInt, "60000", at_least(0)},
    {"log.preallocate", kBoolean, "false", any(), kClusterWide},
    {"num.recovery.threads.per.data.dir", kInt, "2", at_least(1), kClusterWide},
    {"auto.create.topics.enable", kBoolean, "true", any()},
    {"min.insync.replicas", kInt, "1", at_least(1), kClusterWide},
    {"log.message.timestamp.type", kString, "CreateTime", one_of("CreateTime, LogAppendTime"), kClusterWide},
    {"log.message.timestamp.before.max.ms", kLong, "9223372036854775807", at_least(0), kClusterWide},
    {"log.message.timestamp.after.max.ms", kLong, "3600000", at_least(0), kClusterWide},
    {"create.topic.policy.class.name", kClass, null, any()},
    {"alter.config.policy.class.name", kClass, null, any()},
    {"log.dir.failure.timeout.ms", kLong, "30000", at_least(1)},
    {"log.initial.task.delay.ms", kLong, "30000", at_least(0), kReadOnly, kInternal},
};

}  // namespace moldau::config::table
