package kafka.server.share;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.apache.kafka.common.TopicIdPartition;
import org.apache.kafka.common.utils.Time;
import org.apache.kafka.server.share.context.ShareFetchContext;
import org.apache.kafka.server.share.session.ShareSession;
import org.apache.kafka.server.share.session.ShareSessionCache;
import org.apache.kafka.server.share.session.ShareSessionKey;

/** Apache Kafka's share sessions, open to those outside their package. */
public final class OpenShareSessions {
    private static final class Partitions extends SharePartitionCache {
        private final List<String> emptyGroups = new ArrayList<>();

        @Override
        public synchronized Set<TopicIdPartition> topicIdPartitionsForGroup(String group) {
            emptyGroups.add(group);
            return super.topicIdPartitionsForGroup(group);
        }
    }

    private final Partitions partitions = new Partitions();
    private final ShareSessionCache cache;
    private final SharePartitionManager manager;

    public OpenShareSessions(int maxSessions) {
        cache = new ShareSessionCache(maxSessions);
        manager = new SharePartitionManager(null, Time.SYSTEM, cache, partitions, 0, null, 0, 0, 0, null, null, null, null);
    }

    public ShareFetchContext open(String group, String member, int epoch, List<TopicIdPartition> wanted,
            List<TopicIdPartition> forgotten, boolean hasAcknowledgements, String connection) {
        return manager.newContext(group, wanted, forgotten, member, epoch, hasAcknowledgements, connection);
    }

    public void acknowledge(String group, String member, int epoch) {
        manager.acknowledgeSessionUpdate(group, member, epoch);
    }

    /** The partitions of the session; null where there is none. */
    public List<TopicIdPartition> release(String group, String member) {
        List<TopicIdPartition> found = manager.cachedTopicIdPartitionsInShareSession(group, member);
        return manager.releaseSession(group, member).isCompletedExceptionally() ? null : found;
    }

    /** The groups that are empty then. */
    public List<String> disconnect(String connection) {
        partitions.emptyGroups.clear();
        cache.connectionDisconnectListener().onDisconnect(connection);
        return List.copyOf(partitions.emptyGroups);
    }

    public ShareSession find(String group, String member) {
        return cache.get(new ShareSessionKey(group, member));
    }

    public long size() {
        return cache.size();
    }

    public long partitionCount() {
        return cache.totalPartitions();
    }
}
