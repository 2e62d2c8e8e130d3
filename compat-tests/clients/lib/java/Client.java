import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.Callable;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.AdminClient;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.admin.ConsumerGroupDescription;
import org.apache.kafka.clients.admin.NewPartitions;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.RecordsToDelete;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.consumer.OffsetAndTimestamp;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.ConsumerGroupState;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.record.TimestampType;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/** The Java client, by what all its versions have; the rest is in Differences. Arguments: name, phase. */
public final class Client {
    private static final String SEGMENT = "segment.bytes";
    private final String name;
    private final String topic;
    private final String adminTopic;
    private final String txnTopic;
    private final String group;
    private final AdminClient admin;
    private final List<TopicPartition> partitions;

    private Client(String name) {
        this.name = name;
        topic = name + "-none";
        adminTopic = name + "-admin";
        txnTopic = name + "-txn";
        group = name + "-group";
        admin = AdminClient.create(common());
        partitions = Arrays.asList(at(topic, 0), at(topic, 1), at(topic, 2));
    }

    public static void main(String[] args) {
        Client client = new Client(args[0]);
        if (args[1].equals("before")) {
            client.makeTopics();
            client.codecs();
            client.times();
            client.group();
            client.newGroups();
            client.shareGroups();
            client.administer();
            client.transactions();
        } else {
            client.afterRestart();
        }
        client.admin.close();
        Checks.finish();
    }

    private static TopicPartition at(String topic, int partition) {
        return new TopicPartition(topic, partition);
    }

    private static <T> T get(Future<T> future) throws Exception {
        return future.get(30, TimeUnit.SECONDS);
    }

    private static void until(String what, Callable<Boolean> condition) throws Exception {
        long deadline = System.nanoTime() + Duration.ofSeconds(30).toNanos();
        while (!condition.call()) {
            if (System.nanoTime() > deadline) {
                throw new AssertionError("not in time: " + what);
            }
        }
    }

    private static Properties common() {
        Properties properties = new Properties();
        properties.put("bootstrap.servers", System.getenv("BOOTSTRAP"));
        return properties;
    }

    private KafkaProducer<byte[], byte[]> producer(String... settings) {
        Properties properties = common();
        properties.put("enable.idempotence", "true");
        properties.put("linger.ms", "5");
        properties.put("max.block.ms", "20000");
        for (int i = 0; i < settings.length; i += 2) {
            properties.put(settings[i], settings[i + 1]);
        }
        return new KafkaProducer<>(properties, new ByteArraySerializer(), new ByteArraySerializer());
    }

    private KafkaConsumer<byte[], byte[]> consumer(String groupId, String... settings) {
        Properties properties = common();
        properties.put("group.id", groupId);
        properties.put("auto.offset.reset", "earliest");
        properties.put("enable.auto.commit", "false");
        properties.put("heartbeat.interval.ms", "500");
        for (int i = 0; i < settings.length; i += 2) {
            properties.put(settings[i], settings[i + 1]);
        }
        return new KafkaConsumer<>(properties, new ByteArrayDeserializer(), new ByteArrayDeserializer());
    }

    private void produce(String to, String codec, int first, int last) throws Exception {
        try (KafkaProducer<byte[], byte[]> producer = producer("compression.type", codec)) {
            List<Future<RecordMetadata>> sent = new ArrayList<>();
            for (int i = first; i < last; i++) {
                Checks.Row row = new Checks.Row(i);
                ProducerRecord<byte[], byte[]> record = new ProducerRecord<>(
                    to, row.partition, row.timestamp, Checks.bytes(row.key), Checks.bytes(row.value));
                if (i % 2 == 0) {
                    record.headers().add("number", Checks.bytes("" + i)).add("empty", new byte[0]);
                }
                sent.add(producer.send(record));
            }
            for (int i = first; i < last; i++) {
                Checks.equal(get(sent.get(i - first)).offset(), (long) i / 3);
            }
        }
    }

    private static Checks.Row row(ConsumerRecord<byte[], byte[]> record) {
        Checks.equal(record.timestampType(), TimestampType.CREATE_TIME);
        StringBuilder headers = new StringBuilder();
        for (Header header : record.headers()) {
            headers.append(header.key()).append('=').append(Checks.text(header.value())).append(';');
        }
        return new Checks.Row(record.partition(), record.offset(), record.timestamp(), Checks.text(record.key()),
            Checks.text(record.value()), headers.toString());
    }

