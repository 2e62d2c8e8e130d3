import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Random;

import org.apache.kafka.common.compress.Compression;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.internals.RecordHeader;
import org.apache.kafka.common.record.TimestampType;
import org.apache.kafka.common.record.internal.CompressionType;
import org.apache.kafka.common.record.internal.ControlRecordType;
import org.apache.kafka.common.record.internal.EndTransactionMarker;
import org.apache.kafka.common.record.internal.MemoryRecords;
import org.apache.kafka.common.record.internal.MemoryRecordsBuilder;
import org.apache.kafka.common.record.internal.SimpleRecord;
import org.apache.kafka.storage.internals.log.AppendOrigin;

/** Writes tests/golden/cleaner/cases.tsv. See make.sh, and GoldenCleaner.java for the lines. */
public class CleanerCases {
    private static final GoldenCleaner.Settings PLAIN = GoldenCleaner.Settings.plain();

    public static void main(String[] args) throws Exception {
        overwritten();
        tombstones();
        unkeyed();
        codecs();
        producers();
        transactions();
        markers();
        interleaved();
        groups();
        far();
        fullMap();
        logStart();
        appendTime();
        headers();
        legacy();
        largeBatch();
        emptied();
        selection();
        for (int seed = 1; seed <= 10; seed++) random(seed);
        Files.writeString(Path.of(args[0]).resolve("cases.tsv"), GoldenCleaner.OUT);
    }

    private static byte[] bytes(String text) {
        return text == null ? null : text.getBytes(StandardCharsets.UTF_8);
    }

    /** "a=1" is a value, "a" a tombstone, "=1" has no key, "=" neither. */
    private static SimpleRecord record(long timestamp, String text) {
        int at = text.indexOf('=');
        String key = at < 0 ? text : text.substring(0, at);
        String value = at < 0 || text.equals("=") ? null : text.substring(at + 1);
        return new SimpleRecord(timestamp, bytes(key.isEmpty() ? null : key), bytes(value));
    }

    private static SimpleRecord[] records(long timestamp, String... texts) {
        SimpleRecord[] records = new SimpleRecord[texts.length];
        for (int i = 0; i < texts.length; i++) records[i] = record(timestamp + i, texts[i]);
        return records;
    }

    private static MemoryRecords batch(long timestamp, String... texts) {
        return MemoryRecords.withRecords(Compression.NONE, records(timestamp, texts));
    }

    private static MemoryRecords idempotent(Compression codec, long id, int epoch, int sequence, String... texts) {
        return MemoryRecords.withIdempotentRecords(codec, id, (short) epoch, sequence, records(5000, texts));
    }

    private static MemoryRecords idempotent(long id, int epoch, int sequence, String... texts) {
        return idempotent(Compression.NONE, id, epoch, sequence, texts);
    }

    private static MemoryRecords transactional(Compression codec, long id, int epoch, int sequence, String... texts) {
        return MemoryRecords.withTransactionalRecords(codec, id, (short) epoch, sequence, records(5000, texts));
    }

    private static MemoryRecords transactional(long id, int epoch, int sequence, String... texts) {
        return transactional(Compression.NONE, id, epoch, sequence, texts);
    }

    private static void end(GoldenCleaner log, long id, int epoch, boolean commit) throws IOException {
        log.append(AppendOrigin.COORDINATOR, MemoryRecords.withEndTransactionMarker(5500, id, (short) epoch,
            new EndTransactionMarker(commit ? ControlRecordType.COMMIT : ControlRecordType.ABORT, 3)));
    }

    private static void overwritten() throws Exception {
        GoldenCleaner log = new GoldenCleaner("overwritten", PLAIN);
        log.append(batch(5000, "a=1", "b=1", "c=1")).append(batch(5010, "a=2")).roll();
        log.append(batch(5020, "d=1", "e=1")).append(batch(5030, "b=2", "f=1", "a=3", "c=2")).append(batch(5005, "g=1")).roll();
        log.append(batch(5040, "e=2")).append(batch(5050, "h=1", "i=1", "j=1")).roll();
        log.append(batch(5060, "a=active"));
        long clean = log.clean(0, GoldenCleaner.Pass.at(20_000));
        log.append(batch(5070, "g=2", "h=2")).roll();
        log.clean(clean, GoldenCleaner.Pass.at(21_000));
    }

