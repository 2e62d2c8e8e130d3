import java.io.FileWriter;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.Random;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AlterConfigOp;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.admin.NewPartitions;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.RecordsToDelete;
import org.apache.kafka.clients.admin.ScramCredentialInfo;
import org.apache.kafka.clients.admin.ScramMechanism;
import org.apache.kafka.clients.admin.UserScramCredentialUpsertion;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.errors.UnsupportedVersionException;
import org.apache.kafka.common.quota.ClientQuotaAlteration;
import org.apache.kafka.common.quota.ClientQuotaEntity;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/**
 * Gives a node a bit of everything to keep. What is acknowledged goes into a file, in the lines that Acked reads.
 *
 * <pre>
 * BOOTSTRAP ACKS first         on an empty node: topics of all kinds, then a round
 * BOOTSTRAP ACKS round N       one more round of records, groups, settings, new and deleted topics
 * BOOTSTRAP ACKS until-killed  goes on until the node does not answer any more
 * </pre>
 *
 * What the node does not serve is left out and named on standard output: "left out: WHAT".
 */
public final class MixedLoad {
    /** Whose offsets are committed, the removed one's among them. */
    static final List<String> GROUPS =
        List.of("alone", "classic", "classic-static", "consumer", "killed", "of-transactions", "partly", "removed");
    /** Transactional ids that leave a transaction open, and how many records in each of two partitions. */
    static final List<String> OPEN = List.of("left-open", "left-open-too");
    static final int LEFT_OPEN = 10;
    private static final List<String> CODECS = List.of("none", "gzip", "snappy", "lz4", "zstd");
    private static final int HALF_AN_HOUR_MS = 1_800_000;
    private static final long ROLLED_FROM_MS = 1_700_000_000_000L;
    private final String bootstrap;
    private final PrintWriter acks;
    private final Map<String, String> limits = new HashMap<>();
    private final Admin admin;
    private int round = 0;

    private MixedLoad(String bootstrap, String acks, boolean untilKilled) throws Exception {
        this.bootstrap = bootstrap;
        this.acks = new PrintWriter(new FileWriter(acks, StandardCharsets.UTF_8, true), true);
        if (untilKilled) limits.putAll(Map.of("request.timeout.ms", "1000", "default.api.timeout.ms", "2000"));
        Map<String, Object> settings = new HashMap<>(limits);
        settings.put("bootstrap.servers", bootstrap);
        this.admin = Admin.create(settings);
    }

    public static void main(String[] args) throws Exception {
        MixedLoad load = new MixedLoad(args[0], args[1], args[2].equals("until-killed"));
        switch (args[2]) {
            case "first" -> load.first();
            case "round" -> load.round(Integer.parseInt(args[3]));
            case "until-killed" -> load.untilKilled();
            default -> throw new IllegalArgumentException(args[2]);
        }
        // Members of groups go as if their process had died: what they left on disk stays there.
        System.out.flush();
        Runtime.getRuntime().halt(0);
    }

    private void first() throws Exception {
        for (String codec : CODECS) create("codec-" + codec, 2, Map.of());
        create("rebuilt", 1, Map.of("compression.type", "gzip"));
        create("append-time", 1, Map.of("message.timestamp.type", "LogAppendTime"));
        create("sizes", 1, Map.of("index.interval.bytes", "1000"));
        create("trimmed", 1, Map.of());
        create("rolled", 1, Map.of("segment.ms", "60000", "retention.ms", "-1", "index.interval.bytes", "100"));
        create("extended", 1, Map.of("retention.ms", "864000000", "max.message.bytes", "900000"));
        create("transactions", 2, Map.of());
        create("left-open", 2, Map.of());
        create("shared", 1, Map.of());
        create("streamed", 2, Map.of());
        create("counts", 2, Map.of());
        create("wide", 6, Map.of());
        Map<String, String> compact = Map.of("cleanup.policy", "compact", "segment.ms", "60000", "min.cleanable.dirty.ratio", "1");
        create("compacted", 2, compact);
        Map<String, String> soon = new HashMap<>(compact);
        soon.put("delete.retention.ms", "0");
        create("compacted-soon", 1, soon);
        create("deleted", 2, Map.of());
        create("again", 1, Map.of());
        round(0);
        delete("deleted");
        delete("again");
        create("again", 1, Map.of());
        for (int partitions : List.of(3, 4)) {
            admin.createPartitions(Map.of("extended", NewPartitions.increaseTo(partitions))).all().get();
        }
        send("extended", 0, Map.of(), 40);
        send("again", 0, Map.of(), 7);
    }

