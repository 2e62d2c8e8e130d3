package check;

/** DeleteRecords of what lies before an offset. */
final class Deletion extends Operation {
    final long before;
    /** The answer: where the log begins now. */
    long start = -1;

    Deletion(Session session, long invoked, long before) {
        super(session, invoked);
        this.before = before;
    }
}
