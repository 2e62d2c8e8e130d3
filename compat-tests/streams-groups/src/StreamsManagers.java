package org.apache.kafka.coordinator.group;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.config.AbstractConfig;
import org.apache.kafka.common.utils.LogContext;
import org.apache.kafka.common.utils.Time;
import org.apache.kafka.common.utils.Utils;
import org.apache.kafka.coordinator.common.runtime.CoordinatorExecutor;
import org.apache.kafka.coordinator.common.runtime.CoordinatorMetadataImage;
import org.apache.kafka.coordinator.common.runtime.CoordinatorRecord;
import org.apache.kafka.coordinator.common.runtime.CoordinatorTimer;
import org.apache.kafka.coordinator.group.generated.StreamsGroupCurrentMemberAssignmentKey;
import org.apache.kafka.coordinator.group.generated.StreamsGroupCurrentMemberAssignmentValue;
import org.apache.kafka.coordinator.group.generated.StreamsGroupMemberMetadataKey;
import org.apache.kafka.coordinator.group.generated.StreamsGroupMemberMetadataValue;
import org.apache.kafka.coordinator.group.generated.StreamsGroupMetadataKey;
import org.apache.kafka.coordinator.group.generated.StreamsGroupMetadataValue;
import org.apache.kafka.coordinator.group.generated.StreamsGroupTargetAssignmentMemberKey;
import org.apache.kafka.coordinator.group.generated.StreamsGroupTargetAssignmentMemberValue;
import org.apache.kafka.coordinator.group.generated.StreamsGroupTargetAssignmentMetadataKey;
import org.apache.kafka.coordinator.group.generated.StreamsGroupTargetAssignmentMetadataValue;
import org.apache.kafka.coordinator.group.generated.StreamsGroupTopologyKey;
import org.apache.kafka.coordinator.group.generated.StreamsGroupTopologyValue;
import org.apache.kafka.coordinator.group.metrics.GroupCoordinatorMetricsShard;
import org.apache.kafka.coordinator.group.modern.share.ShareGroupConfig;
import org.apache.kafka.coordinator.group.streams.StreamsGroup;
import org.apache.kafka.server.common.ApiMessageAndVersion;
import org.apache.kafka.timeline.SnapshotRegistry;

/** What only classes of this package may do with Apache Kafka's manager of groups. */
public final class StreamsManagers {
    private StreamsManagers() { }

    /** Settings of the broker, and of groups on top of them. */
    public record Settings(GroupCoordinatorConfig config, GroupConfigManager groups) {
        public void setStandbyReplicas(String group, int count) {
            Properties properties = new Properties();
            properties.put("streams.num.standby.replicas", Integer.toString(count));
            groups.updateGroupConfig(group, properties);
        }
    }

    public static Settings settings(Map<String, ?> properties) {
        AbstractConfig all = new AbstractConfig(
            Utils.mergeConfigs(List.of(GroupCoordinatorConfig.CONFIG_DEF, ShareGroupConfig.CONFIG_DEF)), properties, false);
        GroupCoordinatorConfig config = new GroupCoordinatorConfig(all);
        ShareGroupConfig share = new ShareGroupConfig(all);
        return new Settings(config, new GroupConfigManager(config.extractGroupConfigMap(share), config, share));
    }

    public static GroupMetadataManager manager(
        Time time, CoordinatorTimer<CoordinatorRecord> timer, Settings settings, CoordinatorMetadataImage image
    ) {
        SnapshotRegistry snapshots = new SnapshotRegistry(new LogContext());
        return new GroupMetadataManager.Builder()
            .withSnapshotRegistry(snapshots)
            .withTime(time)
            .withTimer(timer)
            .withExecutor(new NoExecutor())
            .withConfig(settings.config())
            .withGroupConfigManager(settings.groups())
            .withMetadataImage(image)
            .withGroupCoordinatorMetricsShard(new NoMetrics(snapshots))
            .build();
    }

    /** The group; null where there is none. */
    public static StreamsGroup group(GroupMetadataManager manager, String id) {
        try {
            return manager.streamsGroup(id);
        } catch (RuntimeException e) {
            return null;
        }
    }

    public static void replay(GroupMetadataManager manager, CoordinatorRecord record) {
        Object value = Optional.ofNullable(record.value()).map(ApiMessageAndVersion::message).orElse(null);
        if (record.key() instanceof StreamsGroupMetadataKey key) {
            manager.replay(key, (StreamsGroupMetadataValue) value);
        } else if (record.key() instanceof StreamsGroupMemberMetadataKey key) {
            manager.replay(key, (StreamsGroupMemberMetadataValue) value);
        } else if (record.key() instanceof StreamsGroupTargetAssignmentMetadataKey key) {
            manager.replay(key, (StreamsGroupTargetAssignmentMetadataValue) value);
        } else if (record.key() instanceof StreamsGroupTargetAssignmentMemberKey key) {
            manager.replay(key, (StreamsGroupTargetAssignmentMemberValue) value);
        } else if (record.key() instanceof StreamsGroupCurrentMemberAssignmentKey key) {
            manager.replay(key, (StreamsGroupCurrentMemberAssignmentValue) value);
        } else if (record.key() instanceof StreamsGroupTopologyKey key) {
            manager.replay(key, (StreamsGroupTopologyValue) value);
        } else {
            throw new IllegalStateException("no record of a streams group: " + record);
        }
    }

    private static final class NoMetrics extends GroupCoordinatorMetricsShard {
        NoMetrics(SnapshotRegistry snapshots) {
            super(snapshots, Map.of(), new TopicPartition("__consumer_offsets", 0));
        }

        @Override
        public void record(String sensor) { }
    }

    private static final class NoExecutor implements CoordinatorExecutor<CoordinatorRecord> {
        @Override
        public <R> boolean schedule(String key, TaskRunnable<R> task, TaskOperation<CoordinatorRecord, R> operation) {
            throw new UnsupportedOperationException();
        }

        @Override
        public boolean isScheduled(String key) {
            return false;
        }

        @Override
        public void cancel(String key) { }
    }
}
