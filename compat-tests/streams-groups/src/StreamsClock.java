import java.util.Comparator;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.coordinator.common.runtime.CoordinatorRecord;
import org.apache.kafka.coordinator.common.runtime.CoordinatorTimer;

/** The time of a life and the timers that run in it. */
final class StreamsClock implements CoordinatorTimer<CoordinatorRecord> {
    private record Timer(long deadlineMs, TimeoutOperation<CoordinatorRecord> operation) { }

    final Now time = new Now();
    private final Map<String, Timer> timers = new TreeMap<>();

    /** Moves by itself never. */
    static final class Now implements org.apache.kafka.common.utils.Time {
        long ms = 1_700_000_000_000L;

        @Override
        public long milliseconds() {
            return ms;
        }

        @Override
        public long nanoseconds() {
            return ms * 1_000_000;
        }

        @Override
        public long hiResClockMs() {
            return ms;
        }

        @Override
        public void sleep(long unused) { }

        @Override
        public void waitObject(Object object, java.util.function.Supplier<Boolean> condition, long deadlineMs) {
            throw new UnsupportedOperationException();
        }

        @Override
        public org.apache.kafka.common.utils.Timer timer(long timeoutMs) {
            throw new UnsupportedOperationException();
        }

        @Override
        public org.apache.kafka.common.utils.Timer timer(java.time.Duration timeout) {
            throw new UnsupportedOperationException();
        }
    }

    /** The name under which both sides know a timer. */
    private static String name(String key) {
        return key.replaceFirst("^session-timeout-group-", "session ")
            .replaceFirst("^rebalance-timeout-group-", "revocation ")
            .replaceFirst("^initial-rebalance-timeout-group$", "delay ");
    }

    /** The name of the timer that is due first, by then; of those that are due alike the first by name. */
    Optional<String> due(long untilMs) {
        return timers.entrySet().stream()
            .filter(timer -> timer.getValue().deadlineMs() <= untilMs)
            .min(Comparator.comparing(timer -> timer.getValue().deadlineMs()))
            .map(Map.Entry::getKey);
    }

    /** Its time has come: what it is for. */
    TimeoutOperation<CoordinatorRecord> fire(String name) {
        Timer timer = timers.remove(name);
        time.ms = timer.deadlineMs();
        return timer.operation();
    }

    void clear() {
        timers.clear();
    }

    String text() {
        StringBuilder text = new StringBuilder();
        timers.forEach((name, timer) -> text.append("timer ").append(name).append(' ').append(timer.deadlineMs()).append('\n'));
        return text.toString();
    }

    @Override
    public void schedule(String key, long delay, TimeUnit unit, boolean retry, TimeoutOperation<CoordinatorRecord> operation) {
        timers.put(name(key), new Timer(time.ms + unit.toMillis(delay), operation));
    }

    @Override
    public void schedule(
        String key, long delay, TimeUnit unit, boolean retry, long backoff, TimeoutOperation<CoordinatorRecord> operation
    ) {
        schedule(key, delay, unit, retry, operation);
    }

    @Override
    public void scheduleIfAbsent(
        String key, long delay, TimeUnit unit, boolean retry, TimeoutOperation<CoordinatorRecord> operation
    ) {
        if (!isScheduled(key)) {
            schedule(key, delay, unit, retry, operation);
        }
    }

    @Override
    public void cancel(String key) {
        timers.remove(name(key));
    }

    @Override
    public boolean isScheduled(String key) {
        return timers.containsKey(name(key));
    }
}