    private void round(int number) throws Exception {
        round = number;
        for (String codec : CODECS) {
            send("codec-" + codec, 0, Map.of("compression.type", codec), 60);
            send("codec-" + codec, 1, Map.of("compression.type", codec, "enable.idempotence", "false", "acks", "1"), 60);
        }
        send("rebuilt", 0, Map.of("compression.type", "lz4"), 30);
        send("append-time", 0, Map.of("compression.type", "zstd"), 30);
        if (round == 0) send("deleted", 1, Map.of(), 10);
        send("again", 0, Map.of(), 10);
        sizes();
        rolled();
        send("trimmed", 0, Map.of(), 30);
        deleteRecords("trimmed", 10 + 7L * round);
        deleteRecords("rolled", 5 + 7L * round);
        optional("transactions", this::transactions);
        for (String id : OPEN) openTransaction(id);
        groups();
        NewerGroups newer = new NewerGroups(this::client, admin);
        send("shared", 0, Map.of(), 30);
        alter(ConfigResource.Type.GROUP, NewerGroups.SHARE, AlterConfigOp.OpType.SET, "share.auto.offset.reset", "earliest");
        newer.share("shared");
        for (int partition : List.of(0, 1)) send("streamed", partition, Map.of(), 30);
        newer.streams("streamed", "counts");
        settings();
        compacted();
        create("of-round-" + round, 1 + round % 3, Map.of("retention.bytes", "" + (1 << 20)));
        send("of-round-" + round, 0, Map.of(), 20);
        if (round > 0) delete("of-round-" + (round - 1));
    }

    private interface Work {
        void run() throws Exception;
    }

    /** Work that a node may not serve. It has to say so at once: any other failure is one. */
    private static void optional(String what, Work work) throws Exception {
        try {
            work.run();
        } catch (Exception e) {
            Throwable cause = e instanceof ExecutionException ? e.getCause() : e;
            boolean noCoordinator = String.valueOf(cause.getMessage()).startsWith("Could not find a coordinator with type TRANSACTION");
            if (!noCoordinator && !(cause instanceof UnsupportedVersionException)) throw e;
            System.out.println("left out: " + what);
        }
    }

    private void create(String topic, int partitions, Map<String, String> configs) throws Exception {
        var created = admin.createTopics(List.of(new NewTopic(topic, partitions, (short) 1).configs(configs)));
        acks.println("topic " + topic + " " + created.topicId(topic).get());
    }

    private void delete(String topic) throws Exception {
        var id = admin.describeTopics(List.of(topic)).allTopicNames().get().get(topic).topicId();
        // From here on to the answer it may be there or not.
        acks.println("deleting " + topic + " " + id);
        admin.deleteTopics(List.of(topic)).all().get();
        acks.println("deleted " + topic + " " + id);
    }

    private void deleteRecords(String topic, long offset) throws Exception {
        admin.deleteRecords(Map.of(new TopicPartition(topic, 0), RecordsToDelete.beforeOffset(offset))).all().get();
    }

    private Properties client(Map<String, String> settings) {
        Properties properties = new Properties();
        properties.putAll(limits);
        properties.put("bootstrap.servers", bootstrap);
        properties.putAll(settings);
        return properties;
    }

    private KafkaProducer<byte[], byte[]> producer(Map<String, String> settings) {
        Properties properties = client(settings);
        properties.putIfAbsent("linger.ms", "5");
        if (!limits.isEmpty()) properties.putAll(Map.of("delivery.timeout.ms", "2000", "max.block.ms", "2000"));
        return new KafkaProducer<>(properties, new ByteArraySerializer(), new ByteArraySerializer());
    }

