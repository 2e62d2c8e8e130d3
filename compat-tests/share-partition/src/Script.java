import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import java.util.stream.Collectors;
import kafka.server.share.OpenSharePartition;
import org.apache.kafka.clients.consumer.internals.ShareAcquireMode;
import org.apache.kafka.common.TopicIdPartition;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.message.FetchResponseData;
import org.apache.kafka.common.message.ShareFetchResponseData.AcquiredRecords;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.record.internal.RecordBatch;
import org.apache.kafka.server.share.acknowledge.ShareAcknowledgementBatch;
import org.apache.kafka.server.share.fetch.InFlightBatch;
import org.apache.kafka.server.share.fetch.InFlightState;
import org.apache.kafka.server.share.fetch.RecordState;
import org.apache.kafka.server.share.fetch.ShareAcquiredRecords;
import org.apache.kafka.server.share.metrics.SharePartitionMetrics;
import org.apache.kafka.server.share.persister.PartitionFactory;
import org.apache.kafka.server.share.persister.PersisterStateBatch;
import org.apache.kafka.server.share.persister.ReadShareGroupStateResult;
import org.apache.kafka.server.share.persister.TopicData;
import org.apache.kafka.server.storage.log.FetchIsolation;
import org.apache.kafka.server.storage.log.FetchPartitionData;
import org.apache.kafka.server.util.timer.TimerTaskEntry;

/**
 * What happens to a share partition, drawn from a seed and from what was seen of it so far, and what comes of it, as
 * text. tests/share_partition/script.h does the same with Moldau's.
 */
final class Script {
    private record Held(int member, long first, long last) { }

    /** Writes that one event brought about, and the answer that somebody waits for, or null. */
    private record Pending(List<Surroundings.Write> writes, CompletableFuture<Void> answer) {
        List<PersisterStateBatch> batches() {
            return writes.stream().flatMap(write -> write.data().stateBatches().stream()).toList();
        }

        long start() {
            return writes.get(writes.size() - 1).data().startOffset();
        }
    }

    private static final int MOST_HELD = 12;
    private static final Uuid TOPIC = Uuid.fromString("AAAAAAAAAAAAAAAAAAAACg");
    private static final int[] TYPES = {1, 1, 1, 1, 2, 2, 2, 3, 4, 0};
    private static final SharePartitionMetrics METRICS = new SharePartitionMetrics("g", "t", 3);

    private final Chance chance;
    private final StringBuilder text = new StringBuilder();
    private final Surroundings.Clock clock = new Surroundings.Clock();
    private final Surroundings.Timers[] timers = {null};
    private final Surroundings.StateKeeper keeper = new Surroundings.StateKeeper();
    private final Surroundings.Fetches fetches = Surroundings.bare(Surroundings.Fetches.class);
    private final Surroundings.Settings settings = Surroundings.bare(Surroundings.Settings.class);
    private final int modes;
    private final MadeLog log;
    private final KeptState kept;
    private final List<Held> held = new ArrayList<>();
    private final List<Pending> pending = new ArrayList<>();
    private OpenSharePartition partition;
    private boolean isOver;
    private int told;
    private String failure;
    private boolean isCommittedOnly;
    private int leaderEpoch = 5;
    private Long plannedOffset;

    Script(long seed) {
        chance = new Chance(seed);
        modes = chance.below(3);
        log = new MadeLog(chance);
        kept = new KeptState(chance, log.start() + (chance.oneIn(2) ? 0 : chance.below(30)));
    }

    /** The text, up to where Apache Kafka fails. */
    String run() {
        try {
            play();
        } catch (RuntimeException e) {
            failure = e.toString();
        }
        return text.substring(0, told);
    }

    /** How Apache Kafka failed; null where it did not. */
    String failure() {
        return failure;
    }

    private void play() {
        isCommittedOnly = chance.oneIn(2);
        int steps = 20 + chance.below(80);
        limits();
        open();
        isOver = !load();
        told = text.length();
        for (int i = 0; i < steps && !isOver; i++) {
            say(i + " ");
            step();
            repair();
            if (!isOver) {
                expire();
            }
            if (!isOver) {
                show();
            }
            told = text.length();
        }
    }

