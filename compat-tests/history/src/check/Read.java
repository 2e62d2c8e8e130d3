package check;

/** A record that a poll returned. */
final class Read {
    final Poll poll;
    final Scan scan;
    final long offset;
    final Send send;
    final long digest;
    /** The one before it in the same scan; null for the first. */
    final Read previous;

    Read(Poll poll, Scan scan, long offset, Send send, long digest) {
        this.poll = poll;
        this.scan = scan;
        this.offset = offset;
        this.send = send;
        this.digest = digest;
        previous = scan.last;
        scan.last = this;
    }

    /** The offset its reader stood at; negative where that is not known. */
    long position() {
        return previous == null ? scan.from : previous.offset + 1;
    }
}
