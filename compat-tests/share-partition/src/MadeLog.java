import java.util.ArrayList;
import java.util.List;

/** A partition's log, drawn from a seed. tests/share_partition/made_log.h makes the same. */
final class MadeLog {
    record Batch(long base, long last, long producer, boolean isTransactional, boolean isControl, boolean isAbort) { }

    record Transaction(long producer, long first, long last) { }

    private static final int BATCHES = 80;
    private static final int PRODUCERS = 4;

    private final int mostRecords;
    private final boolean hasHoles;
    private final boolean hasTransactions;
    private final List<Batch> batches = new ArrayList<>();
    private final boolean[] isLost = new boolean[BATCHES];
    private final long[] open = new long[PRODUCERS];
    private final List<Transaction> aborted = new ArrayList<>();
    private long start;
    private int readable;

    MadeLog(Chance chance) {
        mostRecords = new int[] {1, 3, 8, 15, 60}[chance.below(5)];
        hasHoles = chance.oneIn(2);
        hasTransactions = chance.oneIn(3);
        for (int i = 0; i < PRODUCERS; i++) {
            open[i] = -1;
        }
        long next = chance.below(20);
        start = next;
        for (int i = 0; i < BATCHES; i++) {
            if (hasHoles && chance.oneIn(4)) {
                next += 1 + chance.below(6);
            }
            batches.add(draw(chance, next));
            next = batches.get(i).last() + 1;
        }
        readable = 5 + chance.below(20);
    }

    private Batch draw(Chance chance, long base) {
        long last = base + chance.below(mostRecords);
        int producer = hasTransactions ? chance.below(PRODUCERS) : 0;
        if (producer == 0) {
            return new Batch(base, last, -1, false, false, false);
        }
        if (open[producer] >= 0 && chance.oneIn(3)) {
            boolean isAbort = chance.oneIn(2);
            if (isAbort) {
                aborted.add(new Transaction(producer, open[producer], base));
            }
            open[producer] = -1;
            return new Batch(base, base, producer, true, true, isAbort);
        }
        if (chance.oneIn(8)) {
            return new Batch(base, last, producer, false, false, false);
        }
        if (open[producer] < 0) {
            open[producer] = base;
        }
        return new Batch(base, last, producer, true, false, false);
    }

    long start() {
        return start;
    }

    void moveStart(long offset) {
        start = offset;
    }

    void grow(Chance chance) {
        readable = Math.min(BATCHES, readable + 1 + chance.below(5));
    }

    void lose(Chance chance) {
        isLost[chance.below(readable)] = true;
    }

    List<Batch> read(long offset, int count) {
        List<Batch> found = new ArrayList<>();
        for (int i = 0; i < readable && found.size() < count; i++) {
            if (batches.get(i).last() >= offset && !isLost[i]) {
                found.add(batches.get(i));
            }
        }
        return found;
    }

    List<Transaction> aborted(long first, long last) {
        return aborted.stream().filter(each -> each.last() >= first && each.first() <= last).toList();
    }
}
