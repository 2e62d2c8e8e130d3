package check;

import java.util.HashMap;
import java.util.Map;

/** Where a proc stands while its events are read in their order. */
final class Proc {
    final long id;
    Session producer;
    Session consumer;
    Transaction transaction;
    long lastPollInvoked;
    /** By function and number: what was called and has not come back. */
    final Map<String, Object> open = new HashMap<>();
    private final Map<Partition, Scan> scans = new HashMap<>();

    Proc(long id) {
        this.id = id;
        producer = new Session(id, "", true, false, false);
        consumer = producer;
    }

    /** The positions in all partitions were set or given up. */
    void forgetPositions() {
        scans.clear();
    }

    /** The position in one partition was set; -1: to what the proc does not say. */
    void position(Partition partition, long time, long from) {
        scans.put(partition, new Scan(partition, consumer, time, from));
    }

    Scan scan(Partition partition, long time) {
        return scans.computeIfAbsent(partition, at -> new Scan(at, consumer, time, -1));
    }
}
