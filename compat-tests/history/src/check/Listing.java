package check;

/** The first offset of a partition and its high watermark, as ListOffsets told them. */
final class Listing extends Operation {
    final long start;
    final long end;

    Listing(Operation asked, long start, long end) {
        super(asked.session, asked.invoked);
        this.start = start;
        this.end = end;
    }
}