    /**
     * Offsets that were released get locks where the release is still being written when the log's start cuts through
     * their batch. The locks would let the next attempt to acquire them fail, again and again.
     */
    private void repair() {
        for (InFlightBatch batch : partition.batches().values()) {
            if (batch.offsetState() != null) {
                batch.offsetState().values().stream().filter(
                    state -> state.state() == RecordState.AVAILABLE && !state.hasOngoingStateTransition())
                    .forEach(InFlightState::cancelAndClearAcquisitionLockTimeoutTask);
            }
        }
    }

    private void say(String more) {
        text.append(more);
    }

    private int oneOf(int... values) {
        return values[chance.below(values.length)];
    }

    private void limits() {
        int locks = oneOf(5, 10, 20, 50, 200);
        int deliveries = oneOf(2, 3, 4, 5, 6, 10);
        int lockMs = oneOf(1000, 1000, 1500);
        boolean mayRenew = !chance.oneIn(4);
        settings.set(locks, deliveries, lockMs, mayRenew);
        say("limits " + locks + " " + deliveries + " " + lockMs + " " + (mayRenew ? 1 : 0) + "\n");
    }

    private void open() {
        timers[0] = new Surroundings.Timers(clock);
        partition = new OpenSharePartition("g", new TopicIdPartition(TOPIC, 3, "t"), leaderEpoch, timers[0], clock,
            keeper, fetches, settings, METRICS);
    }

    private boolean load() {
        List<PersisterStateBatch> batches = kept.batches();
        short error = 0;
        if (chance.oneIn(60)) {
            error = (short) oneOf(16, 15, 123, 124);
        }
        say("load " + kept.start() + " " + joined(batches, Script::stateText) + "\n");
        keeper.read = new ReadShareGroupStateResult.Builder().setTopicsData(List.of(new TopicData<>(TOPIC, List.of(
            PartitionFactory.newPartitionAllData(3, kept.stateEpoch, kept.start(), error, "why", batches))))).build();
        Throwable failure = failure(partition.load());
        if (failure != null) {
            say(errorText(failure));
            return false;
        }
        show();
        return true;
    }

    private void step() {
        int which = chance.below(100);
        if (which < 36) {
            fetch();
        } else if (which < 62) {
            acknowledge();
        } else if (which < 65) {
            int member = chance.below(3);
            say("release m" + member + "\n");
            take(partition.release("m" + member));
        } else if (which < 75) {
            int passedMs = oneOf(100, 400, 500, 1000, 1500);
            clock.nowMs += passedMs;
            say("time " + passedMs + "\n");
        } else if (which < 88) {
            finish();
        } else if (which < 91) {
            long offset = log.start() + 1 + chance.below(20);
            log.moveStart(offset);
            say("log start " + offset + "\n");
            if (chance.oneIn(2)) {
                partition.moveLogStart(offset);
            }
        } else if (which < 93) {
            say("compact\n");
            log.lose(chance);
        } else if (which < 96) {
            say("grow\n");
            log.grow(chance);
        } else if (which < 97) {
            limits();
        } else if (which < 98) {
            say("reload\n");
            pending.clear();
            leaderEpoch++;
            open();
            isOver = !load();
        } else {
            plannedOffset = partition.nextFetchOffset();
            say("plan " + plannedOffset + "\n");
        }
    }

    private void fetch() {
        int member = chance.below(3);
        boolean canAcquire = partition.canAcquire();
        long offset = plannedOffset != null ? plannedOffset : partition.nextFetchOffset();
        plannedOffset = null;
        say("fetch m" + member + " at " + offset + " can " + (canAcquire ? 1 : 0));
        if (!canAcquire && !chance.oneIn(6)) {
            say("\n");
            return;
        }
        if (offset < log.start()) {
            partition.moveLogStart(log.start());
            say(" out of range " + log.start() + "\n");
            return;
        }
        List<MadeLog.Batch> batches = log.read(offset, 1 + chance.below(6));
        boolean isExact = modes == 1 || (modes == 2 && chance.oneIn(2));
        int size = oneOf(1, 3, 5, 10, 100);
        int most = chance.oneIn(30) ? 0 : oneOf(1, 2, 5, 10, 20, 50, 500);
        List<MadeLog.Transaction> aborted = isCommittedOnly && !batches.isEmpty()
            ? log.aborted(offset, batches.get(batches.size() - 1).last()) : List.of();
        say(" batches " + joined(batches, batch -> batch.base() + "-" + batch.last() + (batch.isAbort() ? "!" : ""))
            + " aborted " + aborted.size() + " size " + size + " most " + most + (isExact ? " exact\n" : "\n"));
        acquire(member, isExact, size, most, offset, batches, aborted);
    }