    /** Before the horizon, at it, and behind it; also for tombstones that the map does not reach. */
    private static void tombstones() throws Exception {
        GoldenCleaner log = new GoldenCleaner("tombstones", PLAIN);
        log.append(batch(5000, "a=1", "b=1", "c=1")).append(batch(5010, "a", "d=1")).append(batch(5020, "b")).roll();
        log.append(batch(5030, "c=2", "e")).append(batch(5040, "=1", "=", "f=")).roll();
        long clean = log.clean(0, GoldenCleaner.Pass.at(20_000));
        for (long now : new long[] {20_500, 20_999, 21_000, 22_499}) {
            log.append(batch(now - 10_000, "x=" + now, "y")).roll();
            clean = log.clean(clean, GoldenCleaner.Pass.at(now));
        }
        log.append(batch(5000, "y=1")).roll();
        log.clean(clean, GoldenCleaner.Pass.at(90_000));
    }

    private static void unkeyed() throws Exception {
        GoldenCleaner log = new GoldenCleaner("unkeyed", PLAIN);
        log.append(batch(5000, "=1", "a=1", "=2")).append(batch(5010, "=3", "=4")).append(batch(5020, "b=1", "=")).roll();
        log.append(batch(5030, "=5"));
        log.clean(0, GoldenCleaner.Pass.at(20_000));
    }

    private static void codecs() throws Exception {
        for (CompressionType type : new CompressionType[] {CompressionType.GZIP, CompressionType.SNAPPY, CompressionType.LZ4, CompressionType.ZSTD}) {
            GoldenCleaner log = new GoldenCleaner("codec-" + type.name, PLAIN);
            Compression codec = Compression.of(type).build();
            log.append(MemoryRecords.withRecords(codec, records(5000, "a=111111111111111111111", "b=2222222222222222222", "c=3")));
            log.append(MemoryRecords.withRecords(codec, records(5010, "a=4", "d=55555555555555555555555", "e")));
            log.append(MemoryRecords.withRecords(codec, records(5020, "f=666666666666666666666666666666")));
            log.append(MemoryRecords.withIdempotentRecords(codec, 7, (short) 1, 0, records(5030, "g=1", "h=2")));
            log.append(MemoryRecords.withRecords(codec, records(5040, "g=3", "h=4", "b=5"))).roll();
            log.clean(0, GoldenCleaner.Pass.at(20_000));
        }
    }

    private static void producers() throws Exception {
        GoldenCleaner log = new GoldenCleaner("producers", PLAIN);
        log.append(idempotent(7, 0, 0, "a=1", "b=1", "c=1")).append(idempotent(7, 0, 3, "a=2", "b=2"));
        log.append(idempotent(8, 2, 0, "d=1")).append(idempotent(9, 0, 0, "e=1", "f=1")).roll();
        log.append(batch(5010, "a=3", "b=3", "d=2")).append(idempotent(9, 1, 0, "e=2")).roll();
        log.append(batch(5020, "e=3"));
        long clean = log.clean(0, GoldenCleaner.Pass.at(20_000));
        log.append(batch(5030, "c=2", "f=2")).append(idempotent(7, 0, 5, "a=4")).roll();
        clean = log.clean(clean, GoldenCleaner.Pass.at(21_000));
        // Producers that are not known any more keep nothing.
        log.clock.now = 20_000;
        log.producerExpiration = 1000;
        log.append(idempotent(10, 0, 0, "g=1")).append(batch(5040, "g=2", "a=5")).roll();
        log.clean(clean, GoldenCleaner.Pass.at(22_000));
    }

