package check;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Which records of a compacted partition later ones of the same key replace. */
final class Replacements {
    private final Map<String, List<Send>> byKey = new HashMap<>();

    Replacements(Partition partition) {
        for (Send send : partition.sends) {
            if (!send.isAborted()) {
                byKey.computeIfAbsent(send.recordKey, key -> new ArrayList<>()).add(send);
            }
        }
        byKey.values().forEach(sends -> sends.sort(Comparator.comparingLong(send -> send.invoked)));
    }

    /** One may lie behind it in the log by that time. */
    boolean has(Send send, long time) {
        List<Send> sends = byKey.getOrDefault(send.recordKey, List.of());
        for (int i = sends.size() - 1; i >= 0; i--) {
            Send other = sends.get(i);
            if (other != send && other.invoked <= time && (other.partition == null || other.lastOffset > send.firstOffset)) {
                return true;
            }
        }
        return false;
    }

    /** The latest of each key that was promised, is no tombstone, and is not in the final read. */
    void addMissing(Set<Send> lost) {
        for (List<Send> sends : byKey.values()) {
            for (Send send : sends) {
                if (send.isPromised() && send.partition != null && !send.isTombstone && !send.isInFinalCommitted
                        && !has(send, Operation.NEVER)) {
                    lost.add(send);
                }
            }
        }
    }
}