    private void acquire(int member, boolean isExact, int size, int most, long offset, List<MadeLog.Batch> batches,
            List<MadeLog.Transaction> aborted) {
        List<FetchResponseData.AbortedTransaction> transactions = aborted.stream().map(
            each -> new FetchResponseData.AbortedTransaction().setProducerId(each.producer())
                .setFirstOffset(each.first())).toList();
        FetchPartitionData data = new FetchPartitionData(Errors.NONE, 0, 0, Records.of(batches), Optional.empty(),
            OptionalLong.empty(), isCommittedOnly ? Optional.of(transactions) : Optional.empty(), OptionalInt.empty(),
            false);
        ShareAcquiredRecords acquired = partition.acquire("m" + member,
            isExact ? ShareAcquireMode.RECORD_LIMIT : ShareAcquireMode.BATCH_OPTIMIZED, size, most, offset, data,
            isCommittedOnly ? FetchIsolation.TXN_COMMITTED : FetchIsolation.HIGH_WATERMARK);
        List<AcquiredRecords> ranges = acquired.acquiredRecords();
        say("  acquired " + joined(ranges,
            range -> range.firstOffset() + "-" + range.lastOffset() + "x" + range.deliveryCount()) + " count "
            + acquired.count() + "\n");
        if (!ranges.isEmpty()) {
            List<RecordBatch> sent = new ArrayList<>();
            OpenSharePartition.sent(data.records, acquired).batches().forEach(sent::add);
            say("  sent " + sent.get(0).baseOffset() + "-" + sent.get(sent.size() - 1).lastOffset() + "\n");
        }
        ranges.forEach(range -> held.add(new Held(member, range.firstOffset(), range.lastOffset())));
        while (held.size() > MOST_HELD) {
            held.remove(0);
        }
    }