    private static byte[] text(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private void acked(ProducerRecord<byte[], byte[]> record, RecordMetadata at) {
        acks.println("record " + at.topic() + " " + at.partition() + " " + at.offset() + " " + Acked.hash(record.key(), record.value()));
    }

    private void send(String topic, int partition, Map<String, String> settings, int count) throws Exception {
        try (KafkaProducer<byte[], byte[]> producer = producer(settings)) {
            send(producer, topic, partition, count);
        }
    }

    private record Sent(ProducerRecord<byte[], byte[]> record, Future<RecordMetadata> ack) { }

    /** Batches of up to ten records: some without key, value or both, some with headers, one without a value among them. */
    private void send(KafkaProducer<byte[], byte[]> producer, String topic, int partition, int count) throws Exception {
        List<Sent> sent = new ArrayList<>();
        for (int i = 0; i < count; ++i) {
            byte[] key = i % 3 == 2 ? null : text("key-" + i);
            byte[] value = i % 7 == 6 ? null : text(("round " + round + " value " + i + " ").repeat(1 + i % 5));
            var record = new ProducerRecord<>(topic, partition, key, value);
            if (i % 4 == 3) record.headers().add("number", text("" + i)).add("none", null).add("number", new byte[0]);
            sent.add(new Sent(record, producer.send(record)));
            if (i % 10 == 9) producer.flush();
        }
        producer.flush();
        for (Sent one : sent) acked(one.record, one.ack.get());
    }

    /** From nothing to as much as a topic takes by default, compressible and not. */
    private void sizes() throws Exception {
        Random random = new Random(round);
        for (String codec : List.of("none", "zstd")) {
            try (KafkaProducer<byte[], byte[]> producer = producer(Map.of("compression.type", codec, "batch.size", "1"))) {
                for (int size : List.of(0, 1, 100, 10_000, 300_000, 900_000)) {
                    byte[] value = new byte[size];
                    if (size % 3 == 0) random.nextBytes(value);
                    var record = new ProducerRecord<byte[], byte[]>("sizes", 0, new byte[0], value);
                    acked(record, producer.send(record).get());
                }
            }
        }
    }

    /** One batch a record, half a minute of record time apart, so that every third starts a segment. */
    private void rolled() throws Exception {
        try (KafkaProducer<byte[], byte[]> producer = producer(Map.of("linger.ms", "0"))) {
            for (int i = 12 * round; i < 12 * (round + 1); ++i) {
                var record = new ProducerRecord<>("rolled", 0, ROLLED_FROM_MS + i * 30_000L, text("key-" + i), text("rolled-" + i));
                acked(record, producer.send(record).get());
            }
        }
    }

    private void transactions() throws Exception {
        Properties group = client(Map.of("group.id", "of-transactions"));
        try (KafkaProducer<byte[], byte[]> producer = producer(Map.of("transactional.id", "mixed", "compression.type", "snappy"));
             var consumer = new KafkaConsumer<>(group, new ByteArrayDeserializer(), new ByteArrayDeserializer())) {
            producer.initTransactions();
            for (int i = 0; i < 4; ++i) {
                producer.beginTransaction();
                send(producer, "transactions", i % 2, 15);
                if (i % 3 == 0) {
                    var offset = new OffsetAndMetadata(5 + i + 10L * round, "in a transaction");
                    producer.sendOffsetsToTransaction(Map.of(new TopicPartition("codec-none", 0), offset), consumer.groupMetadata());
                    producer.commitTransaction();
                    acks.println("commit of-transactions codec-none 0 " + offset.offset());
                } else {
                    producer.abortTransaction();
                }
            }
        }
    }

    /** Left as by a process that dies within it. The next round ends it, wherever the directory is then, and leaves one more. */
    private void openTransaction(String id) throws Exception {
        Properties group = client(Map.of("group.id", "of-" + id));
        var consumer = new KafkaConsumer<>(group, new ByteArrayDeserializer(), new ByteArrayDeserializer());
        var producer = producer(Map.of("transactional.id", id, "transaction.timeout.ms", "900000"));
        producer.initTransactions();
        producer.beginTransaction();
        for (int partition : List.of(0, 1)) send(producer, "left-open", partition, LEFT_OPEN);
        producer.sendOffsetsToTransaction(Map.of(new TopicPartition("codec-none", 1), new OffsetAndMetadata(round)), consumer.groupMetadata());
    }

    private void groups() throws Exception {
        commit("classic", "classic", Map.of(), 20 + round);
        commit("classic-static", "classic", Map.of("group.instance.id", "stays", "session.timeout.ms", "" + HALF_AN_HOUR_MS), 10 + round);
        // The session's length is the broker's here: the member may be removed by a turn that lasts longer, so it leaves.
        optional("groups of the consumer protocol", () -> commit("consumer", "consumer", Map.of(), 15 + round));
        var alone = Map.of(new TopicPartition("codec-zstd", 0), new OffsetAndMetadata(3 + round, "alone"));
        admin.alterConsumerGroupOffsets("alone", alone).all().get();
        acks.println("commit alone codec-zstd 0 " + (3 + round));
        var nothing = new OffsetAndMetadata(0);
        var partitions = Map.of(new TopicPartition("wide", 0), nothing, new TopicPartition("wide", 5), nothing);
        for (String group : List.of("removed", "partly")) admin.alterConsumerGroupOffsets(group, partitions).all().get();
        admin.deleteConsumerGroups(List.of("removed")).all().get();
        admin.deleteConsumerGroupOffsets("partly", java.util.Set.of(new TopicPartition("wide", 5))).all().get();
    }

    /** Joins, waits for its assignment, commits `offset` for one partition and one more for another, goes. */
    private void commit(String group, String protocol, Map<String, String> settings, long offset) {
        Properties properties = client(settings);
        properties.putAll(Map.of("group.id", group, "group.protocol", protocol, "auto.offset.reset", "earliest"));
        properties.put("enable.auto.commit", "false");
        try (KafkaConsumer<byte[], byte[]> consumer =
                 new KafkaConsumer<>(properties, new ByteArrayDeserializer(), new ByteArrayDeserializer())) {
            consumer.subscribe(List.of("codec-none", "codec-gzip"));
            long deadline = System.nanoTime() + Duration.ofSeconds(60).toNanos();
            while (consumer.assignment().size() < 4) {
                if (System.nanoTime() > deadline) throw new IllegalStateException("no assignment for " + group);
                consumer.poll(Duration.ofMillis(50));
            }
            consumer.commitSync(Map.of(new TopicPartition("codec-none", 0), new OffsetAndMetadata(offset, "metadata of " + offset),
                new TopicPartition("codec-gzip", 1), new OffsetAndMetadata(offset + 1)));
        }
        acks.println("commit " + group + " codec-none 0 " + offset);
        acks.println("commit " + group + " codec-gzip 1 " + (offset + 1));
    }

    private void alter(ConfigResource.Type type, String name, AlterConfigOp.OpType operation, String key, String value) throws Exception {
        admin.incrementalAlterConfigs(Map.of(new ConfigResource(type, name),
            List.of(new AlterConfigOp(new ConfigEntry(key, value), operation)))).all().get();
    }

    private void settings() throws Exception {
        alter(ConfigResource.Type.TOPIC, "extended", AlterConfigOp.OpType.SET, "retention.ms", "" + (900_000_000 + round));
        alter(ConfigResource.Type.TOPIC, "extended", AlterConfigOp.OpType.DELETE, "max.message.bytes", "");
        alter(ConfigResource.Type.TOPIC, "wide", round % 2 == 0 ? AlterConfigOp.OpType.APPEND : AlterConfigOp.OpType.SUBTRACT,
            "cleanup.policy", "compact");
        alter(ConfigResource.Type.BROKER, "", AlterConfigOp.OpType.SET, "log.cleaner.threads", "" + (1 + round % 2));
        alter(ConfigResource.Type.BROKER, "0", AlterConfigOp.OpType.SET, "message.max.bytes", "" + (1_048_588 + round));
        optional("settings of groups", () -> alter(ConfigResource.Type.GROUP, "consumer", AlterConfigOp.OpType.SET,
            "consumer.heartbeat.interval.ms", "" + (5000 + round)));
        optional("client quotas", () -> admin.alterClientQuotas(List.of(new ClientQuotaAlteration(
            new ClientQuotaEntity(Map.of(ClientQuotaEntity.USER, "somebody")),
            List.of(new ClientQuotaAlteration.Op("producer_byte_rate", 1_000_000.0 + round))))).all().get());
        optional("SCRAM credentials", () -> admin.alterUserScramCredentials(List.of(new UserScramCredentialUpsertion("somebody",
            new ScramCredentialInfo(ScramMechanism.SCRAM_SHA_256, 4096), "secret"))).all().get());
    }

    /** Keys over and over, tombstones among them, in many small segments of all codecs; then waits until they are compacted. */
    private void compacted() throws Exception {
        List<TopicPartition> partitions =
            List.of(new TopicPartition("compacted", 0), new TopicPartition("compacted", 1), new TopicPartition("compacted-soon", 0));
        for (TopicPartition partition : partitions) {
            for (String codec : CODECS) overwrite(partition, codec, CODECS.indexOf(codec));
        }
        for (String topic : List.of("compacted", "compacted-soon"))
            alter(ConfigResource.Type.TOPIC, topic, AlterConfigOp.OpType.SET, "min.cleanable.dirty.ratio", "0.01");
        for (TopicPartition partition : partitions) awaitCompaction(partition);
        // From here on nothing is due, so that whoever takes the directory over has nothing to compact.
        for (String topic : List.of("compacted", "compacted-soon"))
            alter(ConfigResource.Type.TOPIC, topic, AlterConfigOp.OpType.SET, "min.cleanable.dirty.ratio", "1");
    }

    private void overwrite(TopicPartition partition, String codec, int pass) throws Exception {
        boolean idempotent = pass % 2 == 0;
        Map<String, String> settings = Map.of("compression.type", codec, "enable.idempotence", "" + idempotent, "linger.ms", "50");
        try (KafkaProducer<byte[], byte[]> producer = producer(settings)) {
            List<Sent> sent = new ArrayList<>();
            long time = System.currentTimeMillis() - 4 * 3_600_000 + 120_000L * pass + 600_000L * round;
            for (int i = 0; i < 24; ++i) {
                int key = (i * (pass + 3) + round) % 17;
                byte[] value = (i + pass) % 6 == 5 ? null : text(("round " + round + " pass " + pass + " number " + i + " ").repeat(3));
                var record = new ProducerRecord<>(partition.topic(), partition.partition(), time + i, text("key-" + key), value);
                sent.add(new Sent(record, producer.send(record)));
                if (i % 8 == 7) producer.flush();
            }
            for (Sent one : sent) {
                acks.println(String.join(" ", one.record.value() == null ? "tombstone" : "latest", partition.topic(),
                    "" + partition.partition(), "" + one.ack.get().offset(), "" + Acked.hash(one.record.key(), one.record.value()),
                    new String(one.record.key(), StandardCharsets.UTF_8)));
            }
        }
    }

    /** Until no key is there twice before the last segment, which is that of the last pass. */
    private void awaitCompaction(TopicPartition partition) throws Exception {
        long deadline = System.nanoTime() + Duration.ofSeconds(60).toNanos();
        while (duplicates(partition) > 0) {
            if (System.nanoTime() > deadline) throw new IllegalStateException(partition + " is not compacted");
            Thread.sleep(100);
        }
    }

    private int duplicates(TopicPartition partition) {
        try (KafkaConsumer<byte[], byte[]> consumer =
                 new KafkaConsumer<>(client(Map.of()), new ByteArrayDeserializer(), new ByteArrayDeserializer())) {
            consumer.assign(List.of(partition));
            consumer.seekToBeginning(List.of(partition));
            long end = consumer.endOffsets(List.of(partition)).get(partition);
            List<String> keys = new ArrayList<>();
            while (consumer.position(partition) < end) {
                for (var record : consumer.poll(Duration.ofMillis(200))) {
                    if (record.offset() < end - 24) keys.add(new String(record.key(), StandardCharsets.UTF_8));
                }
            }
            return keys.size() - (int) keys.stream().distinct().count();
        }
    }

    /** Two producers, topics that come and go, a group that commits: until the first call that fails. */
    private void untilKilled() {
        round = 99;
        long topics = 0;
        long committed = 1000;
        String run = Long.toString(System.currentTimeMillis(), 36);
        try (KafkaProducer<byte[], byte[]> idempotent = producer(Map.of("compression.type", "lz4"));
             KafkaProducer<byte[], byte[]> plain = producer(Map.of("enable.idempotence", "false", "acks", "1"))) {
            while (true) {
                send(idempotent, "codec-lz4", 0, 30);
                send(plain, "codec-none", 1, 30);
                String topic = "killed-" + run + "-" + topics;
                create(topic, 1, Map.of());
                send(idempotent, topic, 0, 12);
                if (topics++ % 3 == 2) delete(topic);
                admin.alterConsumerGroupOffsets("killed", Map.of(new TopicPartition("codec-lz4", 0), new OffsetAndMetadata(++committed)))
                    .all().get();
                acks.println("commit killed codec-lz4 0 " + committed);
            }
        } catch (Exception e) {
            System.out.println("broken off after " + topics + " topics: " + e.getMessage());
            System.out.flush();
            Runtime.getRuntime().halt(0);
        }
    }
}
