package check;

/** Of one partition in one group; that of a transaction takes effect with its commit. */
final class OffsetCommit extends Operation {
    final Partition partition;
    final long offset;
    final Transaction transaction;

    OffsetCommit(Session session, long invoked, Partition partition, long offset, Transaction transaction) {
        super(session, invoked);
        this.partition = partition;
        this.offset = offset;
        this.transaction = transaction;
    }

    long begins() {
        return transaction == null ? invoked : transaction.commitInvoked;
    }

    /** NEVER as long as it may still take effect. */
    long ends() {
        return !isSure() ? NEVER : transaction == null ? ended : transaction.commitEnded;
    }

    boolean isSure() {
        return isOk() && (transaction == null || transaction.isCommitted());
    }

    boolean isVoid() {
        return outcome == Outcome.FAIL || transaction != null && (transaction.isAborted() || transaction.commitInvoked == NEVER);
    }
}
