import org.apache.kafka.streams.KeyValue;
import org.apache.kafka.streams.kstream.KStream;
import org.apache.kafka.streams.kstream.Windowed;

/** Counts of windows as results: their keys are KIND/KEY/START, where a window starts so many milliseconds behind the start of the run. */
final class WindowedCounts {
    private WindowedCounts() {
    }

    static void send(String kind, KStream<Windowed<String>, Long> counts, long beganMs) {
        // A session that grows is taken back under its former end first: no result. Nor is what only lets time pass.
        counts.filter((window, count) -> count != null && !window.key().equals(Example.END))
            .map((window, count) -> KeyValue.pair(key(kind, window.key(), window.window().start() - beganMs), count.toString()))
            .to(Example.OUTPUT);
    }

    static String key(String kind, String key, long startMs) {
        return kind + "/" + key + "/" + startMs;
    }
}
