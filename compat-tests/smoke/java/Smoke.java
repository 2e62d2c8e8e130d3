import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.TopicExistsException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;

/** The Java client's everyday calls: topics, idempotent producers with each codec, a classic group, times. */
public final class Smoke {
    private static final int RECORDS = 3000;
    private final String bootstrap;

    private Smoke(String bootstrap) {
        this.bootstrap = bootstrap;
    }

    public static void main(String[] args) throws Exception {
        Smoke smoke = new Smoke(args[0]);
        smoke.topics();
        for (String codec : List.of("none", "gzip", "snappy", "lz4", "zstd")) {
            smoke.produceAndConsume(codec);
        }
        smoke.groupGoesOn();
        smoke.offsetsByTime();
        System.out.println("java: ok");
    }

    private static void check(boolean holds, String what) {
        if (!holds) {
            throw new AssertionError(what);
        }
    }

    private Properties common() {
        Properties properties = new Properties();
        properties.put("bootstrap.servers", bootstrap);
        return properties;
    }

    private Properties consumerOf(String group) {
        Properties properties = common();
        properties.put("group.id", group);
        properties.put("auto.offset.reset", "earliest");
        properties.put("enable.auto.commit", "false");
        return properties;
    }

    private void create(String topic, int partitions) throws Exception {
        try (Admin admin = Admin.create(common())) {
            admin.createTopics(List.of(new NewTopic(topic, partitions, (short) 1))).all().get();
        }
    }

    private void topics() throws Exception {
        create("java-topics", 3);
        try (Admin admin = Admin.create(common())) {
            TopicDescription described =
                admin.describeTopics(List.of("java-topics")).allTopicNames().get().get("java-topics");
            check(described.partitions().size() == 3, "three partitions");
            check(admin.describeCluster().nodes().get().size() == 1, "one node");
            try {
                admin.createTopics(List.of(new NewTopic("java-topics", 1, (short) 1))).all().get();
                check(false, "a topic is created once");
            } catch (java.util.concurrent.ExecutionException e) {
                check(e.getCause() instanceof TopicExistsException, "the error is TOPIC_ALREADY_EXISTS");
            }
            admin.deleteTopics(List.of("java-topics")).all().get();
            try {
                admin.deleteTopics(List.of("java-topics")).all().get();
                check(false, "a topic is deleted once");
            } catch (java.util.concurrent.ExecutionException e) {
                check(e.getCause() instanceof UnknownTopicOrPartitionException, "the topic is gone");
            }
        }
    }

    private KafkaProducer<String, String> producer(String codec) {
        Properties properties = common();
        properties.put("compression.type", codec);
        properties.put("linger.ms", "2");
        return new KafkaProducer<>(properties, new StringSerializer(), new StringSerializer());
    }

    private void produceAndConsume(String codec) throws Exception {
        String topic = "java-" + codec;
        create(topic, 4);
        Map<String, String> sent = new HashMap<>();
        try (KafkaProducer<String, String> producer = producer(codec)) {
            List<java.util.concurrent.Future<RecordMetadata>> acks = new ArrayList<>();
            for (int i = 0; i < RECORDS; i++) {
                ProducerRecord<String, String> record = new ProducerRecord<>(topic, "k" + i, "v" + i);
                record.headers().add("h", ("h" + i).getBytes());
                sent.put(record.key(), record.value());
                acks.add(producer.send(record));
            }
            for (var ack : acks) {
                check(ack.get().hasOffset(), "each record has an offset");
            }
        }
        try (KafkaConsumer<String, String> consumer = new KafkaConsumer<>(
                 consumerOf("unused"), new StringDeserializer(), new StringDeserializer())) {
            List<TopicPartition> partitions = new ArrayList<>();
            consumer.partitionsFor(topic).forEach(p -> partitions.add(new TopicPartition(topic, p.partition())));
            check(partitions.size() == 4, "four partitions");
            consumer.assign(partitions);
            consumer.seekToBeginning(partitions);
            Map<String, String> got = new HashMap<>();
            int count = 0;
            long deadline = System.nanoTime() + Duration.ofSeconds(30).toNanos();
            while (count < RECORDS && System.nanoTime() < deadline) {
                for (ConsumerRecord<String, String> record : consumer.poll(Duration.ofMillis(200))) {
                    got.put(record.key(), record.value());
                    String header = new String(record.headers().lastHeader("h").value());
                    check(header.equals("h" + record.key().substring(1)), "the header belongs to the record");
                    count++;
                }
            }
            check(count == RECORDS && got.equals(sent), codec + ": got " + count + " records");
        }
    }

    private void groupGoesOn() throws Exception {
        create("java-group", 2);
        try (KafkaProducer<String, String> producer = producer("none")) {
            for (int i = 0; i < RECORDS; i++) {
                producer.send(new ProducerRecord<>("java-group", i % 2, null, "v" + i));
            }
        }
        Set<String> seen = new HashSet<>();
        for (int round = 0; round < 2; round++) {
            Properties properties = consumerOf("java-smoke");
            properties.put("max.poll.records", "100");
            try (KafkaConsumer<String, String> consumer =
                     new KafkaConsumer<>(properties, new StringDeserializer(), new StringDeserializer())) {
                consumer.subscribe(List.of("java-group"));
                int wanted = round == 0 ? RECORDS / 2 : RECORDS;
                long deadline = System.nanoTime() + Duration.ofSeconds(60).toNanos();
                while (seen.size() < wanted && System.nanoTime() < deadline) {
                    for (ConsumerRecord<String, String> record : consumer.poll(Duration.ofMillis(200))) {
                        check(seen.add(record.value()), "no record comes twice: " + record.value());
                    }
                    consumer.commitSync();
                }
                check(seen.size() >= wanted, "the group got " + seen.size() + " of " + wanted);
            }
        }
        try (Admin admin = Admin.create(common())) {
            Map<TopicPartition, OffsetAndMetadata> committed =
                admin.listConsumerGroupOffsets("java-smoke").partitionsToOffsetAndMetadata().get();
            long total = committed.values().stream().mapToLong(OffsetAndMetadata::offset).sum();
            check(total == RECORDS, "committed offsets add up to " + total);
        }
    }

    private void offsetsByTime() throws Exception {
        create("java-times", 1);
        TopicPartition partition = new TopicPartition("java-times", 0);
        long start = System.currentTimeMillis() - 100_000;
        try (KafkaProducer<String, String> producer = producer("lz4")) {
            for (int i = 0; i < 100; i++) {
                producer.send(new ProducerRecord<>("java-times", 0, start + 1000L * i, null, "v" + i)).get();
            }
        }
        try (KafkaConsumer<String, String> consumer = new KafkaConsumer<>(
                 consumerOf("unused"), new StringDeserializer(), new StringDeserializer())) {
            check(consumer.endOffsets(List.of(partition)).get(partition) == 100, "the end is 100");
            check(consumer.beginningOffsets(List.of(partition)).get(partition) == 0, "the start is 0");
            var found = consumer.offsetsForTimes(Map.of(partition, start + 41_500));
            check(found.get(partition).offset() == 42, "the first record at or after the time is 42");
        }
    }
}
