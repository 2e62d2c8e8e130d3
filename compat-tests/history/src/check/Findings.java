package check;

import java.util.ArrayList;
import java.util.List;

/** What one check has found: how often, and the first few. */
final class Findings {
    static final int WITNESSES = 8;
    private static final int NEIGHBOURS = 3;

    final List<String> witnesses = new ArrayList<>();
    long count;
    /** How many things there were to be judged. */
    long examined;
    /** What is legal and told all the same. */
    long reported;

    /** A violation at that offset; its witness has what lies around it. */
    void add(Partition partition, long offset, String text) {
        if (count++ < WITNESSES) {
            witnesses.add(text + around(partition, offset));
        }
    }

    void add(String text) {
        if (count++ < WITNESSES) {
            witnesses.add(text);
        }
    }

    void examine() {
        examined++;
    }

    void report() {
        reported++;
    }

    private static String around(Partition partition, long offset) {
        long from = offset;
        for (int i = 0; i < NEIGHBOURS && partition.log.previous(from - 1) >= 0; i++) {
            from = partition.log.previous(from - 1);
        }
        StringBuilder text = new StringBuilder("; ").append(partition).append(" has");
        long at = partition.log.next(from);
        for (int i = 0; i <= 2 * NEIGHBOURS && at != Long.MAX_VALUE; i++) {
            text.append(' ').append(at).append('=').append(describe(partition.log.get(at)));
            at = partition.log.next(at + 1);
        }
        return text.toString();
    }

    private static String describe(Send send) {
        String transaction = send.transaction == null ? "" : "," + send.transaction
            + (send.transaction.isCommitted() ? " committed" : send.transaction.isAborted() ? " aborted" : " unknown");
        return send + "(" + send.outcome.name().toLowerCase() + (send.isRead ? "" : ",unread") + transaction + ")";
    }
}