    private static List<Checks.Row> read(KafkaConsumer<byte[], byte[]> consumer, int count) {
        List<Checks.Row> got = new ArrayList<>();
        long deadline = System.nanoTime() + Duration.ofSeconds(30).toNanos();
        while (got.size() < count && System.nanoTime() < deadline) {
            consumer.poll(Duration.ofMillis(200)).forEach(record -> got.add(row(record)));
        }
        return got;
    }

    private List<Checks.Row> readFrom(String from, int count, List<Long> starts, String... settings) {
        try (KafkaConsumer<byte[], byte[]> consumer = consumer("unused", settings)) {
            List<TopicPartition> assigned = new ArrayList<>();
            for (int p = 0; p < starts.size(); p++) {
                assigned.add(at(from, p));
            }
            consumer.assign(assigned);
            for (int p = 0; p < starts.size(); p++) {
                consumer.seek(at(from, p), starts.get(p));
            }
            return read(consumer, count);
        }
    }

    private List<Checks.Row> readAll(String from, int count) {
        return readFrom(from, count, Arrays.asList(0L, 0L, 0L));
    }

    private ConfigEntry config(String key) throws Exception {
        ConfigResource resource = new ConfigResource(ConfigResource.Type.TOPIC, adminTopic);
        return get(admin.describeConfigs(Collections.singleton(resource)).all()).get(resource).get(key);
    }

    private void makeTopics() {
        Set<String> names = Checks.CODECS.stream().map(codec -> name + "-" + codec).collect(Collectors.toSet());
        names.add(adminTopic);
        Checks.check("create-topic", () -> get(admin.createTopics(names.stream()
            .map(n -> new NewTopic(n, 3, (short) 1).configs(Collections.singletonMap(SEGMENT, "1048576")))
            .collect(Collectors.toList())).all()));
        Checks.check("list-topics", () -> until("in the list", () -> get(admin.listTopics().names()).containsAll(names)));
        Checks.check("describe-topic", () -> Checks.equal(Differences.describe(admin, adminTopic).partitions().stream()
            .map(p -> p.partition() + ":" + p.leader().id()).collect(Collectors.toList()),
            Arrays.asList("0:0", "1:0", "2:0")));
        Checks.check("describe-configs", () -> {
            ConfigEntry entry = config(SEGMENT);
            Checks.equal(entry.value() + " " + entry.source(), "1048576 DYNAMIC_TOPIC_CONFIG");
        });
    }

    private void codecs() {
        for (String codec : Checks.CODECS) {
            Checks.check("codec-" + codec, () -> {
                produce(name + "-" + codec, codec, 0, Checks.COUNT);
                Checks.sameRows(readAll(name + "-" + codec, Checks.COUNT), Checks.rows(0, Checks.COUNT));
            });
        }
        Checks.checkFields(readAll(topic, Checks.COUNT));
    }

    private void times() {
        try (KafkaConsumer<byte[], byte[]> consumer = consumer("unused")) {
            Checks.check("watermarks", () -> {
                Checks.equal(new TreeSet<>(consumer.beginningOffsets(partitions).values()), Collections.singleton(0L));
                Checks.equal(new TreeSet<>(consumer.endOffsets(partitions).values()), Collections.singleton(100L));
            });
            Checks.check("offsets-for-times", () -> {
                Map<TopicPartition, OffsetAndTimestamp> found = consumer.offsetsForTimes(ofAll(Checks.MIDDLE_MS));
                for (int p = 0; p < 3; p++) {
                    Checks.equal(found.get(partitions.get(p)).offset(), Checks.MIDDLE_OFFSETS.get(p));
                }
                Map<TopicPartition, OffsetAndTimestamp> later =
                    consumer.offsetsForTimes(ofAll(Checks.MIDDLE_MS + 1_000_000_000));
                partitions.forEach(p -> Checks.equal(later.get(p), null));
            });
        }
        Checks.check("seek-by-time", () -> Checks.sameRows(
            readFrom(topic, 1, Arrays.asList(100L, 100L, Checks.MIDDLE_OFFSETS.get(2)), "max.poll.records", "1"),
            Checks.rows(101, 102)));
    }

    private Map<TopicPartition, Long> ofAll(long time) {
        return partitions.stream().collect(Collectors.toMap(p -> p, p -> time));
    }

    /** Polls the members until they share the partitions in this way. */
    private void settle(List<KafkaConsumer<byte[], byte[]>> members, Integer... sizes) throws Exception {
        until("shares of " + Arrays.toString(sizes), () -> {
            members.forEach(member -> member.poll(Duration.ofMillis(100)));
            Set<TopicPartition> all = members.stream().flatMap(m -> m.assignment().stream()).collect(Collectors.toSet());
            return all.size() == 3 && members.stream().map(m -> m.assignment().size()).sorted()
                .collect(Collectors.toList()).equals(Arrays.asList(sizes));
        });
    }

