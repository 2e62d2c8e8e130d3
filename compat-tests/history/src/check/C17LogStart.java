package check;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The first offset of a log never goes back, but for a kill of the broker, behind which Kafka may have forgotten it; it goes no further
 * than DeleteRecords asked and never past the high watermark; what lies before it is not read by a reader that begins later, and nobody
 * is told that a position he has come to is outside of the log, unless DeleteRecords passed it. No topic of a history has retention.
 */
final class C17LogStart implements Check {
    /** The log begins there at least, as an operation that was over then says. */
    private record Known(Operation by, long start) { }

    private final List<Fault> kills = new ArrayList<>();

    @Override
    public void judge(History history, Findings findings) {
        kills.clear();
        history.faults.stream().filter(fault -> fault.what.equals("broker killed")).forEach(kills::add);
        Map<Partition, List<Known>> known = new HashMap<>();
        for (Partition partition : history.partitions()) {
            known.put(partition, known(partition));
            judge(partition, known.get(partition), findings);
        }
        for (Poll poll : history.polls) {
            for (Read read : poll.reads) {
                Partition partition = read.scan.partition;
                // The rest of a scan lies behind its first record, or C9 has told.
                if (read.previous == null && read.offset < startBy(read.scan.began, poll.ended, known.get(partition))) {
                    findings.add(partition, read.offset, poll.session + " read " + read.offset + ", before the log's first record");
                }
            }
        }
    }

    private void judge(Partition partition, List<Known> known, Findings findings) {
        findings.examined += partition.listings.size() + partition.deletions.size();
        for (Listing listing : partition.listings) {
            long least = startBy(listing.invoked, listing.ended, known);
            if (listing.start < least) {
                findings.add(partition + " begins at " + listing.start + ", though it began at " + least + " before");
            }
            if (listing.start > listing.end) {
                findings.add(partition + " begins at " + listing.start + ", behind its high watermark " + listing.end);
            }
            if (listing.start > furthestAsked(partition, listing.ended)) {
                findings.add(partition + " begins at " + listing.start + ", though nobody deleted further than "
                    + furthestAsked(partition, listing.ended));
            }
        }
        for (Reset reset : partition.resets) {
            if (!partition.mayBeDeleted(reset.offset(), reset.time())) {
                findings.add(partition, reset.offset(), reset.session() + " was told that " + reset.offset() + " is outside of " + partition);
            }
        }
        for (Deletion deletion : partition.deletions) {
            if (!deletion.isOk()) {
                continue;
            }
            if (deletion.start < deletion.before) {
                findings.add(partition + " begins at " + deletion.start + " behind a deletion before " + deletion.before);
            }
            for (Listing listing : partition.listings) {
                if (deletion.precedes(listing) && listing.end < deletion.start) {
                    findings.add(partition + " was deleted up to " + deletion.start + ", past its high watermark " + listing.end);
                }
            }
        }
    }

    private static long furthestAsked(Partition partition, long time) {
        long furthest = 0;
        for (Deletion deletion : partition.deletions) {
            if (deletion.invoked <= time && deletion.outcome != Outcome.FAIL) {
                furthest = Math.max(furthest, deletion.before);
            }
        }
        return furthest;
    }

    private static List<Known> known(Partition partition) {
        List<Known> known = new ArrayList<>();
        partition.listings.forEach(listing -> known.add(new Known(listing, listing.start)));
        partition.deletions.stream().filter(Operation::isOk).forEach(deletion -> known.add(new Known(deletion, deletion.start)));
        known.sort(Comparator.comparingLong(each -> each.by().ended));
        return known;
    }

    /** For what was called then and was over at `ended`. */
    private long startBy(long invoked, long ended, List<Known> known) {
        long start = 0;
        for (Known each : known) {
            if (each.by().ended >= invoked) {
                break;
            }
            if (!isForgotten(each, ended)) {
                start = Math.max(start, each.start());
            }
        }
        return start;
    }

    private boolean isForgotten(Known known, long time) {
        for (Fault kill : kills) {
            if (kill.ended > known.by().invoked && kill.began < time) {
                return true;
            }
        }
        return false;
    }
}
