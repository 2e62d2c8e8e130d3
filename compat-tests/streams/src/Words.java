import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.LongDeserializer;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;

/**
 * Feeds and judges the application that counts words.
 *
 *   Words create BOOTSTRAP          its topics
 *   Words feed BOOTSTRAP            sends as many words as each line on standard input says; all have to be acknowledged
 *   Words judge BOOTSTRAP COUNT     reads the counts that are committed until there are as many, and prints "seen N" now and then.
 *                                   The counts of a word have to be one more each time. Status 1 with a word about why otherwise.
 */
public final class Words {
    private static final int DIFFERENT = 1000;
    private static final int PARTITIONS = 4;

    private Words() {
    }

    public static void main(String[] arguments) throws Exception {
        switch (arguments[0]) {
            case "create" -> create(arguments[1]);
            case "feed" -> feed(arguments[1]);
            case "judge" -> judge(arguments[1], Integer.parseInt(arguments[2]));
            default -> throw new IllegalArgumentException(arguments[0]);
        }
    }

    private static void create(String bootstrap) throws Exception {
        try (Admin admin = Admin.create(Map.of("bootstrap.servers", bootstrap))) {
            admin.createTopics(List.of(new NewTopic("words", PARTITIONS, (short) 1), new NewTopic("counts", PARTITIONS, (short) 1)))
                .all().get(30, TimeUnit.SECONDS);
        }
    }

    private static String word(int index) {
        return "word" + index % DIFFERENT;
    }

    private static void feed(String bootstrap) throws Exception {
        Map<String, Object> properties = Map.of("bootstrap.servers", bootstrap, "linger.ms", "20", "delivery.timeout.ms", "600000");
        BufferedReader orders = new BufferedReader(new InputStreamReader(System.in));
        try (KafkaProducer<String, String> producer =
                new KafkaProducer<>(properties, new StringSerializer(), new StringSerializer())) {
            int sent = 0;
            for (String order = orders.readLine(); order != null; order = orders.readLine()) {
                for (int end = sent + Integer.parseInt(order); sent < end; sent++) {
                    producer.send(new ProducerRecord<>("words", word(sent)), (metadata, error) -> {
                        if (error != null) {
                            fail(error.toString());
                        }
                    });
                }
                producer.flush();
            }
        }
    }

    private static void judge(String bootstrap, int wanted) throws Exception {
        Map<String, Object> properties = Map.of("bootstrap.servers", bootstrap, "isolation.level", "read_committed",
            "auto.offset.reset", "earliest");
        Map<String, Long> latest = new HashMap<>();
        int seen = 0;
        try (KafkaConsumer<String, Long> consumer =
                new KafkaConsumer<>(properties, new StringDeserializer(), new LongDeserializer())) {
            consumer.assign(IntStream.range(0, PARTITIONS).mapToObj(i -> new TopicPartition("counts", i)).toList());
            while (seen < wanted) {
                for (ConsumerRecord<String, Long> record : consumer.poll(Duration.ofMillis(500))) {
                    long expected = latest.merge(record.key(), 1L, Long::sum);
                    if (record.value() != expected) {
                        fail(record + " in place of count " + expected);
                    }
                    seen++;
                }
                System.out.println("seen " + seen);
            }
            if (!consumer.poll(Duration.ofSeconds(5)).isEmpty()) {
                fail("more counts than words");
            }
        }
        for (int i = 0; i < DIFFERENT; i++) {
            long times = wanted / DIFFERENT + (i < wanted % DIFFERENT ? 1 : 0);
            if (latest.getOrDefault(word(i), 0L) != times) {
                fail(word(i) + " has " + latest.get(word(i)) + " in place of " + times);
            }
        }
        System.out.println("exact");
    }

    private static void fail(String why) {
        System.out.println("FAILED: " + why);
        Runtime.getRuntime().halt(1);
    }
}
