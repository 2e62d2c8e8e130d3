package check;

/** What a group had committed for one partition; -1 is nothing. */
final class OffsetFetch extends Operation {
    final Partition partition;
    final long offset;
    /** It waited for transactions that were being committed. */
    final boolean isStable;

    OffsetFetch(Operation asked, Partition partition, long offset, boolean isStable) {
        super(asked.session, asked.invoked);
        this.partition = partition;
        this.offset = offset;
        this.isStable = isStable;
    }
}
