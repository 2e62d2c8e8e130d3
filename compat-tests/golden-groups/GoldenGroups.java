import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.coordinator.common.runtime.CoordinatorMetadataDelta;
import org.apache.kafka.coordinator.common.runtime.CoordinatorMetadataImage;
import org.apache.kafka.coordinator.common.runtime.CoordinatorRecord;
import org.apache.kafka.coordinator.group.GroupCoordinatorRecordHelpers;
import org.apache.kafka.coordinator.group.GroupCoordinatorRecordSerde;
import org.apache.kafka.coordinator.group.Utils;
import org.apache.kafka.coordinator.group.generated.ConsumerGroupMemberMetadataValue;
import org.apache.kafka.coordinator.group.generated.StreamsGroupMemberMetadataValue;
import org.apache.kafka.coordinator.group.generated.StreamsGroupTopologyValue;
import org.apache.kafka.coordinator.group.modern.MemberState;
import org.apache.kafka.coordinator.group.modern.consumer.ConsumerGroupMember;
import org.apache.kafka.coordinator.group.modern.consumer.ResolvedRegularExpression;
import org.apache.kafka.coordinator.group.modern.share.ShareGroup.InitMapValue;
import org.apache.kafka.coordinator.group.modern.share.ShareGroupMember;
import org.apache.kafka.coordinator.group.streams.StreamsCoordinatorRecordHelpers;
import org.apache.kafka.coordinator.group.streams.StreamsGroupMember;
import org.apache.kafka.coordinator.group.streams.TasksTuple;
import org.apache.kafka.coordinator.group.streams.TasksTupleWithEpochs;

/**
 * Records of consumer, share and streams groups as Apache Kafka writes them, a line each: name, key and value in hex; and with
 * the argument "hashes" the metadata hash of some topics. The unit tests know what is in them.
 */
public final class GoldenGroups {
    private static final Uuid TOPIC = new Uuid(7, 9);
    private static final Uuid OTHER = new Uuid(8, 1);
    private static final long TIME = 1700000000000L;

    private GoldenGroups() {}

    public static void main(String[] arguments) {
        if (arguments.length == 1 && arguments[0].equals("hashes")) {
            hashes();
        } else {
            consumerGroups();
            shareGroups();
            streamsGroups();
        }
    }

