package check;

/** One return of records to a reader. */
final class Poll extends Operation {
    private static final Read[] NOTHING = {};

    final Transaction transaction;
    Read[] reads = NOTHING;

    Poll(Session session, long invoked, Transaction transaction) {
        super(session, invoked);
        this.transaction = transaction;
    }
}
