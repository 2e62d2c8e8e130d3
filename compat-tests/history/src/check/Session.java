package check;

/** The life of one producer or consumer object in a proc. */
final class Session {
    final long proc;
    final String client;
    final boolean isIdempotent;
    final boolean isReadCommitted;
    /** Reads everything once more in the end. */
    final boolean isFinal;

    Session(long proc, String client, boolean isIdempotent, boolean isReadCommitted, boolean isFinal) {
        this.proc = proc;
        this.client = client;
        this.isIdempotent = isIdempotent;
        this.isReadCommitted = isReadCommitted;
        this.isFinal = isFinal;
    }

    @Override
    public String toString() {
        return "proc " + proc;
    }
}