    private static void transactions() throws Exception {
        GoldenCleaner log = new GoldenCleaner("transactions", PLAIN);
        log.append(transactional(7, 0, 0, "a=1", "b=1")).append(transactional(8, 0, 0, "a=2", "c=1"));
        end(log, 7, 0, true);
        log.append(transactional(7, 0, 2, "d=1"));
        log.roll();
        end(log, 8, 0, false);
        log.append(transactional(8, 0, 2, "c=2")).append(batch(5010, "e=1"));
        end(log, 7, 0, false);
        end(log, 8, 0, true);
        log.roll();
        log.append(batch(5020, "f=1"));
        long clean = log.clean(0, GoldenCleaner.Pass.at(20_000));
        for (long now : new long[] {20_500, 21_500, 23_000, 25_000}) {
            log.append(batch(now - 10_000, "x=" + now, "c=" + now)).roll();
            clean = log.clean(clean, GoldenCleaner.Pass.at(now));
        }
        log.append(transactional(8, 0, 3, "c=3")).append(transactional(7, 1, 0, "a=9"));
        end(log, 8, 0, true);
        end(log, 7, 1, false);
        log.roll();
        clean = log.clean(clean, GoldenCleaner.Pass.at(30_000));
        log.append(batch(5030, "x=1")).roll();
        clean = log.clean(clean, GoldenCleaner.Pass.at(31_000));
        log.append(batch(5030, "x=2")).roll();
        log.clean(clean, GoldenCleaner.Pass.at(33_000));
    }

    /** Markers of transactions without data, of producers that wrote none, and of one that has begun anew. */
    private static void markers() throws Exception {
        GoldenCleaner log = new GoldenCleaner("markers", PLAIN);
        end(log, 7, 0, false);
        end(log, 8, 3, true);
        log.append(batch(5000, "a=1"));
        end(log, 8, 4, true);
        log.append(transactional(9, 0, 0, "b=1"));
        end(log, 9, 1, false);
        log.roll();
        long clean = 0;
        for (long now : new long[] {20_000, 21_000, 22_000, 24_000}) {
            log.append(batch(5000, "x=" + now)).roll();
            clean = log.clean(clean, GoldenCleaner.Pass.at(now));
        }
    }

    /** Aborted and committed transactions over many segments, of two producers in turn. */
    private static void interleaved() throws Exception {
        GoldenCleaner log = new GoldenCleaner("interleaved", PLAIN);
        int[] sequence = new int[3];
        for (int round = 0; round < 6; round++) {
            for (int id = 0; id < 3; id++) {
                if ((round + id) % 4 == 3) continue;
                log.append(transactional(id, 0, sequence[id], "k" + (round + id) % 4 + "=" + round));
                sequence[id]++;
                if (round % 3 == 1) log.roll();
            }
            for (int id = 0; id < 3; id++)
                if ((round * 3 + id) % 5 != 4 && (round + id) % 4 != 3) end(log, id, 0, (round + id) % 2 == 0);
        }
        for (int id = 0; id < 3; id++) end(log, id, 0, id == 1);
        log.roll();
        long clean = log.clean(0, GoldenCleaner.Pass.at(20_000));
        log.append(batch(5000, "k1=x")).roll();
        clean = log.clean(clean, GoldenCleaner.Pass.at(20_500));
        log.append(batch(5000, "k2=x")).roll();
        log.clean(clean, GoldenCleaner.Pass.at(22_000));
    }

    private static void groups() throws Exception {
        for (int indexBytes : new int[] {1200, 96}) {
            GoldenCleaner log = new GoldenCleaner("groups-" + indexBytes, PLAIN.segmentBytes(1000).indexBytes(indexBytes));
            for (int i = 0; i < 30; i++) log.append(batch(5000 + i, "k" + i % 7 + "=" + "v".repeat(40 + i), "only" + i + "=1"));
            log.roll();
            long clean = log.clean(0, GoldenCleaner.Pass.at(20_000));
            log.append(batch(6000, "k1=x", "k2=x", "only3=2")).roll();
            log.clean(clean, GoldenCleaner.Pass.at(21_000));
        }
    }