    private Map<Integer, String> committed(String of) throws Exception {
        Map<Integer, String> found = new TreeMap<>();
        get(admin.listConsumerGroupOffsets(of).partitionsToOffsetAndMetadata())
            .forEach((partition, offset) -> found.put(partition.partition(), offset.offset() + offset.metadata()));
        return found;
    }

    private static Map<Integer, String> wantedCommits() {
        Map<Integer, String> wanted = new TreeMap<>();
        for (int p = 0; p < 3; p++) {
            wanted.put(p, Checks.COMMITTED.get(p) + " of " + p);
        }
        return wanted;
    }

    private boolean groupIsListed() throws Exception {
        return get(admin.listConsumerGroups().all()).stream().anyMatch(listing -> listing.groupId().equals(group));
    }

    private void group() {
        KafkaConsumer<byte[], byte[]> first = consumer(group);
        KafkaConsumer<byte[], byte[]> second = consumer(group);
        first.subscribe(Collections.singleton(topic));
        Checks.check("rebalance", () -> {
            settle(Collections.singletonList(first), 3);
            second.subscribe(Collections.singleton(topic));
            settle(Arrays.asList(first, second), 1, 2);
        });
        Checks.check("list-groups", () -> Checks.equal(groupIsListed(), true));
        Checks.check("describe-group", () -> {
            ConsumerGroupDescription found =
                get(admin.describeConsumerGroups(Collections.singleton(group)).all()).get(group);
            Checks.equal(found.state(), ConsumerGroupState.STABLE);
            Checks.equal(found.members().stream().map(m -> m.assignment().topicPartitions().size()).sorted()
                .collect(Collectors.toList()), Arrays.asList(1, 2));
        });
        second.close();
        Checks.check("commit", () -> {
            settle(Collections.singletonList(first), 3);
            Map<TopicPartition, OffsetAndMetadata> offsets = new HashMap<>();
            for (int p = 0; p < 3; p++) {
                offsets.put(partitions.get(p), new OffsetAndMetadata(Checks.COMMITTED.get(p), " of " + p));
            }
            first.commitSync(offsets);
            Checks.equal(committed(group), wantedCommits());
        });
        first.close();
        Checks.check("resume", () -> {
            try (KafkaConsumer<byte[], byte[]> next = consumer(group)) {
                next.subscribe(Collections.singleton(topic));
                List<Checks.Row> wanted = Checks.rows(0, Checks.COUNT).stream()
                    .filter(row -> row.offset >= Checks.COMMITTED.get(row.partition)).collect(Collectors.toList());
                Checks.sameRows(read(next, wanted.size()), wanted);
            }
        });
    }

    /** Members of the new protocol among themselves, and with one of the old. */
    private void newGroups() {
        if (!Differences.HAS_NEW_GROUPS) {
            Checks.none("new-group", "mixed-group");
            return;
        }
        Checks.check("new-group", () -> shareAndLeave(newMember(name + "-new"), name + "-new"));
        Checks.check("mixed-group", () -> shareAndLeave(consumer(name + "-mixed"), name + "-mixed"));
    }

    private void shareGroups() {
        if (Differences.HAS_SHARE_GROUPS) {
            Checks.check("share-group", () -> Differences.readShares(common(), admin, topic, name + "-share"));
        } else {
            Checks.none("share-group");
        }
    }

    private KafkaConsumer<byte[], byte[]> newMember(String groupId) {
        Properties properties = common();
        properties.put("group.id", groupId);
        properties.put("group.protocol", "consumer");
        return new KafkaConsumer<>(properties, new ByteArrayDeserializer(), new ByteArrayDeserializer());
    }

    private void shareAndLeave(KafkaConsumer<byte[], byte[]> first, String groupId) throws Exception {
        try {
            first.subscribe(Collections.singleton(topic));
            settle(Collections.singletonList(first), 3);
            try (KafkaConsumer<byte[], byte[]> second = newMember(groupId)) {
                second.subscribe(Collections.singleton(topic));
                settle(Arrays.asList(first, second), 1, 2);
            }
            settle(Collections.singletonList(first), 3);
        } finally {
            first.close();
        }
    }

