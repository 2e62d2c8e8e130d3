package check;

import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;

/**
 * No transaction reads, by way of others or none, what depends on itself: no cycle of "read a committed value of". Cycles with the
 * order of the log and that of each producer among the edges are legal in Kafka, whose transactions interleave; they are reported.
 */
final class C12Cycles implements Check {
    @Override
    public void judge(History history, Findings findings) {
        Graph reads = new Graph();
        findings.examined = addReads(history, reads);
        for (List<Transaction> cycle : reads.cycles()) {
            findings.add("transactions that have read one another: " + cycle.subList(0, Math.min(cycle.size(), 10)));
        }
        Graph all = new Graph();
        addReads(history, all);
        addNeighbours(history, all);
        addSessions(history, all);
        all.cycles().forEach(cycle -> findings.report());
    }

    /** How many. */
    private static long addReads(History history, Graph graph) {
        long added = 0;
        for (Poll poll : history.polls) {
            if (poll.transaction == null || poll.transaction.isAborted() || !poll.session.isReadCommitted) {
                continue;
            }
            for (Read read : poll.reads) {
                if (read.send.transaction != null && !read.send.transaction.isAborted()) {
                    graph.add(read.send.transaction, poll.transaction);
                    added++;
                }
            }
        }
        return added;
    }

    private static void addNeighbours(History history, Graph graph) {
        for (Partition partition : history.partitions()) {
            Transaction before = null;
            for (long at = partition.log.next(0); at != Long.MAX_VALUE; at = partition.log.next(at + 1)) {
                Send send = partition.log.get(at);
                if (send.transaction == null || !send.isCommitted()) {
                    continue;
                }
                if (before != null) {
                    graph.add(before, send.transaction);
                }
                before = send.transaction;
            }
        }
    }

    private static void addSessions(History history, Graph graph) {
        Map<Session, Transaction> latest = new IdentityHashMap<>();
        for (Transaction transaction : history.transactions.values()) {
            Transaction before = latest.put(transaction.session, transaction);
            if (before != null) {
                graph.add(before, transaction);
            }
        }
    }
}