    private static void consumerGroups() {
        Map<Uuid, Map<Integer, Integer>> assigned = new HashMap<>();
        assigned.put(TOPIC, new HashMap<>(Map.of(0, 2, 3, 5)));
        Map<Uuid, Map<Integer, Integer>> pending = new HashMap<>();
        pending.put(OTHER, new HashMap<>(Map.of(1, 4)));
        ConsumerGroupMember m = new ConsumerGroupMember.Builder("m-1").setInstanceId("i-1").setRackId("rack").setClientId("client").setClientHost("/127.0.0.1")
          .setSubscribedTopicNames(List.of("topic", "other")).setSubscribedTopicRegex("t.*").setRebalanceTimeoutMs(30000).setServerAssignorName("range")
          .setMemberEpoch(5).setPreviousMemberEpoch(4).setState(MemberState.UNREVOKED_PARTITIONS).setAssignedPartitions(assigned).setPartitionsPendingRevocation(pending).build();
        row("consumer-group-epoch", GroupCoordinatorRecordHelpers.newConsumerGroupEpochRecord("group", 5, -2L));
        row("consumer-group-epoch-tombstone", GroupCoordinatorRecordHelpers.newConsumerGroupEpochTombstoneRecord("group"));
        row("consumer-partition-metadata-tombstone", GroupCoordinatorRecordHelpers.newConsumerGroupSubscriptionMetadataTombstoneRecord("group"));
        row("consumer-subscription", GroupCoordinatorRecordHelpers.newConsumerGroupMemberSubscriptionRecord("group", m));
        row("consumer-subscription-plain", GroupCoordinatorRecordHelpers.newConsumerGroupMemberSubscriptionRecord("group", new ConsumerGroupMember.Builder("m-1").build()));
        ConsumerGroupMember c = new ConsumerGroupMember.Builder("m-1").setClientId("client").setClientHost("/127.0.0.1").setSubscribedTopicNames(List.of("topic"))
          .setRebalanceTimeoutMs(30000).setClassicMemberMetadata(new ConsumerGroupMemberMetadataValue.ClassicMemberMetadata().setSessionTimeoutMs(10000)
            .setSupportedProtocols(List.of(new ConsumerGroupMemberMetadataValue.ClassicProtocol().setName("range").setMetadata(new byte[]{0, 1, 2})))).build();
        row("consumer-subscription-classic", GroupCoordinatorRecordHelpers.newConsumerGroupMemberSubscriptionRecord("group", c));
        row("consumer-subscription-tombstone", GroupCoordinatorRecordHelpers.newConsumerGroupMemberSubscriptionTombstoneRecord("group", "m-1"));
        row("consumer-target-epoch", GroupCoordinatorRecordHelpers.newConsumerGroupTargetAssignmentMetadataRecord("group", 5, TIME));
        row("consumer-target-epoch-tombstone", GroupCoordinatorRecordHelpers.newConsumerGroupTargetAssignmentMetadataTombstoneRecord("group"));
        row("consumer-target", GroupCoordinatorRecordHelpers.newConsumerGroupTargetAssignmentRecord("group", "m-1", Map.of(TOPIC, new TreeSet<>(Set.of(0, 3)))));
        row("consumer-target-tombstone", GroupCoordinatorRecordHelpers.newConsumerGroupTargetAssignmentTombstoneRecord("group", "m-1"));
        row("consumer-current", GroupCoordinatorRecordHelpers.newConsumerGroupCurrentAssignmentRecord("group", m));
        row("consumer-current-tombstone", GroupCoordinatorRecordHelpers.newConsumerGroupCurrentAssignmentTombstoneRecord("group", "m-1"));
        row("consumer-regex", GroupCoordinatorRecordHelpers.newConsumerGroupRegularExpressionRecord("group", "t.*", new ResolvedRegularExpression(Set.of("topic", "tail"), 12L, TIME)));
        row("consumer-regex-tombstone", GroupCoordinatorRecordHelpers.newConsumerGroupRegularExpressionTombstone("group", "t.*"));
    }

    private static void shareGroups() {
        ShareGroupMember m = new ShareGroupMember.Builder("m-1").setRackId("rack").setClientId("client").setClientHost("/127.0.0.1")
          .setSubscribedTopicNames(List.of("topic", "other")).setMemberEpoch(5).setPreviousMemberEpoch(4).setState(MemberState.STABLE).setAssignedPartitions(Map.of(TOPIC, new TreeSet<>(Set.of(0, 3)))).build();
        row("share-subscription", GroupCoordinatorRecordHelpers.newShareGroupMemberSubscriptionRecord("group", m));
        row("share-subscription-tombstone", GroupCoordinatorRecordHelpers.newShareGroupMemberSubscriptionTombstoneRecord("group", "m-1"));
        row("share-group-epoch", GroupCoordinatorRecordHelpers.newShareGroupEpochRecord("group", 5, -2L));
        row("share-group-epoch-tombstone", GroupCoordinatorRecordHelpers.newShareGroupEpochTombstoneRecord("group"));
        row("share-target-epoch", GroupCoordinatorRecordHelpers.newShareGroupTargetAssignmentMetadataRecord("group", 5, TIME));
        row("share-target-epoch-tombstone", GroupCoordinatorRecordHelpers.newShareGroupTargetAssignmentMetadataTombstoneRecord("group"));
        row("share-target", GroupCoordinatorRecordHelpers.newShareGroupTargetAssignmentRecord("group", "m-1", Map.of(TOPIC, new TreeSet<>(Set.of(0, 3)))));
        row("share-target-tombstone", GroupCoordinatorRecordHelpers.newShareGroupTargetAssignmentTombstoneRecord("group", "m-1"));
        row("share-current", GroupCoordinatorRecordHelpers.newShareGroupCurrentAssignmentRecord("group", m));
        row("share-current-tombstone", GroupCoordinatorRecordHelpers.newShareGroupCurrentAssignmentTombstoneRecord("group", "m-1"));
        row("share-states", GroupCoordinatorRecordHelpers.newShareGroupStatePartitionMetadataRecord("group",
          Map.of(TOPIC, new InitMapValue("topic", new TreeSet<>(Set.of(0, 3)), 1)), Map.of(OTHER, new InitMapValue("other", new TreeSet<>(Set.of(1)), 1)), Map.of(new Uuid(9, 9), "gone")));
        row("share-states-tombstone", GroupCoordinatorRecordHelpers.newShareGroupStatePartitionMetadataTombstoneRecord("group"));
    }