    private static MemoryRecords at(long offset, String... texts) {
        return MemoryRecords.withRecords(offset, Compression.NONE, 0, records(5000, texts));
    }

    /** Offsets so far apart that one segment cannot hold them, and gaps that one can. */
    private static void far() throws Exception {
        GoldenCleaner log = new GoldenCleaner("far", PLAIN);
        log.follow(at(5, "a=1", "b=1")).follow(at(100, "a=2")).roll();
        log.follow(at(2_000_000_000L, "c=1")).roll();
        log.follow(at(2_147_483_000L, "d=1")).roll();
        log.follow(at(2_147_483_660L, "e=1", "b=2")).roll();
        log.follow(at(5_000_000_000L, "a=3")).follow(at(5_000_000_010L, "c=2", "f=1")).roll();
        log.clean(0, GoldenCleaner.Pass.at(20_000));
    }

    private static void fullMap() throws Exception {
        for (int slots : new int[] {4, 6, 9}) {
            GoldenCleaner log = new GoldenCleaner("full-map-" + slots, PLAIN);
            log.append(batch(5000, "a=1", "b=1")).append(batch(5010, "a=2", "c=1", "d=1")).roll();
            log.append(batch(5020, "e=1", "a=3", "f=1", "b=2")).append(batch(5030, "a=4", "g", "=")).roll();
            log.append(batch(5040, "h=1", "e=2")).roll();
            long clean = 0;
            for (int pass = 0; pass < 4 && clean < log.active(); pass++)
                clean = log.clean(clean, GoldenCleaner.Pass.at(20_000 + 600 * pass).mapBytes(24 * slots + 7));
        }
    }

    private static void logStart() throws Exception {
        GoldenCleaner log = new GoldenCleaner("log-start", PLAIN);
        log.append(batch(5000, "a=1", "b=1", "c=1", "d=1")).append(transactional(7, 0, 0, "e=1"));
        end(log, 7, 0, false);
        log.append(batch(5010, "a=2", "f=1")).roll();
        log.append(batch(5020, "c=2")).roll();
        log.startAt(2);
        long clean = log.clean(2, GoldenCleaner.Pass.at(20_000));
        log.startAt(7);
        log.append(batch(5030, "f=2")).roll();
        log.clean(clean, GoldenCleaner.Pass.at(20_000));
    }

    private static void appendTime() throws Exception {
        GoldenCleaner log = new GoldenCleaner("append-time", PLAIN.withAppendTime());
        log.append(batch(5000, "a=1", "b=1", "c=1"));
        log.clock.now = 10_100;
        log.append(batch(5010, "a=2", "b", "d=1")).append(idempotent(7, 0, 0, "e=1")).roll();
        log.clock.now = 10_200;
        log.append(batch(5020, "e=2", "f", "c=2")).roll();
        long clean = log.clean(0, GoldenCleaner.Pass.at(20_000));
        log.append(batch(5030, "g=1")).roll();
        clean = log.clean(clean, GoldenCleaner.Pass.at(20_500));
        log.append(batch(5030, "g=1")).roll();
        log.clean(clean, GoldenCleaner.Pass.at(21_000));
    }

    private static void headers() throws Exception {
        GoldenCleaner log = new GoldenCleaner("headers", PLAIN);
        Header[] headers = {new RecordHeader("h1", bytes("x")), new RecordHeader("", null), new RecordHeader("h1", bytes(""))};
        log.append(MemoryRecords.withRecords(Compression.NONE, new SimpleRecord(5000, bytes("a"), bytes("1"), headers),
            new SimpleRecord(5001, bytes("b"), null, headers), new SimpleRecord(5002, bytes("c"), bytes(""), new Header[0])));
        log.append(batch(5010, "a=2")).roll();
        log.append(MemoryRecords.withRecords(Compression.NONE, new SimpleRecord(-1, bytes("d"), bytes("1"), headers),
            new SimpleRecord(-1, bytes("a"), null))).roll();
        log.clean(0, GoldenCleaner.Pass.at(20_000));
    }

