package check;

/**
 * What was acknowledged is in both final reads, at either isolation level. What C3 calls lost is not counted twice; compacted
 * partitions are C16's.
 */
final class C04Unseen implements Check {
    @Override
    public void judge(History history, Findings findings) {
        if (!history.hasFinalRead) {
            return;
        }
        for (Send send : history.sends) {
            if (!send.isPromised()) {
                continue;
            }
            findings.examine();
            if (send.isInFinalCommitted && send.isInFinalUncommitted) {
                continue;
            }
            // An acknowledgement may be without an offset: the broker had the record already.
            Partition partition = send.partition == null ? send.target : send.partition;
            if (!partition.isCompacted && !C03LostWrite.isLost(send) && !partition.mayBeDeleted(send.lastOffset, Operation.NEVER)) {
                findings.add(partition, send.lastOffset, send + " is not in the final read of what is "
                    + (send.isInFinalCommitted ? "not yet committed" : "committed"));
            }
        }
    }
}
