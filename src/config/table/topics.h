#pragma once

#include "config/key.h"
#include "config/table/columns.h"

namespace moldau::config::table {

/// Configurations of topics; the last column names the broker configuration they fall back to.
inline constexpr ConfigKey kTopicKeys[] = {
    {"segment.bytes", kInt, "1073741824", at_least(1048576), kReadOnly, kPublic, "log.segment.bytes"},
    {"segment.ms", kLong, "604800000", at_least(1), kReadOnly, kPublic, "log.roll.ms"},
    {"segment.jitter.ms", kLong, "0", at_least(0), kReadOnly, kPublic, "log.roll.jitter.ms"},
    {"segment.index.bytes", kInt, "10485760", at_least(4), kReadOnly, kPublic, "log.index.size.max.bytes"},
    {"flush.messages", kLong, "9223372036854775807", at_least(1), kReadOnly, kPublic,
     "log.flush.interval.messages"},
    {"flush.ms", kLong, "9223372036854775807", at_least(0), kReadOnly, kPublic, "log.flush.interval.ms"},
    {"retention.bytes", kLong, "-1", any(), kReadOnly, kPublic, "log.retention.bytes"},
    {"retention.ms", kLong, "604800000", at_least(-1), kReadOnly, kPublic, "log.retention.ms"},
    {"max.message.bytes", kInt, "1048588", at_least(0), kReadOnly, kPublic, "message.max.bytes"},
    {"index.interval.bytes", kInt, "4096", at_least(0), kReadOnly, kPublic, "log.index.interval.bytes"},
    {"delete.retention.ms", kLong, "86400000", at_least(0), kReadOnly, kPublic,
     "log.cleaner.delete.retention.ms"},
    {"min.compaction.lag.ms", kLong, "0", at_least(0), kReadOnly, kPublic,
     "log.cleaner.min.compaction.lag.ms"},
    {"max.compaction.lag.ms", kLong, "9223372036854775807", at_least(1), kReadOnly, kPublic,
     "log.cleaner.max.compaction.lag.ms"},
    {"file.delete.delay.ms", kLong, "60000", at_least(0), kReadOnly, kPublic, "log.segment.delete.delay.ms"},
    {"min.cleanable.dirty.ratio", kDouble, "0.5", between(0, 1), kReadOnly, kPublic,
     "log.cleaner.min.cleanable.ratio"},
    {"cleanup.policy", kList, "delete", list_of("compact, delete", kMayBeEmpty), kReadOnly, kPublic,
     "log.cleanup.policy"},
    {"unclean.leader.election.enable", kBoolean, "false", any(), kReadOnly, kPublic,
     "unclean.leader.election.enable"},
    {"min.insync.replicas", kInt, "1", at_least(1), kReadOnly, kPublic, "min.insync.replicas"},
    {"compression.type", kString, "producer", one_of("uncompressed, zstd, lz4, snappy, gzip, producer"),
     kReadOnly, kPublic, "compression.type"},
    {"compression.gzip.level", kInt, "-1", gzip_level(), kReadOnly, kPublic, "compression.gzip.level"},
    {"compression.lz4.level", kInt, "9", between(1, 17), kReadOnly, kPublic, "compression.lz4.level"},
    {"compression.zstd.level", kInt, "3", between(-131072, 22), kReadOnly, kPublic, "compression.zstd.level"},
    {"preallocate", kBoolean, "false", any(), kReadOnly, kPublic, "log.preallocate"},
    {"message.timestamp.type", kString, "CreateTime", one_of("CreateTime, LogAppendTime"), kReadOnly, kPublic,
     "log.message.timestamp.type"},
    {"message.timestamp.before.max.ms", kLong, "9223372036854775807", at_least(0), kReadOnly, kPublic,
     "log.message.timestamp.before.max.ms"},
    {"message.timestamp.after.max.ms", kLong, "3600000", at_least(0), kReadOnly, kPublic,
     "log.message.timestamp.after.max.ms"},
    {"leader.replication.throttled.replicas", kList, "", throttled_replicas()},
    {"follower.replication.throttled.replicas", kList, "", throttled_replicas()},
    {"remote.storage.enable", kBoolean, "false", any()},
    {"local.retention.ms", kLong, "-2", at_least(-2), kReadOnly, kPublic, "log.local.retention.ms"},
    {"local.retention.bytes", kLong, "-2", at_least(-2), kReadOnly, kPublic, "log.local.retention.bytes"},
    {"remote.log.copy.disable", kBoolean, "false", any()},
    {"remote.log.delete.on.disable", kBoolean, "false", any()},
    {"internal.segment.bytes", kInt, null, any(), kReadOnly, kInternal},
};

}  // namespace moldau::config::table
