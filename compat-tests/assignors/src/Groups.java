import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.utils.LogContext;
import org.apache.kafka.common.utils.Time;
import org.apache.kafka.coordinator.common.runtime.CoordinatorMetadataDelta;
import org.apache.kafka.coordinator.common.runtime.CoordinatorMetadataImage;
import org.apache.kafka.coordinator.common.runtime.CoordinatorRecord;
import org.apache.kafka.coordinator.group.api.assignor.PartitionAssignor;
import org.apache.kafka.coordinator.group.api.assignor.SubscriptionType;
import org.apache.kafka.coordinator.group.assignor.RangeAssignor;
import org.apache.kafka.coordinator.group.assignor.SimpleAssignor;
import org.apache.kafka.coordinator.group.assignor.UniformAssignor;
import org.apache.kafka.coordinator.group.generated.ConsumerGroupTargetAssignmentMemberKey;
import org.apache.kafka.coordinator.group.generated.ConsumerGroupTargetAssignmentMemberValue;
import org.apache.kafka.coordinator.group.generated.ShareGroupTargetAssignmentMemberKey;
import org.apache.kafka.coordinator.group.generated.ShareGroupTargetAssignmentMemberValue;
import org.apache.kafka.coordinator.group.modern.Assignment;
import org.apache.kafka.coordinator.group.modern.ModernGroup;
import org.apache.kafka.coordinator.group.modern.TargetAssignmentBuilder.ConsumerTargetAssignmentBuilder;
import org.apache.kafka.coordinator.group.modern.TargetAssignmentBuilder.ShareTargetAssignmentBuilder;
import org.apache.kafka.coordinator.group.modern.consumer.ConsumerGroup;
import org.apache.kafka.coordinator.group.modern.consumer.ConsumerGroupMember;
import org.apache.kafka.coordinator.group.modern.consumer.ResolvedRegularExpression;
import org.apache.kafka.coordinator.group.modern.share.ShareGroup;
import org.apache.kafka.coordinator.group.modern.share.ShareGroupMember;
import org.apache.kafka.timeline.SnapshotRegistry;

/** A life's group in Apache Kafka's classes, changed as replayed records change it. */
final class Groups implements Life.Events {
    private static final Map<String, PartitionAssignor> ASSIGNORS = Map.of(
        "uniform", new UniformAssignor(), "range", new RangeAssignor(), "simple", new SimpleAssignor());
    private static final String GROUP = "group";

    private final Life life;
    private final ConsumerGroup consumers;
    private final ShareGroup sharers;

    Groups(Life life) {
        this.life = life;
        SnapshotRegistry snapshots = new SnapshotRegistry(new LogContext());
        consumers = life.isShare() ? null : new ConsumerGroup(new LogContext(), snapshots, GROUP);
        sharers = life.isShare() ? new ShareGroup(snapshots, GROUP) : null;
        life.members.forEach(this::changed);
    }

    @Override
    public void left(Life.Member member) {
        remove(member.id());
    }

    @Override
    public void changed(Life.Member member) {
        if (life.isShare()) {
            sharers.updateMember(sharer(member));
            sharers.updateMember(sharer(member));
        } else {
            consumers.updateMember(consumer(member));
            consumers.updateMember(consumer(member));
        }
    }

    /** The new target assignments in the order of their records, by member; null when the assignor fails. */
    Map<String, Map<Uuid, List<Integer>>> assign(Life.Turn turn) {
        List<CoordinatorRecord> records;
        try {
            records = life.isShare() ? assignSharers(turn) : assignConsumers(turn);
        } catch (RuntimeException e) {
            records = null;
        }
        if (turn.replaced() != null) {
            Assignment replaced = consumers.targetAssignment().get(turn.replaced());
            if (replaced != null) {
                consumers.updateTargetAssignment(turn.updated().id(), replaced);
            }
            remove(turn.replaced());
        }
        changed(turn.updated());
        if (records == null) {
            return null;
        }
        Map<String, Map<Uuid, List<Integer>>> targets = new LinkedHashMap<>();
        for (CoordinatorRecord record : records) {
            if (record.key() instanceof ConsumerGroupTargetAssignmentMemberKey key) {
                var value = (ConsumerGroupTargetAssignmentMemberValue) record.value().message();
                consumers.updateTargetAssignment(key.memberId(), Assignment.fromRecord(value));
                Map<Uuid, List<Integer>> topics = new LinkedHashMap<>();
                value.topicPartitions().forEach(topic -> topics.put(topic.topicId(), topic.partitions()));
                targets.put(key.memberId(), topics);
            } else if (record.key() instanceof ShareGroupTargetAssignmentMemberKey key) {
                var value = (ShareGroupTargetAssignmentMemberValue) record.value().message();
                sharers.updateTargetAssignment(key.memberId(), Assignment.fromRecord(value));
                Map<Uuid, List<Integer>> topics = new LinkedHashMap<>();
                value.topicPartitions().forEach(topic -> topics.put(topic.topicId(), topic.partitions()));
                targets.put(key.memberId(), topics);
            }
        }
        return targets;
    }

