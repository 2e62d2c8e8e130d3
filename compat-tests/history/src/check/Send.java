package check;

/** A value and what is known of it. `invoked` is NEVER while only a reader or an acknowledgement has named it. */
final class Send {
    final long value;
    Session session;
    long invoked = Operation.NEVER;
    long ended = Operation.NEVER;
    Outcome outcome = Outcome.UNKNOWN;
    Transaction transaction;
    /** Where it was sent to. */
    Partition target;
    /** Of record key, content, headers and timestamp. */
    long digest;
    String recordKey;
    boolean isTombstone;
    /** Of a copy: where the original lies. */
    Partition source;
    long sourceOffset;

    /** Where it lies; null until an acknowledgement or a reader says so. */
    Partition partition;
    long firstOffset = -1;
    long lastOffset = -1;
    boolean isRead;
    boolean isReadCommitted;
    boolean isInFinalCommitted;
    boolean isInFinalUncommitted;

    Send(long value) {
        this.value = value;
    }

    boolean isAcknowledged() {
        return outcome == Outcome.OK;
    }

    /** Its client may rely on it: acknowledged, and so is the commit of its transaction. */
    boolean isPromised() {
        return isAcknowledged() && (transaction == null || transaction.isCommitted());
    }

    /** A reader of what is committed has to see it where it passes. */
    boolean isCommitted() {
        return transaction == null || !transaction.isAborted() && (transaction.isCommitted() || transaction.isProven());
    }

    /** No reader of what is committed may see it. */
    boolean isAborted() {
        return outcome == Outcome.FAIL || transaction != null && transaction.isAborted();
    }

    @Override
    public String toString() {
        return (value >> 40) + ":" + (value & (1L << 40) - 1);
    }
}
