import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.StringDeserializer;

/**
 * Judge BOOTSTRAP EXAMPLE BEGAN_MS RECORDS reads the results that are committed, says "seen N" now and then, and ends when all that have
 * to be there are. Status 1 with a word about why where one is wrong or there are more.
 */
public final class Judge {
    private static final Duration QUIET = Duration.ofSeconds(5);

    private final Expected expected;
    private final Map<String, Integer> seenOfKey = new HashMap<>();
    private final Set<String> keysAtEnd = new HashSet<>();
    private int seen;

    private Judge(Expected expected) {
        this.expected = expected;
    }

    public static void main(String[] arguments) {
        Example example = Example.of(arguments[1], Long.parseLong(arguments[2]));
        Judge judge = new Judge(example.expected(Integer.parseInt(arguments[3])));
        Map<String, Object> properties = Map.of("bootstrap.servers", arguments[0], "isolation.level", "read_committed",
            "auto.offset.reset", "earliest");
        try (KafkaConsumer<String, String> consumer =
                new KafkaConsumer<>(properties, new StringDeserializer(), new StringDeserializer())) {
            consumer.assign(IntStream.range(0, Example.PARTITIONS).mapToObj(i -> new TopicPartition(Example.OUTPUT, i)).toList());
            // Where all is as it has to be, nothing may come behind it.
            for (boolean isQuiet = false; !(isQuiet && judge.isDone());) {
                var records = consumer.poll(judge.isDone() ? QUIET : Duration.ofMillis(500));
                isQuiet = records.isEmpty();
                records.forEach(judge::take);
                System.out.println("seen " + judge.seen);
            }
        }
        System.out.println("exact");
    }

    private boolean isDone() {
        return (expected.isOnlyLatest() ? keysAtEnd.size() : seen) == expected.size();
    }

    private void take(ConsumerRecord<String, String> record) {
        seen++;
        String key = record.key();
        if (expected.isOnlyLatest()) {
            String wanted = expected.latest(key);
            if (wanted == null) {
                fail(record + ": nothing is expected of this key");
            } else if (wanted.equals(record.value())) {
                keysAtEnd.add(key);
            } else {
                keysAtEnd.remove(key);
            }
            return;
        }
        String wanted = expected.value(key, seenOfKey.merge(key, 1, Integer::sum) - 1);
        if (!record.value().equals(wanted)) {
            fail(record + " in place of " + wanted);
        }
    }

    private static void fail(String why) {
        System.out.println("FAILED: " + why);
        Runtime.getRuntime().halt(1);
    }
}
