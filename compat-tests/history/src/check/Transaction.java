package check;

import java.util.ArrayList;
import java.util.List;

/** From begin to commit or abort. */
final class Transaction {
    final long id;
    final Session session;
    final List<Send> sends = new ArrayList<>();
    final List<OffsetCommit> commits = new ArrayList<>();
    long commitInvoked = Operation.NEVER;
    long commitEnded = Operation.NEVER;
    private Outcome commit = Outcome.UNKNOWN;
    private Outcome abort = Outcome.UNKNOWN;

    Transaction(long id, Session session) {
        this.id = id;
        this.session = session;
    }

    void endCommit(long time, Outcome how) {
        commitEnded = time;
        commit = how;
    }

    void endAbort(Outcome how) {
        abort = how;
    }

    boolean isCommitted() {
        return commit == Outcome.OK;
    }

    boolean isAborted() {
        return abort == Outcome.OK;
    }

    /** A reader of what is committed has seen one of its values. */
    boolean isProven() {
        for (Send send : sends) {
            if (send.isReadCommitted) {
                return true;
            }
        }
        return false;
    }

    @Override
    public String toString() {
        return "T" + (id >> 40) + ":" + (id & (1L << 40) - 1);
    }
}
