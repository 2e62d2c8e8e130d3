import java.io.File;
import java.io.IOException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.TreeMap;
import java.util.concurrent.ScheduledFuture;
import java.util.function.Supplier;

import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.record.internal.MemoryRecords;
import org.apache.kafka.common.utils.Time;
import org.apache.kafka.server.common.RequestLocal;
import org.apache.kafka.server.util.Scheduler;
import org.apache.kafka.storage.internals.log.AppendOrigin;
import org.apache.kafka.storage.internals.log.Cleaner;
import org.apache.kafka.storage.internals.log.CleanerStats;
import org.apache.kafka.storage.internals.log.LogCleanerManager;
import org.apache.kafka.storage.internals.log.LogConfig;
import org.apache.kafka.storage.internals.log.LogDirFailureChannel;
import org.apache.kafka.storage.internals.log.LogStartOffsetIncrementReason;
import org.apache.kafka.storage.internals.log.LogToClean;
import org.apache.kafka.storage.internals.log.ProducerStateManagerConfig;
import org.apache.kafka.storage.internals.log.SkimpyOffsetMap;
import org.apache.kafka.storage.internals.log.UnifiedLog;
import org.apache.kafka.storage.internals.log.VerificationGuard;
import org.apache.kafka.storage.internals.utils.Throttler;
import org.apache.kafka.storage.log.metrics.BrokerTopicStats;

/**
 * One log of Apache Kafka's own classes, and what its cleaner makes of it. Writes the lines of
 * tests/golden/cleaner/cases.tsv; the cases themselves are in CleanerCases.java.
 *
 * <pre>
 * case       NAME
 * config     SEGMENT_BYTES INDEX_INTERVAL INDEX_BYTES MIN_LAG MAX_LAG
 * open       NOW LOG_START PRODUCER_EXPIRATION     what follows is done to the log of the files listed next
 * file       NAME MODIFIED HEX                     a file before; "same NAME MODIFIED" if the content was listed before
 * select     NOW HIGH_WATERMARK CHECKPOINT|-  LAST_STABLE FIRST_DIRTY FIRST_UNCLEANABLE CLEANABLE TOTAL URGENT RESET
 * clean      NOW FIRST_DIRTY FIRST_UNCLEANABLE DELETE_RETENTION MAP_BYTES IO_BUFFER  END_OFFSET
 * left       NAME HEX                              a file after; "kept NAME" if the content was listed before
 * done
 * </pre>
 */
class GoldenCleaner {
    static final StringBuilder OUT = new StringBuilder();
    private static final Uuid TOPIC_ID = new Uuid(0x0123456789abcdefL, 0x0fedcba987654321L);

    /** Settings of a case. */
    record Settings(int segmentBytes, int indexInterval, int indexBytes, long minLag, long maxLag, boolean appendTime) {
        static Settings plain() {
            return new Settings(1 << 20, 150, 1200, 0, Long.MAX_VALUE, false);
        }

        Settings segmentBytes(int bytes) {
            return new Settings(bytes, indexInterval, indexBytes, minLag, maxLag, appendTime);
        }

        Settings indexBytes(int bytes) {
            return new Settings(segmentBytes, indexInterval, bytes, minLag, maxLag, appendTime);
        }

        Settings lags(long min, long max) {
            return new Settings(segmentBytes, indexInterval, indexBytes, min, max, appendTime);
        }

        Settings withAppendTime() {
            return new Settings(segmentBytes, indexInterval, indexBytes, minLag, maxLag, true);
        }
    }

    /** How a pass is run. */
    record Pass(long now, long deleteRetention, int mapBytes, int ioBuffer) {
        static Pass at(long now) {
            return new Pass(now, 1000, 24 * 1000, 4096);
        }

        Pass mapBytes(int bytes) {
            return new Pass(now, deleteRetention, bytes, ioBuffer);
        }

        Pass ioBuffer(int bytes) {
            return new Pass(now, deleteRetention, mapBytes, bytes);
        }
    }

    static class Clock implements Time {
        long now = 10_000;

        @Override
        public long milliseconds() {
            return now;
        }

