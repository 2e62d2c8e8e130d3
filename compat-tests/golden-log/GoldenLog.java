import java.io.File;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.Properties;
import java.util.Random;
import java.util.concurrent.ScheduledFuture;

import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.compress.Compression;
import org.apache.kafka.common.record.internal.ControlRecordType;
import org.apache.kafka.common.record.internal.EndTransactionMarker;
import org.apache.kafka.common.record.internal.MemoryRecords;
import org.apache.kafka.common.record.internal.SimpleRecord;
import org.apache.kafka.common.utils.MockTime;
import org.apache.kafka.server.common.RequestLocal;
import org.apache.kafka.server.util.Scheduler;
import org.apache.kafka.storage.internals.log.AppendOrigin;
import org.apache.kafka.storage.internals.log.LogConfig;
import org.apache.kafka.storage.internals.log.LogDirFailureChannel;
import org.apache.kafka.storage.internals.log.ProducerStateManagerConfig;
import org.apache.kafka.storage.internals.log.UnifiedLog;
import org.apache.kafka.storage.internals.log.VerificationGuard;
import org.apache.kafka.storage.log.metrics.BrokerTopicStats;

/**
 * Writes tests/golden/log/scenarios.tsv: what is done to a log, and the files that Apache Kafka's own log
 * classes then leave. See make.sh.
 */
public class GoldenLog {
    private static final long NOW = 10_000L;
    private static final Uuid TOPIC_ID = new Uuid(0x0123456789abcdefL, 0x0fedcba987654321L);
    private static final StringBuilder OUT = new StringBuilder();

    private final MockTime time = new MockTime(0, NOW, 0);
    private final Path dir;
    private final LogConfig config;
    private UnifiedLog log;

    public static void main(String[] args) throws Exception {
        plain();
        idle();
        producers();
        manyProducers();
        truncated();
        crashed();
        Files.writeString(Path.of(args[0]).resolve("scenarios.tsv"), OUT);
    }

    private GoldenLog(String scenario, int segmentBytes, int indexInterval, long segmentMs) throws IOException {
        this.dir = Files.createTempDirectory("golden").resolve("topic-0");
        Properties props = new Properties();
        props.put(LogConfig.INTERNAL_SEGMENT_BYTES_CONFIG, segmentBytes);
        props.put("index.interval.bytes", indexInterval);
        props.put("segment.ms", segmentMs);
        props.put("segment.index.bytes", 240);
        this.config = new LogConfig(props);
        line("scenario", scenario, segmentBytes, indexInterval, segmentMs, 240);
    }

    private static void line(Object... fields) {
        OUT.append(String.join("\t", Arrays.stream(fields).map(String::valueOf).toList())).append('\n');
    }

    private void open(boolean clean, long recoveryPoint, long logStart) throws IOException {
        line("open", clean ? 1 : 0, recoveryPoint, logStart);
        log = UnifiedLog.create(dir.toFile(), config, logStart, recoveryPoint, new Inline(), new BrokerTopicStats(), time,
            60_000, new ProducerStateManagerConfig(86_400_000, false), 600_000, new LogDirFailureChannel(1), clean,
            Optional.of(TOPIC_ID));
    }

    private void append(int epoch, AppendOrigin origin, MemoryRecords records) throws IOException {
        ByteBuffer bytes = records.buffer().duplicate();
        byte[] copy = new byte[bytes.remaining()];
        bytes.get(copy);
        line("append", origin == AppendOrigin.CLIENT ? "client" : "coordinator", epoch, time.milliseconds(),
            HexFormat.of().formatHex(copy));
        log.appendAsLeader(records, epoch, origin, RequestLocal.noCaching(), VerificationGuard.SENTINEL, (short) 0);
    }

    private void append(int epoch, MemoryRecords records) throws IOException {
        append(epoch, AppendOrigin.CLIENT, records);
    }

    private void truncate(long offset) {
        line("truncate", offset, time.milliseconds());
        log.truncateTo(offset);
    }