    private static void streamsGroups() {
        StreamsGroupMember m = StreamsGroupMember.Builder.withDefaults("m-1").setInstanceId("i-1").setRackId("rack").setClientId("client").setClientHost("/127.0.0.1")
          .setRebalanceTimeoutMs(30000).setTopologyEpoch(3).setProcessId("process").setUserEndpoint(new StreamsGroupMemberMetadataValue.Endpoint().setHost("host").setPort(40000))
          .setClientTags(Map.of("zone", "a", "cluster", "b")).setMemberEpoch(5).setPreviousMemberEpoch(4).setState(org.apache.kafka.coordinator.group.streams.MemberState.UNREVOKED_TASKS)
          .setAssignedTasks(new TasksTupleWithEpochs(Map.of("1", Map.of(0, 2, 3, 5), "0", Map.of(1, 4)), Map.of("1", Set.of(2)), Map.of("2", Set.of(7))))
          .setTasksPendingRevocation(new TasksTupleWithEpochs(Map.of("1", Map.of(9, 1)), Map.of("0", Set.of(0)), Map.of())).build();
        row("streams-epoch", StreamsCoordinatorRecordHelpers.newStreamsGroupMetadataRecord("group", 5, -2L, 3, new TreeMap<>(Map.of("num.standby.replicas", "1", "a", ""))));
        row("streams-epoch-plain", StreamsCoordinatorRecordHelpers.newStreamsGroupMetadataRecord("group", 5, 0, -1, Map.of()));
        row("streams-epoch-tombstone", StreamsCoordinatorRecordHelpers.newStreamsGroupEpochTombstoneRecord("group"));
        row("streams-member", StreamsCoordinatorRecordHelpers.newStreamsGroupMemberRecord("group", m));
        row("streams-member-plain", StreamsCoordinatorRecordHelpers.newStreamsGroupMemberRecord("group", StreamsGroupMember.Builder.withDefaults("m-1").build()));
        row("streams-member-tombstone", StreamsCoordinatorRecordHelpers.newStreamsGroupMemberTombstoneRecord("group", "m-1"));
        row("streams-target-epoch", StreamsCoordinatorRecordHelpers.newStreamsGroupTargetAssignmentMetadataRecord("group", 5, TIME));
        row("streams-target-epoch-tombstone", StreamsCoordinatorRecordHelpers.newStreamsGroupTargetAssignmentMetadataTombstoneRecord("group"));
        row("streams-target", StreamsCoordinatorRecordHelpers.newStreamsGroupTargetAssignmentRecord("group", "m-1",
          new TasksTuple(Map.of("1", Set.of(3, 0), "0", Set.of(1)), Map.of("1", Set.of(2)), Map.of("2", Set.of(7)))));
        row("streams-target-tombstone", StreamsCoordinatorRecordHelpers.newStreamsGroupTargetAssignmentTombstoneRecord("group", "m-1"));
        row("streams-current", StreamsCoordinatorRecordHelpers.newStreamsGroupCurrentAssignmentRecord("group", m));
        row("streams-current-tombstone", StreamsCoordinatorRecordHelpers.newStreamsGroupCurrentAssignmentTombstoneRecord("group", "m-1"));
        row("streams-topology", StreamsCoordinatorRecordHelpers.newStreamsGroupTopologyRecord("group", new StreamsGroupTopologyValue().setEpoch(3).setSubtopologies(List.of(
          new StreamsGroupTopologyValue.Subtopology().setSubtopologyId("1").setSourceTopics(List.of("topic", "other")).setSourceTopicRegex(List.of("t.*"))
            .setStateChangelogTopics(List.of(new StreamsGroupTopologyValue.TopicInfo().setName("changelog").setReplicationFactor((short) 2)
              .setTopicConfigs(List.of(new StreamsGroupTopologyValue.TopicConfig().setKey("cleanup.policy").setValue("compact")))))
            .setRepartitionSinkTopics(List.of("sink")).setRepartitionSourceTopics(List.of(new StreamsGroupTopologyValue.TopicInfo().setName("repartition").setPartitions(4)))
            .setCopartitionGroups(List.of(new StreamsGroupTopologyValue.CopartitionGroup().setSourceTopics(List.of((short) 1)).setSourceTopicRegex(List.of((short) 0))
              .setRepartitionSourceTopics(List.of((short) 0)))),
          new StreamsGroupTopologyValue.Subtopology().setSubtopologyId("0").setSourceTopics(List.of("sink"))))));
        row("streams-topology-tombstone", StreamsCoordinatorRecordHelpers.newStreamsGroupTopologyRecordTombstone("group"));
    }

