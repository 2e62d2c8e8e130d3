import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.streams.StreamsBuilder;
import org.apache.kafka.streams.kstream.KGroupedStream;
import org.apache.kafka.streams.kstream.KTable;
import org.apache.kafka.streams.kstream.SessionWindows;
import org.apache.kafka.streams.kstream.SlidingWindows;
import org.apache.kafka.streams.kstream.TimeWindows;
import org.apache.kafka.streams.kstream.Windowed;

/** Clicks counted by user in tumbling, hopping, sliding and session windows: each click gives the new count of each window it is in. */
final class Windows implements Example {
    private static final int USERS = 40;
    private static final int STEP_MS = 50;
    /** Behind so many clicks nobody clicks for a while. */
    private static final int CLICKS_TOGETHER = 1000;
    private static final int PAUSE_MS = 60_000;
    private static final int TUMBLING_MS = 10_000;
    private static final int HOPPING_MS = 20_000;
    private static final int HOP_MS = 5_000;
    /** No multiple of the time between two clicks of a user: no two windows are one. */
    private static final int SLIDING_MS = 5_001;
    private static final int GAP_MS = 30_000;
    private static final Duration GRACE = Duration.ofMinutes(10);

    private final long beganMs;

    Windows(long beganMs) {
        this.beganMs = beganMs;
    }

    @Override
    public List<String> inputs() {
        return List.of("clicks");
    }

    @Override
    public void build(StreamsBuilder builder) {
        KGroupedStream<String, String> clicks = builder.<String, String>stream("clicks").groupByKey();
        send("tumbling", clicks.windowedBy(TimeWindows.ofSizeAndGrace(Duration.ofMillis(TUMBLING_MS), GRACE)).count());
        send("hopping", clicks
            .windowedBy(TimeWindows.ofSizeAndGrace(Duration.ofMillis(HOPPING_MS), GRACE).advanceBy(Duration.ofMillis(HOP_MS))).count());
        send("sliding",
            clicks.windowedBy(SlidingWindows.ofTimeDifferenceAndGrace(Duration.ofMillis(SLIDING_MS), GRACE)).count());
        send("session", clicks.windowedBy(SessionWindows.ofInactivityGapAndGrace(Duration.ofMillis(GAP_MS), GRACE)).count());
    }

    private void send(String kind, KTable<Windowed<String>, Long> counts) {
        WindowedCounts.send(kind, counts.toStream(), beganMs);
    }

    @Override
    public ProducerRecord<String, String> input(int number) {
        return new ProducerRecord<>("clicks", null, beganMs + atMs(number), user(number), "click");
    }

    @Override
    public int due(int inputs) {
        // In one tumbling window, one session, some hopping windows and at least one sliding window.
        return (3 + HOPPING_MS / HOP_MS) * inputs;
    }

    @Override
    public Expected expected(int inputs) {
        Expected expected = Expected.each();
        Map<String, Long> sessions = new HashMap<>();
        Map<String, List<Long>> clicks = new HashMap<>();
        for (int number = 0; number < inputs; number++) {
            long atMs = atMs(number);
            String user = user(number);
            expected.addNext(WindowedCounts.key("tumbling", user, atMs / TUMBLING_MS * TUMBLING_MS));
            for (long start = atMs / HOP_MS * HOP_MS; start > atMs - HOPPING_MS; start -= HOP_MS) {
                expected.addNext(WindowedCounts.key("hopping", user, start));
            }
            List<Long> earlier = clicks.computeIfAbsent(user, any -> new ArrayList<>());
            if (earlier.isEmpty() || atMs - earlier.get(earlier.size() - 1) > GAP_MS) {
                sessions.put(user, atMs);
            }
            expected.addNext(WindowedCounts.key("session", user, sessions.get(user)));
            addSliding(expected, user, earlier, atMs);
            earlier.add(atMs);
        }
        return expected;
    }

    /** A click is in the window that ends with it, and in each that begins right behind an earlier one and has not ended. */
    private static void addSliding(Expected expected, String user, List<Long> earlier, long atMs) {
        int inWindow = 1;
        for (int i = earlier.size() - 1; i >= 0 && earlier.get(i) >= atMs - SLIDING_MS; i--) {
            expected.addNext(WindowedCounts.key("sliding", user, earlier.get(i) + 1));
            inWindow++;
        }
        expected.add(WindowedCounts.key("sliding", user, atMs - SLIDING_MS), Integer.toString(inWindow));
    }

    private static long atMs(int number) {
        return (long) (number + 1) * STEP_MS + (long) (number / CLICKS_TOGETHER) * PAUSE_MS;
    }

    private static String user(int number) {
        return "user" + number % USERS;
    }
}
