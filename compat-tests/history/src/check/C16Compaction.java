package check;

import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/**
 * In a compacted partition a reader passes over nothing but what a later record of the same key replaces, and tombstones that are older
 * than delete.retention.ms; what one reader has found gone does not come back for one that begins later.
 */
final class C16Compaction implements Check {
    @Override
    public void judge(History history, Findings findings) {
        Map<Partition, Replacements> replacements = new HashMap<>();
        for (Partition partition : history.partitions()) {
            if (partition.isCompacted) {
                replacements.put(partition, new Replacements(partition));
            }
        }
        if (replacements.isEmpty()) {
            return;
        }
        Set<Send> lost = new HashSet<>();
        Map<Send, Long> goneSince = new HashMap<>();
        for (Poll poll : history.polls) {
            for (Read read : poll.reads) {
                if (read.scan.partition.isCompacted) {
                    judge(read, replacements.get(read.scan.partition), goneSince, lost);
                }
            }
        }
        if (history.hasFinalRead) {
            replacements.values().forEach(each -> each.addMissing(lost));
        }
        findings.examined = goneSince.size();
        for (Send send : lost) {
            findings.add(send.partition, send.firstOffset, send + ", the latest of key " + send.recordKey
                + (send.isTombstone ? ", a tombstone" : "") + ", is gone");
        }
        judgeReturns(history, goneSince, findings);
    }

    private static void judge(Read read, Replacements replacements, Map<Send, Long> goneSince, Set<Send> lost) {
        Partition partition = read.scan.partition;
        long from = read.position();
        if (from < 0) {
            return;
        }
        long ended = read.poll.ended;
        for (long at = partition.log.next(from); at < read.offset; at = partition.log.next(at + 1)) {
            Send skipped = partition.log.get(at);
            // The cleaner takes aborted records as well.
            if (!skipped.isCommitted()) {
                continue;
            }
            goneSince.merge(skipped, ended, Math::min);
            boolean isOldTombstone = skipped.isTombstone && ended - skipped.invoked >= partition.deleteRetentionNs;
            if (!isOldTombstone && !replacements.has(skipped, ended)) {
                lost.add(skipped);
            }
        }
    }

    private static void judgeReturns(History history, Map<Send, Long> goneSince, Findings findings) {
        for (Poll poll : history.polls) {
            for (Read read : poll.reads) {
                if (goneSince.getOrDefault(read.send, Operation.NEVER) < read.scan.began) {
                    findings.add(read.scan.partition, read.offset, read.send + " was gone and is back for " + poll.session);
                }
            }
        }
    }
}
