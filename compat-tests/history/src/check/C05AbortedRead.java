package check;

/** What was aborted is not read by a reader of what is committed; what was refused, by nobody. */
final class C05AbortedRead implements Check {
    @Override
    public void judge(History history, Findings findings) {
        for (Send send : history.sends) {
            findings.examined += send.isAborted() && send.partition != null ? 1 : 0;
            boolean isRefused = send.outcome == Outcome.FAIL && send.isRead;
            if (isRefused || send.isAborted() && send.isReadCommitted) {
                findings.add(send.partition, send.firstOffset, send + (isRefused ? " was refused" : " was aborted") + " and is read");
            }
        }
    }
}
