package check;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Writes a good history of so many events, to measure the checker with: Bulk FILE EVENTS. */
public final class Bulk {
    private static final int PARTITIONS = 64;
    private static final int PER_TRANSACTION = 3;
    private static final int PER_POLL = 10;
    private static final int READERS = 2;
    private static final int BUFFER_BYTES = 1 << 20;

    private final PrintStream out;
    private final long[] ends = new long[PARTITIONS];
    private final List<List<String>> unread = new ArrayList<>();
    private long events;
    private long time;
    private long value = 1L << 40;

    private Bulk(OutputStream out) {
        this.out = new PrintStream(new BufferedOutputStream(out, BUFFER_BYTES), false, StandardCharsets.UTF_8);
        for (int i = 0; i < PARTITIONS; i++) {
            unread.add(new ArrayList<>());
        }
    }

    public static void main(String[] arguments) throws IOException {
        try (OutputStream file = Files.newOutputStream(Path.of(arguments[0]))) {
            new Bulk(file).write(Long.parseLong(arguments[1]));
        }
    }

    private void write(long wanted) {
        for (int reader = 0; reader < READERS; reader++) {
            event(100 + reader, "ok", "session", "\"role\":\"consumer\",\"committed\":true,\"final\":false");
        }
        for (int round = 0; events < wanted; round++) {
            transaction(round);
        }
        for (int partition = 0; partition < PARTITIONS; partition++) {
            read(partition);
        }
        out.flush();
    }

    private void transaction(int round) {
        long id = ++value;
        event(1, "ok", "txn_begin", "\"txn\":" + id);
        for (int i = 0; i < PER_TRANSACTION; i++) {
            int partition = (round + i) % PARTITIONS;
            long sent = ++value;
            event(1, "invoke", "send", "\"v\":" + sent + ",\"k\":\"topic/" + partition + "\",\"txn\":" + id + ",\"d\":" + sent % 1000003);
            event(1, "ok", "send", "\"v\":" + sent + ",\"off\":" + ends[partition]);
            unread.get(partition).add("[\"topic/" + partition + "\"," + ends[partition]++ + "," + sent + "," + sent % 1000003 + "]");
        }
        event(1, "invoke", "commit", "\"txn\":" + id);
        event(1, "ok", "commit", "\"txn\":" + id);
        if (unread.get(round % PARTITIONS).size() >= PER_POLL) {
            read(round % PARTITIONS);
        }
        if (round % PARTITIONS == 0) {
            event(100, "invoke", "commit_offsets", "\"group\":\"g\",\"n\":" + round + ",\"ops\":[[\"topic/0\"," + ends[0] + "]]");
            event(100, "ok", "commit_offsets", "\"n\":" + round);
            event(101, "invoke", "fetch_committed", "\"n\":0");
            event(101, "ok", "fetch_committed", "\"n\":0,\"group\":\"g\",\"ops\":[[\"topic/0\"," + ends[0] + "]]");
        }
    }

    private void read(int partition) {
        for (int reader = 0; reader < READERS; reader++) {
            event(100 + reader, "invoke", "poll", "\"n\":0");
            event(100 + reader, "ok", "poll", "\"ops\":[" + String.join(",", unread.get(partition)) + "]");
        }
        unread.get(partition).clear();
    }

    private void event(int proc, String type, String function, String fields) {
        events++;
        out.append("{\"t\":" + (time += 1000) + ",\"proc\":" + proc + ",\"type\":\"" + type + "\",\"f\":\"" + function + "\"," + fields + "}\n");
    }
}
