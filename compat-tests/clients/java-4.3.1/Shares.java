import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.AdminClient;
import org.apache.kafka.clients.admin.AlterConfigOp;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.admin.ListShareGroupOffsetsSpec;
import org.apache.kafka.clients.admin.SharePartitionOffsetInfo;
import org.apache.kafka.clients.consumer.AcknowledgeType;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaShareConsumer;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/** A share group that reads a topic of the records of Checks. */
final class Shares {
    private static final int GIVEN_BACK = 10;
    private final Properties common;
    private final AdminClient admin;
    private final String topic;
    private final String group;

    Shares(Properties common, AdminClient admin, String topic, String group) {
        this.common = common;
        this.admin = admin;
        this.topic = topic;
        this.group = group;
    }

    /** Two members accept all records; of ten one is released when it comes first, and comes again. */
    void check() throws Exception {
        admin.incrementalAlterConfigs(Collections.singletonMap(
            new ConfigResource(ConfigResource.Type.GROUP, group),
            Collections.singleton(new AlterConfigOp(
                new ConfigEntry("share.auto.offset.reset", "earliest"), AlterConfigOp.OpType.SET)))).all().get();
        Map<Integer, Integer> deliveries = new TreeMap<>();
        try (KafkaShareConsumer<byte[], byte[]> first = member(); KafkaShareConsumer<byte[], byte[]> second = member()) {
            List<KafkaShareConsumer<byte[], byte[]>> members = List.of(first, second);
            long deadline = System.nanoTime() + Duration.ofSeconds(60).toNanos();
            while (!isAllRead(deliveries)) {
                if (System.nanoTime() > deadline) {
                    throw new AssertionError("not in time: " + deliveries.size() + " records, " + deliveries);
                }
                for (KafkaShareConsumer<byte[], byte[]> member : members) {
                    readOnce(member, deliveries);
                }
            }
        }
        Checks.equal(description(), Map.of(0, "0", 1, "0", 2, "0"));
        admin.deleteShareGroups(Collections.singleton(group)).all().get();
    }

    private KafkaShareConsumer<byte[], byte[]> member() {
        Properties properties = new Properties();
        properties.putAll(common);
        properties.put("group.id", group);
        properties.put("share.acknowledgement.mode", "explicit");
        KafkaShareConsumer<byte[], byte[]> member =
            new KafkaShareConsumer<>(properties, new ByteArrayDeserializer(), new ByteArrayDeserializer());
        member.subscribe(Collections.singleton(topic));
        return member;
    }

    private static boolean isGivenBack(int number) {
        return number % GIVEN_BACK == 0;
    }

    private static boolean isAllRead(Map<Integer, Integer> deliveries) {
        return deliveries.size() == Checks.COUNT && deliveries.entrySet().stream()
            .allMatch(one -> one.getValue() >= (isGivenBack(one.getKey()) ? 2 : 1));
    }

    private void readOnce(KafkaShareConsumer<byte[], byte[]> member, Map<Integer, Integer> deliveries) throws Exception {
        Collection<ConsumerRecord<byte[], byte[]>> records = new ArrayList<>();
        member.poll(Duration.ofMillis(200)).forEach(records::add);
        for (ConsumerRecord<byte[], byte[]> record : records) {
            int number = (int) record.offset() * 3 + record.partition();
            int count = deliveries.merge(number, 1, Integer::sum);
            Checks.equal((int) record.deliveryCount().orElse((short) 0), count);
            boolean goesBack = isGivenBack(number) && count == 1;
            member.acknowledge(record, goesBack ? AcknowledgeType.RELEASE : AcknowledgeType.ACCEPT);
        }
        member.commitSync(Duration.ofSeconds(10)).forEach((partition, error) -> {
            if (error.isPresent()) {
                throw new AssertionError(partition + ": " + error.get());
            }
        });
    }

    /** The lag of each partition, which the group has once its last member is gone. */
    private Map<Integer, String> description() throws Exception {
        return admin.listShareGroupOffsets(Collections.singletonMap(group, new ListShareGroupOffsetsSpec()))
            .partitionsToOffsetInfo(group).get().entrySet().stream().collect(Collectors.toMap(
                one -> one.getKey().partition(), one -> "" + ((SharePartitionOffsetInfo) one.getValue()).lag().orElse(-1L)));
    }
}
