import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.Serdes;
import org.apache.kafka.common.serialization.StringSerializer;
import org.apache.kafka.streams.KafkaStreams;
import org.apache.kafka.streams.StreamsBuilder;
import org.apache.kafka.streams.errors.StreamsUncaughtExceptionHandler.StreamThreadExceptionResponse;
import org.apache.kafka.streams.kstream.Materialized;
import org.apache.kafka.streams.state.Stores;

/**
 * A Streams application that counts words, through a repartition topic, in a store that its changelog topic alone keeps:
 * StreamsCount BOOTSTRAP FOLDER. Its second life has to find the counts of the first. Status 1 with a word about why otherwise.
 */
public final class StreamsCount {
    private static final List<String> WORDS = List.of("one", "two", "two", "three", "three", "three");
    private static final int ROUNDS = 100;
    private final Map<String, Long> counts = new HashMap<>();
    private final String bootstrap;
    private final String folder;

    private StreamsCount(String bootstrap, String folder) {
        this.bootstrap = bootstrap;
        this.folder = folder;
    }

    public static void main(String[] arguments) throws Exception {
        StreamsCount application = new StreamsCount(arguments[0], arguments[1]);
        try (Admin admin = Admin.create(Map.of("bootstrap.servers", arguments[0]))) {
            admin.createTopics(List.of(new NewTopic("words", 2, (short) 1))).all().get(30, TimeUnit.SECONDS);
        }
        for (int life = 1; life <= 2; life++) {
            application.produce();
            application.live(Map.of("one", 100L * life, "two", 200L * life, "three", 300L * life));
            System.out.println("ok life " + life);
        }
    }

    private void produce() {
        Map<String, Object> properties = Map.of("bootstrap.servers", bootstrap);
        try (KafkaProducer<String, String> producer =
                new KafkaProducer<>(properties, new StringSerializer(), new StringSerializer())) {
            for (int round = 0; round < ROUNDS; round++) {
                for (String word : WORDS) {
                    producer.send(new ProducerRecord<>("words", null, word));
                }
            }
        }
    }

    private KafkaStreams build() {
        StreamsBuilder builder = new StreamsBuilder();
        builder.<String, String>stream("words").selectKey((key, word) -> word).groupByKey()
            .count(Materialized.<String, Long>as(Stores.inMemoryKeyValueStore("counts")))
            .toStream().foreach((word, count) -> {
                synchronized (counts) {
                    counts.put(word, count);
                    counts.notifyAll();
                }
            });
        Properties properties = new Properties();
        properties.put("bootstrap.servers", bootstrap);
        properties.put("application.id", "counting");
        properties.put("state.dir", folder);
        properties.put("default.key.serde", Serdes.StringSerde.class);
        properties.put("default.value.serde", Serdes.StringSerde.class);
        properties.put("commit.interval.ms", "200");
        properties.put("session.timeout.ms", "6000");
        properties.put("auto.offset.reset", "earliest");
        return new KafkaStreams(builder.build(), properties);
    }

    private void live(Map<String, Long> wanted) throws Exception {
        KafkaStreams streams = build();
        CountDownLatch failed = new CountDownLatch(1);
        streams.setUncaughtExceptionHandler(error -> {
            error.printStackTrace();
            failed.countDown();
            return StreamThreadExceptionResponse.SHUTDOWN_CLIENT;
        });
        counts.clear();
        streams.start();
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
        synchronized (counts) {
            while (!counts.equals(wanted) && failed.getCount() > 0 && System.nanoTime() < deadline) {
                counts.wait(100);
            }
        }
        boolean closed = streams.close(Duration.ofSeconds(30));
        streams.cleanUp();
        if (failed.getCount() == 0 || !closed || !counts.equals(wanted)) {
            System.out.println("FAILED: " + counts + " in place of " + wanted + (closed ? "" : ", and it does not close"));
            System.exit(1);
        }
    }
}
