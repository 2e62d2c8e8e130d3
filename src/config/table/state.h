#pragma once

#include "config/key.h"
#include "config/table/columns.h"

namespace moldau::config::table {

/// Share coordinator, transactions and the controller quorum.
inline constexpr ConfigKey kStateKeys[] = {
    {"group.share.delivery.count.limit", kInt, "5", between(2, 10)},
    {"group.share.max.delivery.count.limit", kInt, "10", between(5, 25)},
    {"group.share.min.delivery.count.limit", kInt, "2", between(2, 5)},
    {"group.share.record.lock.duration.ms", kInt, "30000", between(1000, 3600000)},
    {"group.share.min.record.lock.duration.ms", kInt, "15000", between(1000, 30000)},
    {"group.share.max.record.lock.duration.ms", kInt, "60000", between(30000, 3600000)},
    {"group.share.partition.max.record.locks", kInt, "2000", between(100, 10000)},
    {"group.share.max.partition.max.record.locks", kInt, "4000", between(2000, 10000)},
    {"group.share.min.partition.max.record.locks", kInt, "100", between(100, 2000)},
    {"share.fetch.purgatory.purge.interval.requests", kInt, "1000", any()},
    {"group.share.max.share.sessions", kInt, "2000", at_least(1)},
    {"group.share.persister.class.name", kString,
     "org.apache.kafka.server.share.persister.DefaultStatePersister", any(), kReadOnly, kInternal},
    {"share.coordinator.state.topic.num.partitions", kInt, "50", at_least(1)},
    {"share.coordinator.state.topic.replication.factor", kShort, "3", at_least(1)},
    {"share.coordinator.state.topic.min.isr", kShort, "2", at_least(1)},
    {"share.coordinator.state.topic.segment.bytes", kInt, "104857600", at_least(1)},
    {"share.coordinator.threads", kInt, "1", at_least(1)},
    {"share.coordinator.snapshot.update.records.per.snapshot", kInt, "500", between(0, 500)},
    {"share.coordinator.load.buffer.size", kInt, "5242880", at_least(1)},
    {"share.coordinator.state.topic.compression.codec", kInt, "0", any()},
    {"share.coordinator.append.linger.ms", kInt, "-1", at_least(-1)},
    {"share.coordinator.write.timeout.ms", kInt, "5000", at_least(1)},
    {"share.coordinator.state.topic.prune.interval.ms", kInt, "300000", at_least(1), kReadOnly, kInternal},
    {"share.coordinator.cold.partition.snapshot.interval.ms", kInt, "300000", at_least(1), kReadOnly,
     kInternal},
    {"share.coordinator.cached.buffer.max.bytes", kInt, "1048588", at_least(524288), kClusterWide},
    {"transaction.state.log.min.isr", kInt, "2", at_least(1)},
    {"transaction.state.log.load.buffer.size", kInt, "5242880", at_least(1)},
    {"transaction.state.log.replication.factor", kShort, "3", at_least(1)},
    {"transaction.state.log.num.partitions", kInt, "50", at_least(1)},
    {"transaction.state.log.segment.bytes", kInt, "104857600", at_least(1)},
    {"transaction.partition.verification.enable", kBoolean, "true", any(), kClusterWide},
    {"producer.id.expiration.ms", kInt, "86400000", at_least(1), kClusterWide},
    {"producer.id.expiration.check.interval.ms", kInt, "600000", at_least(1), kReadOnly, kInternal},
    {"transactional.id.expiration.ms", kInt, "604800000", at_least(1)},
    {"transaction.max.timeout.ms", kInt, "900000", at_least(1)},
    {"transaction.abort.timed.out.transaction.cleanup.interval.ms", kInt, "10000", at_least(1)},
    {"transaction.remove.expired.transaction.cleanup.interval.ms", kInt, "3600000", at_least(1)},
    {"transaction.two.phase.commit.enable", kBoolean, "false", any()},
    {"controller.quorum.voters", kList, "", quorum_voters()},
    {"controller.quorum.bootstrap.servers", kList, "", bootstrap_servers()},
    {"controller.quorum.election.timeout.ms", kInt, "1000", at_least(0)},
    {"controller.quorum.fetch.timeout.ms", kInt, "2000", at_least(0)},
    {"controller.quorum.election.backoff.max.ms", kInt, "1000", at_least(0)},
    {"controller.quorum.append.linger.ms", kInt, "25", at_least(0)},
    {"controller.quorum.request.timeout.ms", kInt, "2000", at_least(0)},
    {"controller.quorum.retry.backoff.ms", kInt, "20", at_least(0)},
    {"controller.quorum.auto.join.enable", kBoolean, "false", any()},
    {"controller.quorum.fetch.snapshot.max.bytes", kInt, "1048576", at_least(1)},
    {"controller.quorum.fetch.max.bytes", kInt, "1048576", at_least(1)},
};

}  // namespace moldau::config::table
