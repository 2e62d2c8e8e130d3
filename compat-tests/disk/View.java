import java.security.MessageDigest;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.admin.GroupListing;
import org.apache.kafka.clients.admin.ListOffsetsResult;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.GroupType;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/**
 * What a client finds on a node, as text, by calls that write nothing: topics with ids and settings, each partition's records as one
 * SHA-256 for either isolation level, offsets, groups. Argument: bootstrap.
 */
public final class View {
    private static final Set<ConfigEntry.ConfigSource> NOT_SET =
        Set.of(ConfigEntry.ConfigSource.DEFAULT_CONFIG, ConfigEntry.ConfigSource.STATIC_BROKER_CONFIG);
    private final String bootstrap;
    private final Admin admin;
    private final List<String> lines = new ArrayList<>();

    private View(String bootstrap) {
        this.bootstrap = bootstrap;
        this.admin = Admin.create(Map.of("bootstrap.servers", bootstrap));
    }

    public static void main(String[] args) throws Exception {
        View view = new View(args[0]);
        List<TopicPartition> partitions = view.topics();
        view.configs();
        view.offsets(partitions);
        for (String isolation : List.of("read_uncommitted", "read_committed")) view.records(partitions, isolation);
        view.groups();
        view.lines.forEach(System.out::println);
        System.out.flush();
        Runtime.getRuntime().halt(0);
    }

    private void line(Object... fields) {
        lines.add(String.join("\t", java.util.Arrays.stream(fields).map(String::valueOf).toList()));
    }

    private List<TopicPartition> topics() throws Exception {
        List<TopicPartition> partitions = new ArrayList<>();
        var topics = new TreeMap<>(admin.describeTopics(admin.listTopics().names().get()).allTopicNames().get());
        topics.forEach((name, topic) -> {
            line("topic", name, topic.topicId(), topic.partitions().size());
            topic.partitions().forEach(partition -> partitions.add(new TopicPartition(name, partition.partition())));
        });
        return partitions;
    }

    private void configs() throws Exception {
        List<ConfigResource> resources = new ArrayList<>();
        resources.add(new ConfigResource(ConfigResource.Type.BROKER, ""));
        resources.add(new ConfigResource(ConfigResource.Type.BROKER, "0"));
        for (String name : new TreeSet<>(admin.listTopics().names().get()))
            resources.add(new ConfigResource(ConfigResource.Type.TOPIC, name));
        var configs = admin.describeConfigs(resources).all().get();
        for (ConfigResource resource : resources) {
            for (ConfigEntry entry : configs.get(resource).entries().stream().sorted(Comparator.comparing(ConfigEntry::name)).toList()) {
                if (!NOT_SET.contains(entry.source())) line("config", resource.type(), resource.name(), entry.name(), entry.value(), entry.source());
            }
        }
    }

    private void offsets(List<TopicPartition> partitions) throws Exception {
        for (OffsetSpec spec : List.of(OffsetSpec.earliest(), OffsetSpec.latest(), OffsetSpec.maxTimestamp())) {
            Map<TopicPartition, OffsetSpec> asked = new HashMap<>();
            partitions.forEach(partition -> asked.put(partition, spec));
            var offsets = admin.listOffsets(asked).all().get();
            for (TopicPartition partition : partitions) {
                ListOffsetsResult.ListOffsetsResultInfo info = offsets.get(partition);
                line("offset", spec.getClass().getSimpleName(), partition, info.offset(), info.timestamp());
            }
        }
    }

    private void records(List<TopicPartition> partitions, String isolation) throws Exception {
        Properties properties = new Properties();
        properties.putAll(Map.of("bootstrap.servers", bootstrap, "isolation.level", isolation));
        Map<TopicPartition, MessageDigest> digests = new HashMap<>();
        Map<TopicPartition, Integer> counts = new HashMap<>();
        try (KafkaConsumer<byte[], byte[]> consumer =
                 new KafkaConsumer<>(properties, new ByteArrayDeserializer(), new ByteArrayDeserializer())) {
            consumer.assign(partitions);
            consumer.seekToBeginning(partitions);
            Map<TopicPartition, Long> ends = consumer.endOffsets(partitions);
            long deadline = System.nanoTime() + Duration.ofSeconds(60).toNanos();
            while (!isDone(consumer, ends)) {
                if (System.nanoTime() > deadline) throw new IllegalStateException("cannot read up to " + ends);
                for (ConsumerRecord<byte[], byte[]> record : consumer.poll(Duration.ofMillis(100))) {
                    TopicPartition partition = new TopicPartition(record.topic(), record.partition());
                    MessageDigest digest = digests.get(partition);
                    if (digest == null) digests.put(partition, digest = MessageDigest.getInstance("SHA-256"));
                    update(digest, record);
                    counts.merge(partition, 1, Integer::sum);
                }
            }
        }
        for (TopicPartition partition : partitions) {
            if (counts.containsKey(partition))
                line("records", isolation, partition, counts.get(partition), HexFormat.of().formatHex(digests.get(partition).digest()));
        }
    }

    static boolean isDone(KafkaConsumer<byte[], byte[]> consumer, Map<TopicPartition, Long> ends) {
        return ends.entrySet().stream().allMatch(end -> consumer.position(end.getKey()) >= end.getValue());
    }

    private static void update(MessageDigest digest, ConsumerRecord<byte[], byte[]> record) {
        StringBuilder text = new StringBuilder().append(record.offset()).append(' ').append(record.timestampType())
            .append(record.timestamp()).append(' ').append(record.leaderEpoch()).append(' ').append(hex(record.key())).append(' ').append(hex(record.value()));
        record.headers().forEach(header -> text.append(' ').append(header.key()).append('=').append(hex(header.value())));
        digest.update(text.append('\n').toString().getBytes(java.nio.charset.StandardCharsets.UTF_8));
    }

    private static String hex(byte[] bytes) {
        return bytes == null ? "null" : HexFormat.of().formatHex(bytes);
    }

    private void groups() throws Exception {
        // Groups of other kinds are listed only by a node that serves them; their offsets are everybody's.
        for (GroupListing group : admin.listGroups().all().get().stream().sorted(Comparator.comparing(GroupListing::groupId)).toList()) {
            if (group.type().equals(Optional.of(GroupType.CLASSIC))) line("listed", group);
        }
        for (String group : MixedLoad.GROUPS) {
            Map<String, String> offsets = new TreeMap<>();
            admin.listConsumerGroupOffsets(group).partitionsToOffsetAndMetadata().get()
                .forEach((partition, offset) -> offsets.put(partition.toString(), String.valueOf(offset)));
            line("group", group, offsets);
        }
    }
}
