import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import org.apache.kafka.server.share.persister.PersisterStateBatch;

/** What a share coordinator keeps of a share partition. tests/share_partition/kept_state.h keeps the same. */
final class KeptState {
    private record Offset(byte state, short deliveryCount) { }

    private static final int[] STATES = {0, 2, 4, 0, 2};
    private static final int[] ODD_STATES = {1, 1, 3, 9};

    private final TreeMap<Long, Offset> offsets = new TreeMap<>();
    private final int mistake;
    private long start;
    final int stateEpoch;

    KeptState(Chance chance, long start) {
        this.start = start;
        stateEpoch = chance.below(3);
        int batches = chance.oneIn(3) ? 0 : chance.below(6);
        long next = start;
        for (int i = 0; i < batches; i++) {
            if (chance.oneIn(3)) {
                next += 1 + chance.below(6);
            }
            int state = STATES[chance.below(5)];
            if (chance.oneIn(30)) {
                state = ODD_STATES[chance.below(4)];
            }
            short deliveryCount = (short) (1 + chance.below(4));
            for (int size = 1 + chance.below(8); size > 0; size--) {
                offsets.put(next++, new Offset((byte) state, deliveryCount));
            }
        }
        mistake = chance.oneIn(60) ? 1 + chance.below(2) : 0;
    }

    long start() {
        return start;
    }

    List<PersisterStateBatch> batches() {
        List<long[]> runs = new ArrayList<>();
        Offset last = null;
        for (var entry : offsets.tailMap(start).entrySet()) {
            long[] run = runs.isEmpty() ? null : runs.get(runs.size() - 1);
            Offset kept = entry.getValue();
            if (run != null && run[1] + 1 == entry.getKey() && kept.equals(last)) {
                run[1]++;
            } else {
                runs.add(new long[] {entry.getKey(), entry.getKey(), kept.state(), kept.deliveryCount()});
            }
            last = kept;
        }
        if (!runs.isEmpty() && mistake == 1) {
            runs.get(0)[0] = start - 1;
        }
        if (!runs.isEmpty() && mistake == 2) {
            runs.get(runs.size() - 1)[1] = runs.get(runs.size() - 1)[0] - 1;
        }
        return runs.stream().map(run -> new PersisterStateBatch(run[0], run[1], (byte) run[2], (short) run[3])).toList();
    }

    void write(long newStart, List<PersisterStateBatch> batches) {
        start = newStart;
        for (PersisterStateBatch batch : batches) {
            for (long offset = batch.firstOffset(); offset <= batch.lastOffset(); offset++) {
                offsets.put(offset, new Offset(batch.deliveryState(), batch.deliveryCount()));
            }
        }
    }
}