        @Override
        public long nanoseconds() {
            return now * 1_000_000;
        }

        @Override
        public void sleep(long ms) {
            now += ms;
        }

        @Override
        public void waitObject(Object obj, Supplier<Boolean> condition, long deadlineMs) {
            throw new UnsupportedOperationException();
        }
    }

    final Clock clock = new Clock();
    long producerExpiration = 86_400_000;
    private final Settings settings;
    private final Path dir;
    private final Map<String, String> listed = new TreeMap<>();
    private UnifiedLog log;
    private long logStart = 0;

    GoldenCleaner(String name, Settings settings) throws IOException {
        this.settings = settings;
        this.dir = Files.createTempDirectory("golden").resolve("topic-0");
        line("case", name);
        line("config", settings.segmentBytes, settings.indexInterval, settings.indexBytes, settings.minLag, settings.maxLag);
        open(10_000);
    }

    static void line(Object... fields) {
        OUT.append(String.join("\t", Arrays.stream(fields).map(String::valueOf).toList())).append('\n');
    }

    private LogConfig config(long deleteRetention) {
        Properties props = new Properties();
        props.put(LogConfig.INTERNAL_SEGMENT_BYTES_CONFIG, settings.segmentBytes);
        props.put("index.interval.bytes", settings.indexInterval);
        props.put("segment.index.bytes", settings.indexBytes);
        props.put("segment.ms", 1L << 40);
        props.put("min.compaction.lag.ms", settings.minLag);
        props.put("max.compaction.lag.ms", settings.maxLag);
        props.put("delete.retention.ms", deleteRetention);
        props.put("message.timestamp.type", settings.appendTime ? "LogAppendTime" : "CreateTime");
        return new LogConfig(props);
    }

    private void open(long deleteRetention) throws IOException {
        log = UnifiedLog.create(dir.toFile(), config(deleteRetention), logStart, Long.MAX_VALUE, new Inline(), new BrokerTopicStats(),
            clock, 60_000, new ProducerStateManagerConfig((int) producerExpiration, false), 600_000, new LogDirFailureChannel(1), true,
            Optional.of(TOPIC_ID));
        log.updateHighWatermark(log.logEndOffset());
    }

    long end() {
        return log.logEndOffset();
    }

    long active() {
        return log.activeSegment().baseOffset();
    }

    GoldenCleaner append(AppendOrigin origin, MemoryRecords records) throws IOException {
        log.appendAsLeader(records, 0, origin, RequestLocal.noCaching(), VerificationGuard.SENTINEL, (short) 0);
        log.updateHighWatermark(log.logEndOffset());
        return this;
    }

    GoldenCleaner append(MemoryRecords records) throws IOException {
        return append(AppendOrigin.CLIENT, records);
    }

    /** Batches that have their offsets. */
    GoldenCleaner follow(MemoryRecords records) throws IOException {
        log.appendAsFollower(records, 0);
        log.updateHighWatermark(log.logEndOffset());
        return this;
    }

    GoldenCleaner roll() throws IOException {
        log.roll(Optional.empty());
        return this;
    }

    void startAt(long offset) throws IOException {
        log.maybeIncrementLogStartOffset(offset, LogStartOffsetIncrementReason.ClientRecordDeletion);
        logStart = offset;
    }

    /** Ends the log in good order and begins again from its files, which are listed. */
    GoldenCleaner list(Pass pass) throws IOException {
        log.close();
        line("open", clock.now, logStart, producerExpiration);
        int segments = 0;
        for (File file : files()) {
            long modified = 2000;
            if (file.getName().endsWith(".log")) {
                modified += 100L * segments++;
                Files.setLastModifiedTime(file.toPath(), FileTime.fromMillis(modified));
            }
            String hex = HexFormat.of().formatHex(Files.readAllBytes(file.toPath()));
            if (hex.equals(listed.get(file.getName())))
                line("same", file.getName(), modified);
            else
                line("file", file.getName(), modified, hex);
            listed.put(file.getName(), hex);
        }
        open(pass.deleteRetention);
        return this;
    }

