import java.io.BufferedOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.apache.kafka.common.serialization.StringDeserializer;

/**
 * Reads what is committed of topics, each from its beginning: Committed BOOTSTRAP TOPIC... It waits for topics that are not there yet.
 *
 * Prints a line for each record: topic, partition, offset, key and value with tabs between them; no key or value is \N. A line on
 * standard input lets it read up to the end of every partition, whatever is committed, and end: it does not get there while a
 * transaction is open.
 */
public final class Committed {
    private final Admin admin;
    private final KafkaConsumer<String, String> consumer;
    private final PrintStream out = new PrintStream(new BufferedOutputStream(System.out, 1 << 16), false, StandardCharsets.UTF_8);
    private final Set<String> awaited = new TreeSet<>();
    private final Set<TopicPartition> partitions = new HashSet<>();

    private Committed(Admin admin, KafkaConsumer<String, String> consumer) {
        this.admin = admin;
        this.consumer = consumer;
    }

    public static void main(String[] arguments) throws Exception {
        Map<String, Object> properties = Map.of("bootstrap.servers", arguments[0], "isolation.level", "read_committed",
            "auto.offset.reset", "earliest", "allow.auto.create.topics", "false");
        try (Admin admin = Admin.create(Map.of("bootstrap.servers", arguments[0]));
                KafkaConsumer<String, String> consumer =
                    new KafkaConsumer<>(properties, new StringDeserializer(), new StringDeserializer())) {
            Committed reader = new Committed(admin, consumer);
            reader.awaited.addAll(List.of(arguments).subList(1, arguments.length));
            while (System.in.available() == 0) {
                reader.findTopics();
                reader.read();
            }
            reader.readToEnd();
        }
    }

    private void findTopics() throws Exception {
        for (String topic : List.copyOf(awaited)) {
            try {
                admin.describeTopics(List.of(topic)).allTopicNames().get(60, TimeUnit.SECONDS).get(topic).partitions()
                    .forEach(partition -> partitions.add(new TopicPartition(topic, partition.partition())));
                awaited.remove(topic);
                consumer.assign(partitions);
            } catch (ExecutionException error) {
                if (!(error.getCause() instanceof UnknownTopicOrPartitionException)) {
                    throw error;
                }
            }
        }
    }

    private void read() throws Exception {
        if (partitions.isEmpty()) {
            Thread.sleep(100);
            return;
        }
        for (ConsumerRecord<String, String> record : consumer.poll(Duration.ofMillis(100))) {
            out.println(String.join("\t", record.topic(), Integer.toString(record.partition()), Long.toString(record.offset()),
                orNone(record.key()), orNone(record.value())));
        }
        out.flush();
    }

    private static String orNone(String text) {
        return text == null ? "\\N" : text;
    }

    private void readToEnd() throws Exception {
        Map<TopicPartition, OffsetSpec> latest =
            partitions.stream().collect(Collectors.toMap(partition -> partition, partition -> OffsetSpec.latest()));
        Map<TopicPartition, Long> ends = new HashMap<>();
        admin.listOffsets(latest).all().get(60, TimeUnit.SECONDS).forEach((partition, end) -> ends.put(partition, end.offset()));
        while (ends.entrySet().stream().anyMatch(end -> consumer.position(end.getKey()) < end.getValue())) {
            read();
        }
    }
}
