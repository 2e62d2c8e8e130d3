package check;

import java.util.Map;
import java.util.TreeMap;

/** What lies at each offset of a partition. */
final class OffsetMap {
    private static final int PAGE_BITS = 8;
    private static final int PAGE = 1 << PAGE_BITS;

    private final TreeMap<Long, Send[]> pages = new TreeMap<>();

    Send get(long offset) {
        Send[] page = pages.get(offset >> PAGE_BITS);
        return page == null ? null : page[(int) (offset & PAGE - 1)];
    }

    void put(long offset, Send send) {
        pages.computeIfAbsent(offset >> PAGE_BITS, at -> new Send[PAGE])[(int) (offset & PAGE - 1)] = send;
    }

    /** The least occupied offset that is not less; Long.MAX_VALUE if there is none. */
    long next(long from) {
        for (Map.Entry<Long, Send[]> page : pages.tailMap(from >> PAGE_BITS, true).entrySet()) {
            long base = page.getKey() << PAGE_BITS;
            for (int i = (int) Math.max(from - base, 0); i < PAGE; i++) {
                if (page.getValue()[i] != null) {
                    return base + i;
                }
            }
        }
        return Long.MAX_VALUE;
    }

    /** The greatest occupied offset that is not greater; -1 if there is none. */
    long previous(long from) {
        for (Map.Entry<Long, Send[]> page : pages.headMap(from >> PAGE_BITS, true).descendingMap().entrySet()) {
            long base = page.getKey() << PAGE_BITS;
            for (int i = (int) Math.min(from - base, PAGE - 1); i >= 0; i--) {
                if (page.getValue()[i] != null) {
                    return base + i;
                }
            }
        }
        return -1;
    }
}
