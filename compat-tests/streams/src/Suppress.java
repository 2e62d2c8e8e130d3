import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.Serdes;
import org.apache.kafka.common.utils.Bytes;
import org.apache.kafka.streams.StreamsBuilder;
import org.apache.kafka.streams.kstream.EmitStrategy;
import org.apache.kafka.streams.kstream.Grouped;
import org.apache.kafka.streams.kstream.KGroupedStream;
import org.apache.kafka.streams.kstream.Materialized;
import org.apache.kafka.streams.kstream.Suppressed;
import org.apache.kafka.streams.kstream.Suppressed.BufferConfig;
import org.apache.kafka.streams.kstream.TimeWindows;
import org.apache.kafka.streams.state.WindowStore;

/**
 * Readings of sensors, some a little late, counted in windows that tell their count once, when they have closed: held back by suppress,
 * and by the strategy of emitting when a window closes. The end closes the last ones.
 */
final class Suppress implements Example {
    private static final int SENSORS = 20;
    private static final int STEP_MS = 100;
    private static final int SIZE_MS = 10_000;
    private static final Duration GRACE = Duration.ofSeconds(30);
    private static final Duration ALL_OF_IT = Duration.ofHours(3);

    private final long beganMs;

    Suppress(long beganMs) {
        this.beganMs = beganMs;
    }

    @Override
    public List<String> inputs() {
        return List.of("readings");
    }

    @Override
    public void build(StreamsBuilder builder) {
        TimeWindows windows = TimeWindows.ofSizeAndGrace(Duration.ofMillis(SIZE_MS), GRACE);
        // What is held back goes to a topic as well, by the serde of the key.
        KGroupedStream<String, String> readings =
            builder.<String, String>stream("readings").groupByKey(Grouped.with(Serdes.String(), Serdes.String()));
        WindowedCounts.send("suppress", readings.windowedBy(windows).count()
            .suppress(Suppressed.untilWindowCloses(BufferConfig.unbounded())).toStream(), beganMs);
        // Emitted at most once a second of the clock: until then the store has to remember them.
        WindowedCounts.send("emit", readings.windowedBy(windows).emitStrategy(EmitStrategy.onWindowClose())
            .count(Materialized.<String, Long, WindowStore<Bytes, byte[]>>as("emitted").withRetention(ALL_OF_IT)).toStream(), beganMs);
    }

    @Override
    public ProducerRecord<String, String> input(int number) {
        return new ProducerRecord<>("readings", null, beganMs + atMs(number), sensor(number), "reading");
    }

    @Override
    public List<ProducerRecord<String, String>> end(int partition) {
        return List.of(new ProducerRecord<>("readings", partition, beganMs + ALL_OF_IT.toMillis(), END, ""));
    }

    @Override
    public int due(int inputs) {
        return 0;
    }

    @Override
    public Expected expected(int inputs) {
        Map<String, Integer> counts = new TreeMap<>();
        for (int number = 0; number < inputs; number++) {
            long startMs = atMs(number) / SIZE_MS * SIZE_MS;
            counts.merge(WindowedCounts.key("suppress", sensor(number), startMs), 1, Integer::sum);
            counts.merge(WindowedCounts.key("emit", sensor(number), startMs), 1, Integer::sum);
        }
        Expected expected = Expected.each();
        counts.forEach((key, count) -> expected.add(key, count.toString()));
        return expected;
    }

    private static long atMs(int number) {
        // Every tenth reading comes when later ones have been sent, but long before its window closes.
        return (long) (number + 200) * STEP_MS - (number % 10 == 0 ? SIZE_MS : 0);
    }

    private static String sensor(int number) {
        return "sensor" + number % SENSORS;
    }
}