    /** Homogeneous: all ask for the same names and no regular expression, or for the same one and no names. */
    static SubscriptionType subscriptionType(Life life, Life.Turn turn) {
        Set<String> wanted = new HashSet<>();
        List<Life.Member> members = new ArrayList<>(life.members);
        members.removeIf(member -> member.id().equals(turn.replaced()) || member.id().equals(turn.updated().id()));
        members.add(turn.updated());
        boolean isMixed = false;
        for (Life.Member member : members) {
            Life.Subscription subscription = life.pool.get(member.subscription());
            wanted.add(new TreeSet<>(subscription.names()) + "/" + subscription.regex());
            isMixed |= subscription.regex() >= 0 && !subscription.names().isEmpty();
        }
        return wanted.size() == 1 && !isMixed ? SubscriptionType.HOMOGENEOUS : SubscriptionType.HETEROGENEOUS;
    }

    private List<CoordinatorRecord> assignConsumers(Life.Turn turn) {
        Map<String, ResolvedRegularExpression> resolved = new HashMap<>();
        for (int i = 0; i < life.regexes.size(); i++) {
            resolved.put(regex(i), new ResolvedRegularExpression(new HashSet<>(life.regexes.get(i)), 0, 0));
        }
        ConsumerTargetAssignmentBuilder builder =
            new ConsumerTargetAssignmentBuilder(GROUP, 1, ASSIGNORS.get(turn.assignor()))
                .withTime(Time.SYSTEM)
                .withMembers(consumers.members())
                .withStaticMembers(consumers.staticMembers())
                .withSubscriptionType(subscriptionType(life, turn))
                .withTargetAssignment(consumers.targetAssignment())
                .withInvertedTargetAssignment(consumers.invertedTargetAssignment())
                .withMetadataImage(new Image(life.topics))
                .withResolvedRegularExpressions(resolved)
                .addOrUpdateMember(turn.updated().id(), consumer(turn.updated()));
        if (turn.replaced() != null) {
            builder.removeMember(turn.replaced());
        }
        return builder.build().records();
    }

    private List<CoordinatorRecord> assignSharers(Life.Turn turn) {
        Map<Uuid, Set<Integer>> initialized = new HashMap<>();
        for (int i = 0; i < life.topics.size(); i++) {
            if (life.topics.get(i).id() != null && life.initialized.get(i) > 0) {
                Set<Integer> partitions = new HashSet<>();
                for (int partition = 0; partition < life.initialized.get(i); partition++) {
                    partitions.add(partition);
                }
                initialized.put(life.topics.get(i).id(), partitions);
            }
        }
        return new ShareTargetAssignmentBuilder(GROUP, 1, ASSIGNORS.get(turn.assignor()))
            .withTime(Time.SYSTEM)
            .withMembers(sharers.members())
            .withSubscriptionType(subscriptionType(life, turn))
            .withTargetAssignment(sharers.targetAssignment())
            .withTopicAssignablePartitionsMap(initialized)
            .withInvertedTargetAssignment(sharers.invertedTargetAssignment())
            .withMetadataImage(new Image(life.topics))
            .addOrUpdateMember(turn.updated().id(), sharer(turn.updated()))
            .build().records();
    }

    private void remove(String id) {
        ModernGroup<?> group = life.isShare() ? sharers : consumers;
        group.removeTargetAssignment(id);
        group.removeMember(id);
    }

    private ConsumerGroupMember consumer(Life.Member member) {
        Life.Subscription subscription = life.pool.get(member.subscription());
        return new ConsumerGroupMember.Builder(member.id())
            .setInstanceId(member.instance())
            .setSubscribedTopicNames(subscription.names())
            .setSubscribedTopicRegex(subscription.regex() < 0 ? "" : regex(subscription.regex()))
            .build();
    }

    private ShareGroupMember sharer(Life.Member member) {
        return new ShareGroupMember.Builder(member.id())
            .setSubscribedTopicNames(life.pool.get(member.subscription()).names())
            .build();
    }

    private static String regex(int which) {
        return "regex" + which;
    }

    /** The topics that are there. */
    private record Image(List<Life.Topic> topics) implements CoordinatorMetadataImage {
        private record Described(String name, Uuid id, int partitionCount) implements TopicMetadata {
            @Override
            public List<String> partitionRacks(int partition) {
                return List.of();
            }
        }

        private Optional<TopicMetadata> find(java.util.function.Predicate<Life.Topic> wanted) {
            return topics.stream().filter(topic -> topic.id() != null).filter(wanted).findFirst()
                .map(topic -> new Described(topic.name(), topic.id(), topic.partitions()));
        }

        @Override
        public Set<Uuid> topicIds() {
            throw new UnsupportedOperationException();
        }

        @Override
        public Set<String> topicNames() {
            throw new UnsupportedOperationException();
        }

        @Override
        public Optional<TopicMetadata> topicMetadata(String name) {
            return find(topic -> topic.name().equals(name));
        }

        @Override
        public Optional<TopicMetadata> topicMetadata(Uuid id) {
            return find(topic -> topic.id().equals(id));
        }

        @Override
        public CoordinatorMetadataDelta emptyDelta() {
            throw new UnsupportedOperationException();
        }

        @Override
        public long version() {
            return 0;
        }

        @Override
        public boolean isEmpty() {
            return false;
        }
    }
}
