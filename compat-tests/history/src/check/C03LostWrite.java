package check;

/**
 * What was acknowledged, or belongs to a transaction of which something was read, is read by someone where readers have come past it.
 * Compacted partitions are C16's.
 */
final class C03LostWrite implements Check {
    @Override
    public void judge(History history, Findings findings) {
        for (Send send : history.sends) {
            findings.examined += send.isPromised() ? 1 : 0;
            if (isLost(send)) {
                findings.add(send.partition, send.lastOffset, send + " was never read");
            }
        }
    }

    static boolean isLost(Send send) {
        if (send.isRead || send.partition == null || send.partition.isCompacted || send.lastOffset > send.partition.highestRead) {
            return false;
        }
        boolean has = send.isPromised() || send.transaction != null && !send.isAborted() && send.transaction.isProven();
        return has && !send.partition.mayBeDeleted(send.lastOffset, Operation.NEVER);
    }
}
