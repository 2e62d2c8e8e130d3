import java.lang.reflect.Field;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;
import kafka.server.ReplicaManager;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.utils.Time;
import org.apache.kafka.coordinator.group.GroupConfig;
import org.apache.kafka.coordinator.group.GroupConfigManager;
import org.apache.kafka.server.share.fetch.DelayedShareFetchKey;
import org.apache.kafka.server.share.persister.DeleteShareGroupStateParameters;
import org.apache.kafka.server.share.persister.DeleteShareGroupStateResult;
import org.apache.kafka.server.share.persister.InitializeShareGroupStateParameters;
import org.apache.kafka.server.share.persister.InitializeShareGroupStateResult;
import org.apache.kafka.server.share.persister.PartitionFactory;
import org.apache.kafka.server.share.persister.PartitionStateBatchData;
import org.apache.kafka.server.share.persister.Persister;
import org.apache.kafka.server.share.persister.ReadShareGroupStateParameters;
import org.apache.kafka.server.share.persister.ReadShareGroupStateResult;
import org.apache.kafka.server.share.persister.ReadShareGroupStateSummaryParameters;
import org.apache.kafka.server.share.persister.ReadShareGroupStateSummaryResult;
import org.apache.kafka.server.share.persister.TopicData;
import org.apache.kafka.server.share.persister.WriteShareGroupStateParameters;
import org.apache.kafka.server.share.persister.WriteShareGroupStateResult;
import org.apache.kafka.server.util.timer.Timer;
import org.apache.kafka.server.util.timer.TimerTask;
import org.apache.kafka.server.util.timer.TimerTaskEntry;

/** What Apache Kafka's share partition works with, in the hands of a script. */
final class Surroundings {
    private Surroundings() { }

    /** A clock that stands still. */
    static final class Clock implements Time {
        long nowMs = 1000;

        @Override
        public long milliseconds() {
            return nowMs;
        }

        @Override
        public long nanoseconds() {
            return nowMs * 1_000_000;
        }

        @Override
        public void sleep(long ms) {
            throw new UnsupportedOperationException();
        }

        @Override
        public void waitObject(Object object, Supplier<Boolean> condition, long deadlineMs) {
            throw new UnsupportedOperationException();
        }

        @Override
        public <T> T waitForFuture(java.util.concurrent.Future<T> future, long deadlineNanos) {
            throw new UnsupportedOperationException();
        }
    }

    /** Runs what is due when told to: earlier deadlines first, of one deadline what was added first. */
    static final class Timers implements Timer {
        private final Clock clock;
        private final List<TimerTaskEntry> entries = new ArrayList<>();

        Timers(Clock clock) {
            this.clock = clock;
        }

        @Override
        public void add(TimerTask task) {
            entries.add(new TimerTaskEntry(task, clock.nowMs + task.delayMs));
        }

        void run() {
            for (Optional<TimerTaskEntry> due = next(); due.isPresent() && due.get().expirationMs <= clock.nowMs;
                    due = next()) {
                entries.remove(due.get());
                due.get().timerTask.run();
            }
        }

        /** The task that is due first; sorting is stable. */
        Optional<TimerTaskEntry> next() {
            entries.removeIf(TimerTaskEntry::cancelled);
            return entries.stream().sorted(Comparator.comparingLong(entry -> entry.expirationMs)).findFirst();
        }

        @Override
        public boolean advanceClock(long timeoutMs) {
            throw new UnsupportedOperationException();
        }

        @Override
        public int size() {
            return entries.size();
        }

        @Override
        public void close() { }
    }

    /** A write that waits for its answer. */
    record Write(PartitionStateBatchData data, CompletableFuture<WriteShareGroupStateResult> answer) { }

    /** Answers writes when told to. */
    static final class StateKeeper implements Persister {
        final List<Write> writes = new ArrayList<>();
        ReadShareGroupStateResult read;

        @Override
        public CompletableFuture<ReadShareGroupStateResult> readState(ReadShareGroupStateParameters request) {
            return CompletableFuture.completedFuture(read);
        }

        @Override
        public CompletableFuture<WriteShareGroupStateResult> writeState(WriteShareGroupStateParameters request) {
            PartitionStateBatchData data =
                request.groupTopicPartitionData().topicsData().get(0).partitions().get(0);
            writes.add(new Write(data, new CompletableFuture<>()));
            return writes.get(writes.size() - 1).answer();
        }

        static void answer(Write write, Uuid topic, short error) {
            write.answer().complete(new WriteShareGroupStateResult.Builder().setTopicsData(List.of(new TopicData<>(topic,
                List.of(PartitionFactory.newPartitionErrorData(write.data().partition(), error, "why"))))).build());
        }

        @Override
        public CompletableFuture<InitializeShareGroupStateResult> initializeState(
                InitializeShareGroupStateParameters request) {
            throw new UnsupportedOperationException();
        }

        @Override
        public CompletableFuture<DeleteShareGroupStateResult> deleteState(DeleteShareGroupStateParameters request) {
            throw new UnsupportedOperationException();
        }

        @Override
        public CompletableFuture<ReadShareGroupStateSummaryResult> readSummary(
                ReadShareGroupStateSummaryParameters request) {
            throw new UnsupportedOperationException();
        }

        @Override
        public void stop() { }
    }

    /** Counts how often waiting fetches are to look again. Made without its constructor. */
    static final class Fetches extends ReplicaManager {
        int woken;

        Fetches() {
            super(null, null, null, null, null, null, null, null, null, null, null, null, null, null, null, null, null,
                null, null, null, null);
        }

        @Override
        public void completeDelayedShareFetchRequest(DelayedShareFetchKey key) {
            woken++;
        }
    }

    /** One group's settings. Made without its constructor. */
    static final class Settings extends GroupConfigManager {
        private GroupConfig config;

        Settings() {
            super(null, null, null);
        }

        void set(int recordLocks, int deliveryCount, int lockMs, boolean mayRenew) {
            config = new GroupConfig(Map.of());
            put("sharePartitionMaxRecordLocks", recordLocks);
            put("shareDeliveryCountLimit", deliveryCount);
            put("shareRecordLockDurationMs", lockMs);
            put("shareRenewAcknowledgeEnable", mayRenew);
        }

        private void put(String name, Object value) {
            try {
                Field field = GroupConfig.class.getDeclaredField(name);
                field.setAccessible(true);
                field.set(config, value);
            } catch (ReflectiveOperationException e) {
                throw new IllegalStateException(e);
            }
        }

        @Override
        public Optional<GroupConfig> groupConfig(String group) {
            return Optional.of(config);
        }
    }

    /** An object whose constructor would want a whole broker. */
    static <T> T bare(Class<T> kind) {
        try {
            Field field = Class.forName("sun.misc.Unsafe").getDeclaredField("theUnsafe");
            field.setAccessible(true);
            Object unsafe = field.get(null);
            return kind.cast(unsafe.getClass().getMethod("allocateInstance", Class.class).invoke(unsafe, kind));
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException(e);
        }
    }
}
