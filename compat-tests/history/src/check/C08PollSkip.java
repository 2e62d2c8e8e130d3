package check;

/**
 * A reader does not pass over what lies in the log: not over what is committed, and a reader of everything over nothing. Only what
 * DeleteRecords may have taken may be missing; compacted partitions are C16's.
 */
final class C08PollSkip implements Check {
    @Override
    public void judge(History history, Findings findings) {
        for (Poll poll : history.polls) {
            for (Read read : poll.reads) {
                Partition partition = read.scan.partition;
                long from = read.position();
                if (from < 0 || partition.isCompacted) {
                    continue;
                }
                findings.examine();
                long skipped = firstSkipped(read, from);
                if (skipped < read.offset) {
                    findings.add(partition, skipped, poll.session + " came from " + from + " to " + read.offset + " of " + partition
                        + " and not by " + partition.log.get(skipped));
                }
            }
        }
    }

    private static long firstSkipped(Read read, long from) {
        Partition partition = read.scan.partition;
        long at = partition.log.next(from);
        while (at < read.offset && isLegal(read, partition.log.get(at), at)) {
            at = partition.log.next(at + 1);
        }
        return at;
    }

    private static boolean isLegal(Read read, Send skipped, long offset) {
        return read.poll.session.isReadCommitted && !skipped.isCommitted()
            || read.scan.partition.mayBeDeleted(offset, read.poll.ended);
    }
}
