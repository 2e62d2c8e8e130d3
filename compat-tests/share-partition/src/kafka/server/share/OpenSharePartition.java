package kafka.server.share;

import java.util.List;
import java.util.NavigableMap;
import java.util.concurrent.CompletableFuture;
import kafka.server.ReplicaManager;
import org.apache.kafka.clients.consumer.internals.ShareAcquireMode;
import org.apache.kafka.common.TopicIdPartition;
import org.apache.kafka.common.record.internal.Records;
import org.apache.kafka.common.utils.Time;
import org.apache.kafka.coordinator.group.GroupConfigManager;
import org.apache.kafka.server.share.acknowledge.ShareAcknowledgementBatch;
import org.apache.kafka.server.share.fetch.InFlightBatch;
import org.apache.kafka.server.share.fetch.ShareAcquiredRecords;
import org.apache.kafka.server.share.metrics.SharePartitionMetrics;
import org.apache.kafka.server.share.persister.Persister;
import org.apache.kafka.server.storage.log.FetchIsolation;
import org.apache.kafka.server.storage.log.FetchPartitionData;
import org.apache.kafka.server.util.timer.Timer;

/** Apache Kafka's share partition, open to those outside its package. */
public final class OpenSharePartition {
    private final SharePartition partition;

    public OpenSharePartition(String group, TopicIdPartition topicPartition, int leaderEpoch, Timer timer, Time time,
            Persister persister, ReplicaManager replicas, GroupConfigManager groups, SharePartitionMetrics metrics) {
        partition = new SharePartition(group, topicPartition, leaderEpoch, 0, 0, 0, timer, time, persister, replicas,
            groups, SharePartition.SharePartitionState.EMPTY, null, metrics);
    }

    public CompletableFuture<Void> load() {
        return partition.maybeInitialize();
    }

    public long nextFetchOffset() {
        return partition.nextFetchOffset();
    }

    public boolean canAcquire() {
        return partition.canAcquireRecords();
    }

    public ShareAcquiredRecords acquire(String member, ShareAcquireMode mode, int batchSize, int most, long fetchOffset,
            FetchPartitionData data, FetchIsolation isolation) {
        return partition.acquire(member, mode, batchSize, most, fetchOffset, data, isolation);
    }

    public static Records sent(Records records, ShareAcquiredRecords acquired) {
        return ShareFetchUtils.maybeSliceFetchRecords(records, acquired);
    }

    public CompletableFuture<Void> acknowledge(String member, List<ShareAcknowledgementBatch> batches) {
        return partition.acknowledge(member, batches);
    }

    public CompletableFuture<Void> release(String member) {
        return partition.releaseAcquiredRecords(member);
    }

    public void moveLogStart(long offset) {
        partition.updateCacheAndOffsets(offset);
    }

    public long startOffset() {
        return partition.startOffset();
    }

    public long endOffset() {
        return partition.endOffset();
    }

    public int deliveryCompleteCount() {
        return partition.deliveryCompleteCount();
    }

    public NavigableMap<Long, InFlightBatch> batches() {
        return partition.cachedState();
    }
}
