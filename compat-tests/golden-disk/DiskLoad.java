import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.Future;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AlterConfigOp;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.admin.NewPartitions;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.RecordsToDelete;
import org.apache.kafka.clients.consumer.ConsumerGroupMetadata;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/**
 * Gives a node something to keep: see tests/golden/apache/disk/README.md for what the topics hold.
 * Arguments: bootstrap, "first" or "second" (a second life of the same node; leaves a transaction open).
 */
public final class DiskLoad {
    private static final List<String> CODECS = List.of("none", "gzip", "snappy", "lz4", "zstd");
    private final String bootstrap;
    private final Admin admin;

    private DiskLoad(String bootstrap) {
        this.bootstrap = bootstrap;
        this.admin = Admin.create(Map.of("bootstrap.servers", bootstrap));
    }

    public static void main(String[] args) throws Exception {
        DiskLoad load = new DiskLoad(args[0]);
        if (args[1].equals("first")) {
            load.first();
        } else {
            load.second();
        }
        // Without closing what is left open.
        System.out.flush();
        Runtime.getRuntime().halt(0);
    }

    private void first() throws Exception {
        for (String codec : CODECS) {
            create("codec-" + codec, 1, Map.of("retention.ms", "-1"));
        }
        create("rolled", 1, Map.of("retention.ms", "-1", "segment.ms", "60000", "index.interval.bytes", "100"));
        create("compacted", 2, Map.of("cleanup.policy", "compact", "message.timestamp.type", "LogAppendTime"));
        create("trimmed", 1, Map.of("retention.ms", "-1"));
        create("transactions", 1, Map.of("retention.ms", "-1"));
        create("deleted", 1, Map.of());
        for (String codec : CODECS) {
            try (KafkaProducer<byte[], byte[]> producer = producer(Map.of("compression.type", codec))) {
                send(producer, "codec-" + codec, 0, 0, 40);
            }
        }
        rolled(0, 12);
        try (KafkaProducer<byte[], byte[]> producer = producer(Map.of("enable.idempotence", "false", "acks", "1"))) {
            for (int i = 0; i < 20; i++) {
                byte[] value = i % 5 == 4 ? null : text("value-" + i);
                producer.send(new ProducerRecord<>("compacted", i % 2, text("key-" + i % 6), value)).get();
            }
            send(producer, "trimmed", 0, 0, 10);
            send(producer, "deleted", 0, 0, 10);
        }
        transactions();
        groups();
        admin.deleteRecords(Map.of(new TopicPartition("trimmed", 0), RecordsToDelete.beforeOffset(4))).all().get();
        admin.deleteTopics(List.of("deleted")).all().get();
        admin.createPartitions(Map.of("compacted", NewPartitions.increaseTo(3))).all().get();
        var broker = new ConfigResource(ConfigResource.Type.BROKER, "");
        admin.incrementalAlterConfigs(Map.of(broker, List.of(new AlterConfigOp(
            new ConfigEntry("log.cleaner.threads", "2"), AlterConfigOp.OpType.SET)))).all().get();
    }

    private void second() throws Exception {
        try (KafkaProducer<byte[], byte[]> producer = producer(Map.of("compression.type", "lz4"))) {
            send(producer, "codec-none", 0, 40, 50);
            send(producer, "codec-lz4", 0, 40, 50);
        }
        rolled(12, 15);
        commit("classic", "classic", 45);
        KafkaProducer<byte[], byte[]> open = transactional("left-open");
        open.beginTransaction();
        send(open, "transactions", 0, 100, 105);
        open.flush();
    }

    private void create(String topic, int partitions, Map<String, String> configs) throws Exception {
        admin.createTopics(List.of(new NewTopic(topic, partitions, (short) 1).configs(configs))).all().get();
    }

    private KafkaProducer<byte[], byte[]> producer(Map<String, String> settings) {
        Properties properties = new Properties();
        properties.put("bootstrap.servers", bootstrap);
        properties.put("linger.ms", "0");
        properties.putAll(settings);
        return new KafkaProducer<>(properties, new ByteArraySerializer(), new ByteArraySerializer());
    }