    private static MemoryRecords legacyBatch(int magic, CompressionType type, TimestampType timestamps, long offset, SimpleRecord... records) {
        MemoryRecordsBuilder builder = MemoryRecords.builder(ByteBuffer.allocate(2048), (byte) magic, Compression.of(type).build(),
            magic == 0 ? TimestampType.NO_TIMESTAMP_TYPE : timestamps, offset, 5900);
        for (SimpleRecord record : records) builder.append(record);
        return builder.build();
    }

    /** Old formats become batches of magic 2; when their tombstones go is told by the segments' ages. */
    private static void legacy() throws Exception {
        for (int magic = 0; magic < 2; magic++) {
            for (long retention : new long[] {50, 100, 1000}) {
                GoldenCleaner log = new GoldenCleaner("legacy-" + magic + "-" + retention, PLAIN);
                log.follow(legacyBatch(magic, CompressionType.NONE, TimestampType.CREATE_TIME, 0, records(5000, "a=1", "b=1", "c")));
                log.follow(legacyBatch(magic, CompressionType.GZIP, TimestampType.CREATE_TIME, 3, records(5010, "a=2", "d=1", "e"))).roll();
                log.follow(legacyBatch(magic, CompressionType.SNAPPY, TimestampType.LOG_APPEND_TIME, 6, records(5020, "f=1", "b=2", "g"))).roll();
                log.follow(legacyBatch(magic, CompressionType.NONE, TimestampType.LOG_APPEND_TIME, 9, records(5030, "g=1", "h", "i=1"))).roll();
                log.follow(at(12, "d=2", "j=1")).roll();
                log.clean(retention == 1000 ? 0 : 9, new GoldenCleaner.Pass(20_000, retention, 2400, 4096));
            }
        }
    }

    /** Batches that do not fit into the cleaner's buffer. */
    private static void largeBatch() throws Exception {
        GoldenCleaner log = new GoldenCleaner("large-batch", PLAIN);
        log.append(batch(5000, "a=1", "b=" + "v".repeat(700), "c=1")).append(batch(5010, "d=1"));
        log.append(batch(5020, "a=" + "w".repeat(300), "e=1")).append(batch(5030, "c=2")).roll();
        log.clean(0, GoldenCleaner.Pass.at(20_000).ioBuffer(256));
    }

    /** Segments of which nothing is left, first, in the middle and last. */
    private static void emptied() throws Exception {
        GoldenCleaner log = new GoldenCleaner("emptied", PLAIN.segmentBytes(300));
        log.append(batch(5000, "a=1", "b=1")).roll();
        log.append(batch(5010, "c=" + "v".repeat(180))).roll();
        log.append(batch(5020, "a=2", "b=2")).roll();
        log.append(batch(5030, "d=" + "v".repeat(180))).roll();
        log.append(batch(5040, "e")).append(batch(5040, "e")).roll();
        long clean = log.clean(0, GoldenCleaner.Pass.at(20_000));
        log.append(batch(5050, "a=3", "b=3", "c=3", "d=3")).roll();
        clean = log.clean(clean, GoldenCleaner.Pass.at(22_000));
        log.append(batch(5060, "a=4")).roll();
        log.clean(clean, GoldenCleaner.Pass.at(24_000));
    }

