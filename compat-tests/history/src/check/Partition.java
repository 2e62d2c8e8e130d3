package check;

import java.util.ArrayList;
import java.util.List;

/** A partition and what the whole history says of its log. */
final class Partition {
    final String name;
    final OffsetMap log = new OffsetMap();
    final List<Send> sends = new ArrayList<>();
    final List<Listing> listings = new ArrayList<>();
    final List<Deletion> deletions = new ArrayList<>();
    final List<Reset> resets = new ArrayList<>();
    boolean isCompacted;
    long deleteRetentionNs;
    /** The greatest offset that anyone has read. */
    long highestRead = -1;

    Partition(String name) {
        this.name = name;
    }

    /** DeleteRecords may have taken what lies there by that time. */
    boolean mayBeDeleted(long offset, long time) {
        for (Deletion deletion : deletions) {
            if (offset < deletion.before && deletion.invoked <= time && deletion.outcome != Outcome.FAIL) {
                return true;
            }
        }
        return false;
    }

    @Override
    public String toString() {
        return name;
    }
}