    private void administer() {
        Checks.check("alter-configs", () -> {
            get(Differences.alterConfig(admin, adminTopic, config(SEGMENT), new ConfigEntry("max.message.bytes", "65536")));
            Checks.equal(config("max.message.bytes").value() + " " + config(SEGMENT).value(), "65536 1048576");
        });
        Checks.check("create-partitions", () -> {
            get(admin.createPartitions(Collections.singletonMap(adminTopic, NewPartitions.increaseTo(5))).all());
            until("5 partitions", () -> Differences.describe(admin, adminTopic).partitions().size() == 5);
            send(4, "into the last");
        });
        Checks.check("delete-records", () -> {
            send(0, "0", "1", "2", "3", "4", "5", "6", "7", "8", "9");
            TopicPartition partition = at(adminTopic, 0);
            Checks.equal(get(admin.deleteRecords(Collections.singletonMap(partition, RecordsToDelete.beforeOffset(5)))
                .lowWatermarks().get(partition)).lowWatermark(), 5L);
            Checks.equal(values(readFrom(adminTopic, 5, Collections.singletonList(5L))),
                Arrays.asList("5:5", "6:6", "7:7", "8:8", "9:9"));
            try (KafkaConsumer<byte[], byte[]> consumer = consumer("unused")) {
                Checks.equal(consumer.beginningOffsets(Collections.singleton(partition)).get(partition), 5L);
            }
        });
    }

    private void send(int partition, String... values) throws Exception {
        try (KafkaProducer<byte[], byte[]> producer = producer()) {
            for (String value : values) {
                get(producer.send(new ProducerRecord<>(adminTopic, partition, null, Checks.bytes(value))));
            }
        }
    }

    private static List<String> values(Collection<Checks.Row> rows) {
        return rows.stream().map(row -> row.offset + ":" + row.value).collect(Collectors.toList());
    }

    private void transactions() {
        KafkaProducer<byte[], byte[]> producer = producer("transactional.id", txnTopic);
        Checks.check("transaction", () -> {
            get(admin.createTopics(Collections.singleton(new NewTopic(txnTopic, 1, (short) 1))).all());
            producer.initTransactions();
            List<String> wanted = new ArrayList<>();
            for (int number = 0; number < 3; number++) {
                producer.beginTransaction();
                for (int i = 0; i < 5; i++) {
                    producer.send(new ProducerRecord<>(txnTopic, 0, null, Checks.bytes(number + "-" + i)));
                    if (number != 1) {
                        wanted.add(6 * number + i + ":" + number + "-" + i);
                    }
                }
                producer.flush();
                if (number == 1) {
                    producer.abortTransaction();
                } else {
                    producer.commitTransaction();
                }
            }
            Checks.equal(values(readFrom(txnTopic, 10, Collections.singletonList(0L), "isolation.level", "read_committed")),
                wanted);
        });
        Checks.check("transaction-offset", () -> {
            producer.beginTransaction();
            Differences.sendOffsets(producer, at(txnTopic, 0), new OffsetAndMetadata(3), txnTopic + "-group");
            producer.commitTransaction();
            until("the offset", () -> committed(txnTopic + "-group").equals(Collections.singletonMap(0, "3")));
        });
        Differences.close(producer);
    }

    private void afterRestart() {
        Checks.check("restart-records", () -> {
            for (String codec : Checks.CODECS) {
                Checks.sameRows(readAll(name + "-" + codec, Checks.COUNT), Checks.rows(0, Checks.COUNT));
            }
        });
        Checks.check("restart-configs", () -> Checks.equal(config(SEGMENT).value(), "1048576"));
        Checks.check("restart-commit", () -> Checks.equal(committed(group), wantedCommits()));
        Checks.check("restart-produce", () -> {
            produce(topic, "none", Checks.COUNT, Checks.COUNT + 3);
            Checks.sameRows(readAll(topic, Checks.COUNT + 3), Checks.rows(0, Checks.COUNT + 3));
        });
        if (Differences.DELETES_OFFSETS) {
            Checks.check("delete-offsets", () -> {
                Differences.deleteOffset(admin, group, partitions.get(0));
                Map<Integer, String> wanted = wantedCommits();
                wanted.remove(0);
                Checks.equal(committed(group), wanted);
            });
        } else {
            Checks.none("delete-offsets");
        }
        Checks.check("delete-group", () -> {
            get(admin.deleteConsumerGroups(Collections.singleton(group)).all());
            Checks.equal(groupIsListed(), false);
        });
        Checks.check("delete-topic", () -> {
            get(admin.deleteTopics(Collections.singleton(adminTopic)).all());
            until("gone from the list", () -> !get(admin.listTopics().names()).contains(adminTopic));
        });
    }
}