    private KafkaProducer<byte[], byte[]> transactional(String id) {
        KafkaProducer<byte[], byte[]> producer = producer(Map.of("transactional.id", id));
        producer.initTransactions();
        return producer;
    }

    private static byte[] text(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    /** Batches of ten records and more; every third without a key, every fourth with headers. */
    private static void send(KafkaProducer<byte[], byte[]> producer, String topic, int partition, int from, int to)
            throws Exception {
        List<Future<RecordMetadata>> acks = new ArrayList<>();
        for (int i = from; i < to; i++) {
            byte[] key = i % 3 == 2 ? null : text("key-" + i);
            var record = new ProducerRecord<>(topic, partition, key, text(("value-" + i + " ").repeat(1 + i % 5)));
            if (i % 4 == 3) {
                record.headers().add("number", text("" + i)).add("none", null);
            }
            acks.add(producer.send(record));
            if (i % 10 == 9) {
                producer.flush();
            }
        }
        for (Future<RecordMetadata> ack : acks) {
            ack.get();
        }
    }

    /** One batch per record, half a minute of record time apart, so that every third starts a segment. */
    private void rolled(int from, int to) throws Exception {
        try (KafkaProducer<byte[], byte[]> producer = producer(Map.of())) {
            for (int i = from; i < to; i++) {
                long timestamp = 1_700_000_000_000L + i * 30_000L;
                producer.send(new ProducerRecord<>("rolled", 0, timestamp, text("key-" + i), text("rolled-" + i))).get();
            }
        }
    }

    private void transactions() throws Exception {
        try (KafkaProducer<byte[], byte[]> producer = transactional("moldau-a")) {
            producer.beginTransaction();
            send(producer, "transactions", 0, 0, 5);
            producer.commitTransaction();
            producer.beginTransaction();
            send(producer, "transactions", 0, 5, 8);
            producer.abortTransaction();
            producer.beginTransaction();
            send(producer, "transactions", 0, 8, 10);
            producer.sendOffsetsToTransaction(Map.of(new TopicPartition("codec-none", 0),
                new OffsetAndMetadata(7, "in a transaction")), new ConsumerGroupMetadata("of-transactions"));
            producer.commitTransaction();
        }
        try (KafkaProducer<byte[], byte[]> producer = transactional("moldau-b")) {
            producer.beginTransaction();
            send(producer, "transactions", 0, 10, 12);
            producer.abortTransaction();
        }
    }

    private void groups() throws Exception {
        commit("classic", "classic", 20);
        commit("classic", "classic", 30);
        commit("consumer", "consumer", 10);
        var alone = Map.of(new TopicPartition("codec-zstd", 0), new OffsetAndMetadata(3));
        admin.alterConsumerGroupOffsets("without-members", alone).all().get();
    }

    /** Joins, reads at least one record of each partition, commits `offset` for codec-none, leaves. */
    private void commit(String group, String protocol, long offset) {
        Properties properties = new Properties();
        properties.put("bootstrap.servers", bootstrap);
        properties.put("group.id", group);
        properties.put("group.protocol", protocol);
        properties.put("auto.offset.reset", "earliest");
        properties.put("enable.auto.commit", "false");
        try (KafkaConsumer<byte[], byte[]> consumer =
                 new KafkaConsumer<>(properties, new ByteArrayDeserializer(), new ByteArrayDeserializer())) {
            consumer.subscribe(List.of("codec-none", "codec-gzip"));
            while (consumer.assignment().size() < 2) {
                consumer.poll(Duration.ofMillis(100));
            }
            consumer.commitSync(Map.of(
                new TopicPartition("codec-none", 0), new OffsetAndMetadata(offset, "metadata of " + offset),
                new TopicPartition("codec-gzip", 0), new OffsetAndMetadata(offset + 1)));
        }
    }
}