    private File[] files() {
        File[] files = dir.toFile().listFiles();
        Arrays.sort(files);
        return files;
    }

    /** A pass over all that may be cleaned behind `firstDirty`; answers up to where it got. */
    long clean(long firstDirty, Pass pass) throws Exception {
        list(pass);
        return cleanListed(firstDirty, pass);
    }

    long cleanListed(long firstDirty, Pass pass) throws Exception {
        Throttler throttler = new Throttler(Double.MAX_VALUE, 1 << 20, "golden", "bytes", clock);
        Cleaner cleaner = new Cleaner(0, new SkimpyOffsetMap(pass.mapBytes), pass.ioBuffer, pass.ioBuffer, 0.9, throttler, clock, tp -> { });
        LogToClean cleanable = new LogToClean(log, firstDirty, log.lastStableOffset(), false);
        if (cleanable.firstUncleanableOffset() < firstDirty) throw new IllegalStateException("nothing to clean");
        Map.Entry<Long, CleanerStats> done = cleaner.doClean(cleanable, pass.now);
        line("clean", pass.now, firstDirty, cleanable.firstUncleanableOffset(), pass.deleteRetention, pass.mapBytes, pass.ioBuffer,
            done.getKey());
        log.close();
        Map<String, String> left = new TreeMap<>();
        for (File file : files()) {
            String hex = HexFormat.of().formatHex(Files.readAllBytes(file.toPath()));
            if (hex.equals(listed.get(file.getName())))
                line("kept", file.getName());
            else
                line("left", file.getName(), hex);
            left.put(file.getName(), hex);
        }
        line("done");
        listed.clear();
        listed.putAll(left);
        open(pass.deleteRetention);
        return done.getKey();
    }

    /** Which part of the listed log may be cleaned. */
    GoldenCleaner select(long now, long highWatermark, Optional<Long> checkpoint) throws Exception {
        log.updateHighWatermark(highWatermark);
        Method range = LogCleanerManager.class.getDeclaredMethod("cleanableOffsets", UnifiedLog.class, Optional.class, long.class);
        Method delay = LogCleanerManager.class.getDeclaredMethod("maxCompactionDelay", UnifiedLog.class, long.class, long.class);
        range.setAccessible(true);
        delay.setAccessible(true);
        Object offsets = range.invoke(null, log, checkpoint, now);
        long firstDirty = (long) part(offsets, "firstDirtyOffset");
        boolean urgent = (long) delay.invoke(null, log, firstDirty, now) > 0;
        LogToClean cleanable = new LogToClean(log, firstDirty, (long) part(offsets, "firstUncleanableDirtyOffset"), urgent);
        line("select", now, highWatermark, checkpoint.map(String::valueOf).orElse("-"), log.lastStableOffset(), firstDirty,
            cleanable.firstUncleanableOffset(), cleanable.cleanableBytes(), cleanable.totalBytes(), urgent ? 1 : 0,
            (boolean) part(offsets, "forceUpdateCheckpoint") ? 1 : 0);
        return this;
    }

    private static Object part(Object record, String name) throws Exception {
        Method method = record.getClass().getDeclaredMethod(name);
        method.setAccessible(true);
        return method.invoke(record);
    }

    void endSelect() {
        line("done");
    }

    static MemoryRecords copy(MemoryRecords records) {
        ByteBuffer bytes = ByteBuffer.allocate(records.sizeInBytes());
        bytes.put(records.buffer().duplicate()).flip();
        return MemoryRecords.readableRecords(bytes);
    }

    /** Runs everything at once that is to run once. */
    private static class Inline implements Scheduler {
        @Override
        public void startup() { }

        @Override
        public void shutdown() { }

        @Override
        public ScheduledFuture<?> schedule(String name, Runnable task, long delayMs, long periodMs) {
            if (periodMs < 0) task.run();
            return (ScheduledFuture<?>) Proxy.newProxyInstance(Inline.class.getClassLoader(), new Class<?>[] {ScheduledFuture.class},
                (proxy, method, args) -> method.getReturnType() == boolean.class ? (Object) true : null);
        }

        @Override
        public void resizeThreadPool(int newSize) { }
    }
}
