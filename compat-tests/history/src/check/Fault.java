package check;

/** What the supervisor did to a process. */
final class Fault {
    final String what;
    final long began;
    long ended = Operation.NEVER;

    Fault(String what, long began) {
        this.what = what;
        this.began = began;
    }

    boolean isOfBroker() {
        return what.startsWith("broker");
    }

    /** A send was on its way all through the fault's end: its client met it. */
    boolean wasFelt(Iterable<Send> sends) {
        for (Send send : sends) {
            if (send.invoked < ended && send.ended >= ended && send.ended > began) {
                return true;
            }
        }
        return false;
    }
}