    private static void hashes() {
        List<Topic> all = List.of(new Topic("topic", TOPIC, 2, List.of("zone-b", "zone-a", "é😀")), new Topic("other", OTHER, 1, List.of()));
        CoordinatorMetadataImage image = new Image(all);
        long ht = Utils.computeTopicHash("topic", image), ho = Utils.computeTopicHash("other", image);
        System.out.println("other\t" + Utils.computeGroupHash(Map.of("other", ho)));
        System.out.println("topic\t" + Utils.computeGroupHash(Map.of("topic", ht)));
        System.out.println("both\t" + Utils.computeGroupHash(Map.of("topic", ht, "other", ho)));
    }

    private static void row(String name, CoordinatorRecord record) {
        GroupCoordinatorRecordSerde serde = new GroupCoordinatorRecordSerde();
        System.out.println(name + "\t" + hex(serde.serializeKey(record)) + "\t" + hex(serde.serializeValue(record)));
    }

    private static String hex(byte[] bytes) {
        if (bytes == null) return "null";
        StringBuilder text = new StringBuilder();
        for (byte value : bytes) text.append(String.format("%02x", value));
        return text.toString();
    }

    private record Topic(String name, Uuid id, int partitionCount, List<String> racks)
        implements CoordinatorMetadataImage.TopicMetadata {
        @Override
        public List<String> partitionRacks(int partition) {
            return new ArrayList<>(racks);
        }
    }

    private record Image(List<Topic> topics) implements CoordinatorMetadataImage {
        @Override
        public Set<Uuid> topicIds() {
            Set<Uuid> ids = new HashSet<>();
            topics.forEach(topic -> ids.add(topic.id()));
            return ids;
        }

        @Override
        public Set<String> topicNames() {
            Set<String> names = new HashSet<>();
            topics.forEach(topic -> names.add(topic.name()));
            return names;
        }

        @Override
        public Optional<CoordinatorMetadataImage.TopicMetadata> topicMetadata(String name) {
            return topics.stream().filter(topic -> topic.name().equals(name)).findFirst().map(topic -> topic);
        }

        @Override
        public Optional<CoordinatorMetadataImage.TopicMetadata> topicMetadata(Uuid id) {
            return topics.stream().filter(topic -> topic.id().equals(id)).findFirst().map(topic -> topic);
        }

        @Override
        public CoordinatorMetadataDelta emptyDelta() {
            return CoordinatorMetadataDelta.EMPTY;
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