    private static void selection() throws Exception {
        for (long[] lags : new long[][] {{0, Long.MAX_VALUE}, {500, Long.MAX_VALUE}, {0, 300}, {100, 700}}) {
            GoldenCleaner log = new GoldenCleaner("select-" + lags[0] + "-" + (lags[1] == Long.MAX_VALUE ? "max" : "" + lags[1]),
                PLAIN.lags(lags[0], lags[1]));
            log.append(batch(5000, "a=1")).append(batch(5100, "b=1")).roll();
            log.append(batch(5200, "a=2")).roll();
            log.append(batch(-1, "c=2")).roll();
            log.append(batch(5400, "a=3", "d=1")).append(transactional(7, 0, 0, "e=1")).append(batch(5600, "f=1")).roll();
            log.append(batch(5700, "g=1")).roll();
            log.append(batch(5800, "h=1"));
            log.list(GoldenCleaner.Pass.at(0));
            long end = log.end();
            for (long now : new long[] {5300, 5500, 5701, 6000, 6500, 7000}) {
                log.select(now, end, Optional.empty()).select(now, end, Optional.of(2L)).select(now, end, Optional.of(3L));
                log.select(now, 1, Optional.of(0L));
                log.select(now, 3, Optional.of(1L)).select(now, end, Optional.of(6L));
                log.select(now, end, Optional.of(end)).select(now, end, Optional.of(end + 1));
            }
            log.endSelect();
        }
        GoldenCleaner started = new GoldenCleaner("select-started", PLAIN.lags(0, 100));
        started.append(batch(5000, "a=1", "b=1", "c=1")).roll();
        started.append(batch(5200, "a=2")).roll();
        started.startAt(1);
        started.list(GoldenCleaner.Pass.at(0));
        for (Long checkpoint : Arrays.asList(null, 0L, 1L, 3L, 4L, 5L)) started.select(5250, started.end(), Optional.ofNullable(checkpoint));
        started.endSelect();
        GoldenCleaner empty = new GoldenCleaner("select-empty", PLAIN);
        empty.list(GoldenCleaner.Pass.at(0));
        empty.select(5250, 0, Optional.empty()).select(5250, 0, Optional.of(3L)).endSelect();
    }

    private static Compression anyCodec(Random random) {
        CompressionType[] types = CompressionType.values();
        return Compression.of(types[random.nextInt(types.length)]).build();
    }

    /** Everything mixed, in several passes; the last ones compressed as well. */
    private static void random(int seed) throws Exception {
        Random random = new Random(seed);
        GoldenCleaner log = new GoldenCleaner("random-" + seed, PLAIN.segmentBytes(600 + 200 * (seed % 6)));
        int[] sequence = new int[4];
        boolean[] open = new boolean[4];
        long clean = 0;
        for (int pass = 0; pass < 4; pass++) {
            for (int step = 0; step < 14; step++) {
                List<String> texts = new ArrayList<>();
                for (int i = 1 + random.nextInt(4); i > 0; i--)
                    texts.add("k" + random.nextInt(9) + (random.nextInt(4) == 0 ? "" : "=" + "v".repeat(random.nextInt(30))));
                String[] all = texts.toArray(String[]::new);
                int id = random.nextInt(4);
                Compression codec = seed > 7 ? anyCodec(random) : Compression.NONE;
                switch (random.nextInt(6)) {
                    case 0, 1 -> log.append(MemoryRecords.withRecords(codec, records(5000 + random.nextInt(500), all)));
                    case 2 -> {
                        if (open[id]) break;
                        log.append(idempotent(codec, id, 0, sequence[id], all));
                        sequence[id] += all.length;
                    }
                    case 3, 4 -> {
                        log.append(transactional(codec, id, 0, sequence[id], all));
                        sequence[id] += all.length;
                        open[id] = true;
                    }
                    default -> {
                        if (open[id]) end(log, id, 0, random.nextBoolean());
                        open[id] = false;
                    }
                }
            }
            for (int id = 0; id < 4; id++) {
                if (open[id]) end(log, id, 0, random.nextBoolean());
                open[id] = false;
            }
            log.roll();
            clean = log.clean(clean, GoldenCleaner.Pass.at(20_000 + 700L * pass).mapBytes(24 * (seed % 5 == 0 ? 8 : 100)));
        }
    }
}
