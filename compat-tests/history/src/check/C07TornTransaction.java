package check;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The final read of what is committed has all of a transaction or nothing, over all partitions; and where an offset was committed that
 * none but the transaction committed, it has its values.
 */
final class C07TornTransaction implements Check {
    @Override
    public void judge(History history, Findings findings) {
        if (!history.hasFinalRead) {
            return;
        }
        Set<Transaction> proven = provenByOffsets(history);
        for (Transaction transaction : history.transactions.values()) {
            // What was aborted is C5's.
            if (!transaction.isAborted()) {
                findings.examine();
                judge(transaction, transaction.isCommitted() || proven.contains(transaction), findings);
            }
        }
    }

    private static void judge(Transaction transaction, boolean isCommitted, Findings findings) {
        int seen = 0;
        Send missing = null;
        for (Send send : transaction.sends) {
            if (send.isInFinalCommitted) {
                seen++;
            } else if (mustBeThere(send)) {
                missing = send;
            }
        }
        if (missing != null && (isCommitted || seen > 0)) {
            findings.add(missing.target, Math.max(missing.firstOffset, 0), transaction + " has " + seen + " of "
                + transaction.sends.size() + " values, not " + missing + (isCommitted ? ", and its commit took effect" : ""));
        }
    }

    private static boolean mustBeThere(Send send) {
        return send.outcome != Outcome.FAIL && !send.target.isCompacted
            && !(send.partition != null && send.partition.mayBeDeleted(send.lastOffset, Operation.NEVER));
    }

    /** Those whose outcome nobody was told, though a group has the offsets that they alone committed. */
    private static Set<Transaction> provenByOffsets(History history) {
        Set<Transaction> proven = new HashSet<>();
        for (Group group : history.groups()) {
            Map<Place, List<OffsetCommit>> byPlace = new HashMap<>();
            for (OffsetCommit commit : group.commits) {
                if (!commit.isVoid()) {
                    byPlace.computeIfAbsent(new Place(commit.partition, commit.offset), at -> new ArrayList<>(1)).add(commit);
                }
            }
            for (OffsetFetch fetch : group.fetches) {
                List<OffsetCommit> found = byPlace.getOrDefault(new Place(fetch.partition, fetch.offset), List.of());
                if (found.size() == 1 && found.get(0).transaction != null) {
                    proven.add(found.get(0).transaction);
                }
            }
        }
        return proven;
    }
}