    private void close() {
        line("close");
        log.close();
    }

    private void expect() throws IOException {
        files("file");
        line("end");
    }

    /** One line per file with its content. */
    private void files(String word) throws IOException {
        File[] files = dir.toFile().listFiles();
        Arrays.sort(files);
        for (File file : files)
            line(word, file.getName(), HexFormat.of().formatHex(Files.readAllBytes(file.toPath())));
    }

    private static SimpleRecord[] records(int count, long timestamp, int size) {
        List<SimpleRecord> records = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            byte[] value = new byte[size];
            Arrays.fill(value, (byte) ('a' + i % 26));
            records.add(new SimpleRecord(timestamp + i, value));
        }
        return records.toArray(SimpleRecord[]::new);
    }

    private static MemoryRecords batch(int count, long timestamp, int size) {
        return MemoryRecords.withRecords(Compression.NONE, records(count, timestamp, size));
    }

    private static MemoryRecords idempotent(long pid, int epoch, int sequence, int count, long timestamp) {
        return MemoryRecords.withIdempotentRecords(Compression.NONE, pid, (short) epoch, sequence, records(count, timestamp, 20));
    }

    private static MemoryRecords transactional(long pid, int epoch, int sequence, int count, long timestamp) {
        return MemoryRecords.withTransactionalRecords(Compression.NONE, pid, (short) epoch, sequence, records(count, timestamp, 20));
    }

    private void endTxn(long pid, int epoch, ControlRecordType type, long timestamp) throws IOException {
        append(0, AppendOrigin.COORDINATOR, MemoryRecords.withEndTransactionMarker(timestamp, pid, (short) epoch,
            new EndTransactionMarker(type, 3)));
    }

    private void appendPlain(Random random, int batches, int epoch) throws IOException {
        for (int i = 0; i < batches; i++) {
            // Timestamps that go back now and then, so that the time index has fewer entries than the offset index.
            append(epoch + i / 12, batch(1 + random.nextInt(4), 5000 + i * 10L - (i % 7 == 0 ? 500 : 0), random.nextInt(120)));
            time.sleep(50);
        }
    }

    /** Rolls by size, by time and by full indexes; several leader epochs. */
    private static void plain() throws Exception {
        GoldenLog golden = new GoldenLog("plain", 2500, 150, 400);
        golden.open(true, 0, 0);
        golden.appendPlain(new Random(1), 60, 0);
        golden.close();
        golden.expect();

        GoldenLog full = new GoldenLog("full-indexes", 1 << 20, 0, 1 << 30);
        full.open(true, 0, 0);
        full.appendPlain(new Random(2), 80, 0);
        full.close();
        full.expect();
    }

    /** Nothing is ever appended, or only before the log is opened again. */
    private static void idle() throws Exception {
        GoldenLog empty = new GoldenLog("empty", 2500, 150, 1 << 30);
        empty.open(true, 0, 0);
        empty.close();
        empty.expect();

        GoldenLog reopened = new GoldenLog("reopened", 2500, 150, 1 << 30);
        reopened.open(true, 0, 0);
        reopened.appendPlain(new Random(3), 17, 0);
        reopened.close();
        reopened.open(true, 0, 0);
        reopened.append(9, batch(2, 9000, 30));
        reopened.close();
        reopened.open(true, 0, 0);
        reopened.close();
        reopened.expect();
    }

    private void appendTransactions() throws IOException {
        append(0, idempotent(7, 0, 0, 3, 5000));
        append(0, transactional(8, 1, 0, 2, 5010));
        append(0, batch(2, 5020, 40));
        append(0, transactional(9, 0, 0, 1, 5030));
        endTxn(8, 1, ControlRecordType.ABORT, 5040);
        append(0, idempotent(7, 0, 3, 2, 5050));
        append(0, transactional(8, 1, 2, 4, 5060));
        endTxn(9, 0, ControlRecordType.COMMIT, 5070);
        append(0, idempotent(7, 1, 0, 1, 5080));
        endTxn(8, 1, ControlRecordType.ABORT, 5090);
        append(0, transactional(10, 0, 0, 2, 5100));
        append(0, batch(3, 5110, 200));
        endTxn(10, 0, ControlRecordType.ABORT, 5120);
        append(0, transactional(9, 1, 0, 2, 5130));
    }

    private static void producers() throws Exception {
        GoldenLog golden = new GoldenLog("producers", 700, 150, 1 << 30);
        golden.open(true, 0, 0);
        golden.appendTransactions();
        golden.close();
        golden.expect();
    }

    /** The order of a snapshot's entries is that of a Java hash map. */
    private static void manyProducers() throws Exception {
        GoldenLog golden = new GoldenLog("many-producers", 1 << 20, 4096, 1 << 30);
        golden.open(true, 0, 0);
        for (int i = 0; i < 40; i++)
            golden.append(0, idempotent(i * 4_000_000_007L + i * 13, 0, 0, 1, 5000 + i));
        golden.close();
        golden.expect();
    }

    private static void truncated() throws Exception {
        GoldenLog golden = new GoldenLog("truncated", 700, 150, 1 << 30);
        golden.open(true, 0, 0);
        golden.appendTransactions();
        golden.truncate(14);
        golden.append(2, batch(2, 6000, 40));
        golden.append(2, idempotent(7, 2, 0, 1, 6010));
        golden.close();
        golden.expect();

        GoldenLog plain = new GoldenLog("truncated-plain", 2500, 150, 1 << 30);
        plain.open(true, 0, 0);
        plain.appendPlain(new Random(4), 40, 0);
        plain.truncate(61);
        plain.appendPlain(new Random(5), 3, 7);
        plain.close();
        plain.expect();
    }

    /** What a process that was killed left, and what recovery makes of it. */
    private static void crashed() throws Exception {
        for (String how : List.of("killed", "torn", "flipped", "lost-index", "far")) {
            GoldenLog golden = new GoldenLog("crashed-" + how, 700, 150, 1 << 30);
            OUT.setLength(OUT.lastIndexOf("scenario\t"));
            StringBuilder before = new StringBuilder(OUT);
            golden.open(true, 0, 0);
            golden.appendTransactions();
            OUT.setLength(0);
            OUT.append(before);
            line("scenario", "crashed-" + how, 700, 150, 1 << 30, 240);
            GoldenLog left = golden.copy();
            File[] logs = left.dir.toFile().listFiles((folder, name) -> name.endsWith(".log"));
            Arrays.sort(logs);
            Path last = logs[logs.length - 1].toPath();
            byte[] bytes = Files.readAllBytes(last);
            switch (how) {
                case "torn" -> Files.write(last, Arrays.copyOf(bytes, bytes.length - 5));
                case "flipped" -> {
                    byte[] first = Files.readAllBytes(logs[1].toPath());
                    first[first.length - 3] ^= 1;
                    Files.write(logs[1].toPath(), first);
                }
                case "lost-index" -> Files.delete(Path.of(logs[0].getPath().replace(".log", ".index")));
                default -> { }
            }
            left.files("put");
            left.open(false, how.equals("far") ? 20 : 0, how.equals("far") ? 4 : 0);
            left.close();
            left.expect();
        }
    }

    private GoldenLog copy() throws IOException {
        GoldenLog left = new GoldenLog("copy", 700, 150, 1 << 30);
        OUT.setLength(OUT.lastIndexOf("scenario\t"));
        Files.createDirectories(left.dir);
        for (File file : dir.toFile().listFiles())
            Files.copy(file.toPath(), left.dir.resolve(file.getName()));
        return left;
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
            return new org.apache.kafka.server.util.MockScheduler(new MockTime()).schedule(name, () -> { }, 0, -1);
        }

        @Override
        public void resizeThreadPool(int newSize) { }
    }
}
