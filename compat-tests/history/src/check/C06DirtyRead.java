package check;

/** A poll of what is committed returns nothing whose commit was not called before the poll was over. */
final class C06DirtyRead implements Check {
    @Override
    public void judge(History history, Findings findings) {
        for (Poll poll : history.polls) {
            if (!poll.session.isReadCommitted) {
                continue;
            }
            for (Read read : poll.reads) {
                Transaction transaction = read.send.transaction;
                findings.examined += transaction == null ? 0 : 1;
                // What was aborted is C5's.
                if (transaction != null && !transaction.isAborted() && poll.ended < transaction.commitInvoked) {
                    findings.add(read.scan.partition, read.offset, read.send + " of " + transaction + " was read by " + poll.session
                        + " before the commit");
                }
            }
        }
    }
}
