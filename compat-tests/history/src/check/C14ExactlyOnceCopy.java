package check;

import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/** In the final read of what is committed each record that was to be copied has one copy, and the group's offset is past it. */
final class C14ExactlyOnceCopy implements Check {
    @Override
    public void judge(History history, Findings findings) {
        if (!history.hasFinalRead) {
            return;
        }
        Set<Partition> sources = new HashSet<>();
        Map<Place, Integer> copies = new HashMap<>();
        for (Send send : history.sends) {
            if (send.source == null) {
                continue;
            }
            sources.add(send.source);
            if (send.isInFinalCommitted) {
                copies.merge(new Place(send.source, send.sourceOffset), 1, Integer::sum);
            }
        }
        Map<Partition, Long> committed = committed(history);
        for (Partition source : sources) {
            judge(source, copies, committed.getOrDefault(source, 0L), findings);
        }
        for (Place place : copies.keySet()) {
            findings.add(place.partition(), place.offset(), "a copy of what is not there: " + place.partition() + " " + place.offset());
        }
    }

    /** Takes those that are right, or told to be wrong, out of the copies. */
    private static void judge(Partition source, Map<Place, Integer> copies, long committed, Findings findings) {
        for (long at = source.log.next(0); at != Long.MAX_VALUE; at = source.log.next(at + 1)) {
            Send send = source.log.get(at);
            if (!send.isInFinalCommitted) {
                continue;
            }
            findings.examine();
            Integer count = copies.remove(new Place(source, at));
            if (count == null) {
                findings.add(source, at, send + " has no copy; the group's offset is " + committed);
            } else if (count > 1) {
                findings.add(source, at, send + " has " + count + " copies");
            } else if (at >= committed) {
                findings.add(source, at, send + " has a copy, though the group's offset is " + committed);
            }
        }
    }

    private static Map<Partition, Long> committed(History history) {
        Map<Partition, Long> committed = new HashMap<>();
        for (Group group : history.groups()) {
            for (OffsetFetch fetch : group.fetches) {
                if (fetch.session.isFinal) {
                    committed.put(fetch.partition, fetch.offset);
                }
            }
        }
        return committed;
    }
}