    private void acknowledge() {
        int count = chance.oneIn(4) ? 2 + chance.below(2) : 1;
        int[] member = {-1};
        List<ShareAcknowledgementBatch> asked = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            asked.add(asked(member));
        }
        if (chance.oneIn(15)) {
            member[0] = chance.below(3);
        }
        say("acknowledge m" + member[0] + " " + joined(asked, batch -> batch.firstOffset() + "-" + batch.lastOffset()
            + ":" + batch.acknowledgeTypes().stream().map(String::valueOf).collect(Collectors.joining(","))) + "\n");
        CompletableFuture<Void> answer;
        try {
            answer = partition.acknowledge("m" + member[0], asked);
        } catch (NullPointerException e) {
            // What is done with and gone: Moldau has an answer, and nothing else has happened if it comes first.
            if (asked.size() > 1) {
                throw e;
            }
            say("  error 121 Batch record not found. The request batch offsets are not found in the cache.\n");
            return;
        }
        take(answer);
    }

    private ShareAcknowledgementBatch asked(int[] member) {
        long first;
        long last;
        if (held.isEmpty() || chance.oneIn(12)) {
            first = partition.startOffset() - 5 + chance.below(30);
            last = first + chance.below(8);
            if (member[0] < 0) {
                member[0] = chance.below(3);
            }
        } else {
            int at = chance.below(held.size());
            Held found = held.get(at);
            if (member[0] < 0) {
                member[0] = found.member();
            }
            first = found.first();
            last = found.last();
            int size = (int) (last - first + 1);
            int shape = chance.below(8);
            if (shape == 0) {
                last = first + chance.below(size);
            }
            if (shape == 1) {
                first += chance.below(size);
            }
            if (shape == 2) {
                last = Math.max(last, held.get(chance.below(held.size())).last());
            }
            if (!chance.oneIn(3)) {
                held.remove(at);
            }
        }
        long size = last - first + 1;
        boolean isEach = chance.oneIn(3) && size <= 60;
        List<Byte> types = new ArrayList<>();
        for (long i = 0; i < (isEach ? size : 1); i++) {
            types.add((byte) (chance.oneIn(200) ? 5 : TYPES[chance.below(TYPES.length)]));
        }
        return new ShareAcknowledgementBatch(first, last, types);
    }

    private void take(CompletableFuture<Void> answer) {
        if (!keeper.writes.isEmpty()) {
            written(answer);
            return;
        }
        Throwable failure = failure(answer);
        say(failure == null ? "  done\n" : errorText(failure));
    }

    private void written(CompletableFuture<Void> answer) {
        Pending writes = new Pending(List.copyOf(keeper.writes), answer);
        keeper.writes.clear();
        var last = writes.writes().get(writes.writes().size() - 1).data();
        say("  write " + last.stateEpoch() + " " + last.leaderEpoch() + " " + last.startOffset() + " "
            + last.deliveryCompleteCount() + " " + joined(writes.batches(), Script::stateText) + "\n");
        pending.add(writes);
    }

    private void finish() {
        say("finish");
        if (pending.isEmpty()) {
            say("\n");
            return;
        }
        int at = chance.oneIn(4) ? chance.below(pending.size()) : 0;
        Pending writes = pending.remove(at);
        int error = chance.oneIn(4) ? oneOf(16, 14, 15, 3, 69, 123, 124) : 0;
        say(" " + at + " " + error + "\n");
        if (error == 0) {
            kept.write(writes.start(), writes.batches());
        }
        if (error == 0 || writes.answer() == null) {
            requireStart();
        }
        fetches.woken = 0;
        writes.writes().forEach(write -> Surroundings.StateKeeper.answer(write, TOPIC, (short) error));
        if (writes.answer() == null) {
            return;
        }
        Throwable failure = failure(writes.answer());
        say(failure == null ? "  done\n" : errorText(failure));
        if (fetches.woken > 0) {
            say("  wakes\n");
        }
    }

    /**
     * Where the log's start moved behind a batch whose offsets stand apart, and before the next one, Apache Kafka looks
     * for the start in that batch, fails unseen and never moves it again.
     */
    private void requireStart() {
        Map.Entry<Long, InFlightBatch> floor = partition.batches().floorEntry(partition.startOffset());
        if (floor != null && floor.getValue().offsetState() != null
                && floor.getValue().lastOffset() < partition.startOffset()) {
            throw new IllegalStateException("The start offset is in no batch");
        }
    }

    private void expire() {
        timers[0].run();
        if (!keeper.writes.isEmpty()) {
            say("  expired\n");
            written(null);
        }
    }

    private void show() {
        say("  = " + partition.startOffset() + "-" + partition.endOffset() + " complete "
            + partition.deliveryCompleteCount());
        if (chance.oneIn(2)) {
            say(" next " + partition.nextFetchOffset());
        }
        Optional<TimerTaskEntry> next = timers[0].next();
        if (next.isPresent()) {
            say(" expires " + next.get().expirationMs);
        }
        for (Map.Entry<Long, InFlightBatch> entry : partition.batches().entrySet()) {
            InFlightBatch batch = entry.getValue();
            say(" " + entry.getKey() + "-" + batch.lastOffset());
            if (batch.offsetState() == null) {
                say(":" + stateText(States.of(batch)));
            } else {
                say("[" + batch.offsetState().values().stream().map(Script::stateText)
                    .collect(Collectors.joining(",")) + "]");
            }
        }
        say("\n");
    }

    private static String stateText(InFlightState state) {
        return state.state().id() + "x" + state.deliveryCount() + state.memberId()
            + (state.hasOngoingStateTransition() ? "~" : "")
            + (state.acquisitionLockTimeoutTask() != null ? "@" + state.acquisitionLockTimeoutTask().expirationMs() : "");
    }

    private static String stateText(PersisterStateBatch batch) {
        return batch.firstOffset() + "-" + batch.lastOffset() + ":" + batch.deliveryState() + "x"
            + batch.deliveryCount();
    }

    private static String errorText(Throwable failure) {
        return "  error " + Errors.forException(failure).code() + " " + failure.getMessage() + "\n";
    }

    /** Of a future that is done; null for none. */
    private static Throwable failure(CompletableFuture<Void> future) {
        if (!future.isDone()) {
            throw new IllegalStateException("nobody answered");
        }
        return future.handle((nothing, failure) -> failure).join();
    }

    private static <T> String joined(List<T> items, Function<T, String> item) {
        return items.isEmpty() ? "-" : items.stream().map(item).collect(Collectors.joining(" "));
    }
}
