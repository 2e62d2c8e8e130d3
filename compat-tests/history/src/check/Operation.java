package check;

/** From the call to its return, in nanoseconds of CLOCK_MONOTONIC. */
class Operation {
    /** The time of what did not come to pass. */
    static final long NEVER = Long.MAX_VALUE;

    final Session session;
    long invoked;
    long ended = NEVER;
    Outcome outcome = Outcome.UNKNOWN;

    Operation(Session session, long invoked) {
        this.session = session;
        this.invoked = invoked;
    }

    void end(long time, Outcome how) {
        ended = time;
        outcome = how;
    }

    boolean isOk() {
        return outcome == Outcome.OK;
    }

    /** It was over before the other was begun. */
    boolean precedes(Operation other) {
        return ended < other.invoked;
    }
}
