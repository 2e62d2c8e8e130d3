package check;

/** A stretch of reads in one partition with no seek, assignment or rebalance in it. */
final class Scan {
    final Partition partition;
    final Session session;
    /** When its position was set. */
    final long began;
    /** The position that was set; -1 where the reader did not say. */
    final long from;
    Read last;

    Scan(Partition partition, Session session, long began, long from) {
        this.partition = partition;
        this.session = session;
        this.began = began;
        this.from = from;
    }
}
