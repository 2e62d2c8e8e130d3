import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.compress.Compression;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.internals.RecordHeader;
import org.apache.kafka.common.message.KRaftVersionRecord;
import org.apache.kafka.common.message.LeaderChangeMessage;
import org.apache.kafka.common.message.SnapshotFooterRecord;
import org.apache.kafka.common.message.SnapshotHeaderRecord;
import org.apache.kafka.common.message.VotersRecord;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.record.TimestampType;
import org.apache.kafka.common.record.internal.CompressionType;
import org.apache.kafka.common.record.internal.ControlRecordType;
import org.apache.kafka.common.record.internal.DefaultRecordBatch;
import org.apache.kafka.common.record.internal.EndTransactionMarker;
import org.apache.kafka.common.record.internal.MemoryRecords;
import org.apache.kafka.common.record.internal.MemoryRecordsBuilder;
import org.apache.kafka.common.record.internal.RecordBatch;
import org.apache.kafka.common.requests.ProduceResponse.RecordError;
import org.apache.kafka.common.utils.BufferSupplier;
import org.apache.kafka.common.utils.ByteBufferOutputStream;
import org.apache.kafka.common.utils.Crc32C;
import org.apache.kafka.common.utils.MockTime;
import org.apache.kafka.common.utils.PrimitiveRef;
import org.apache.kafka.storage.internals.log.AppendOrigin;
import org.apache.kafka.storage.internals.log.LogValidator;
import org.apache.kafka.storage.internals.log.RecordValidationException;

/**
 * Writes the golden files of tests/golden/records with Apache Kafka's own classes: batches as hex, and what its
 * log validator answers to sound and unsound batches. See make.sh.
 */
public class GoldenRecords {
    private static final long NOW = 2000L;
    private static final Map<String, byte[]> FILES = new TreeMap<>();
    private static final List<String> VERDICTS = new ArrayList<>();

    public static void main(String[] args) throws Exception {
        Path target = Path.of(args[0]);
        plainBatches();
        controlBatches();
        compressedBatches();
        legacySets();
        StringBuilder batches = new StringBuilder();
        FILES.forEach((name, bytes) ->
            batches.append(name).append('\t').append(HexFormat.of().formatHex(bytes)).append('\n'));
        Files.writeString(target.resolve("batches.tsv"), batches);
        verdicts();
        Files.write(target.resolve("verdicts.tsv"), VERDICTS);
    }

    // ---- batches -------------------------------------------------------------------------------------------

    private static ByteBuffer utf8(String text) {
        return text == null ? null : ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8));
    }

    private static void keep(String name, MemoryRecordsBuilder builder) {
        FILES.put(name, bytesOf(builder.build()));
    }

    private static byte[] bytesOf(MemoryRecords records) {
        ByteBuffer buffer = records.buffer().duplicate();
        byte[] bytes = new byte[buffer.remaining()];
        buffer.get(bytes);
        return bytes;
    }

    private static MemoryRecordsBuilder builder(byte magic, Compression compression, TimestampType type,
                                                long baseOffset, long appendTime, long pid, short epoch, int sequence,
                                                boolean txn, boolean control, int leaderEpoch, long horizon) {
        return new MemoryRecordsBuilder(new ByteBufferOutputStream(1 << 20), magic, compression, type, baseOffset,
            appendTime, pid, epoch, sequence, txn, control, leaderEpoch, 1 << 20, horizon);
    }

    private static MemoryRecordsBuilder data(Compression compression, long baseOffset, int leaderEpoch) {
        return builder((byte) 2, compression, TimestampType.CREATE_TIME, baseOffset, -1L, -1L, (short) -1, -1, false,
            false, leaderEpoch, -1L);
    }

    private static void three(MemoryRecordsBuilder builder) {
        builder.append(1000L, utf8("k0"), utf8("zero"));
        builder.append(1007L, utf8("k1"), utf8("one"));
        builder.append(1003L, (ByteBuffer) null, utf8("two"));
    }

    private static void plainBatches() {
        MemoryRecordsBuilder builder = data(Compression.NONE, 0L, -1);
        three(builder);
        keep("three", builder);

        builder = data(Compression.NONE, 5L, 9);
        Header[] headers = {new RecordHeader("h", "1".getBytes(StandardCharsets.UTF_8)), new RecordHeader("", null)};
        builder.append(50L, utf8("k"), utf8("v"), headers);
        builder.append(40L, utf8(""), null);
        builder.append(-1L, (ByteBuffer) null, null);
        keep("headers_and_nulls", builder);

        builder = builder((byte) 2, Compression.NONE, TimestampType.CREATE_TIME, 42L, -1L, 4711L, (short) 3,
            Integer.MAX_VALUE, false, false, 7, -1L);
        three(builder);
        keep("idempotent", builder);

        builder = builder((byte) 2, Compression.NONE, TimestampType.CREATE_TIME, 42L, -1L, 4711L, (short) 3, 0, true,
            false, 7, -1L);
        three(builder);
        keep("transactional", builder);

        builder = builder((byte) 2, Compression.NONE, TimestampType.LOG_APPEND_TIME, 0L, 9000L, -1L, (short) -1, -1,
            false, false, 1, -1L);
        three(builder);
        keep("log_append_time", builder);

        builder = builder((byte) 2, Compression.NONE, TimestampType.CREATE_TIME, 0L, -1L, -1L, (short) -1, -1, false,
            false, 1, 123456L);
        three(builder);
        keep("delete_horizon", builder);

        builder = data(Compression.NONE, 100L, 2);
        builder.appendWithOffset(103L, 5L, utf8("a"), utf8("1"));
        builder.appendWithOffset(100L + Integer.MAX_VALUE, Long.MAX_VALUE, utf8("b"), utf8("2"));
        keep("gaps", builder);

        builder = data(Compression.NONE, 0L, 0);
        for (int i = 0; i < 200; i++)
            builder.append((i * 7919L) % 100000L, utf8("key-" + i), utf8("v".repeat(i)));
        keep("two_hundred", builder);
    }

    private static MemoryRecordsBuilder control(long pid, short epoch, boolean txn, int leaderEpoch) {
        return builder((byte) 2, Compression.NONE, TimestampType.CREATE_TIME, 77L, -1L, pid, epoch, -1, txn, true,
            leaderEpoch, -1L);
    }

    private static void controlBatches() {
        MemoryRecordsBuilder builder = control(12L, (short) 4, true, 3);
        builder.appendEndTxnMarker(600L, new EndTransactionMarker(ControlRecordType.COMMIT, 21));
        keep("control_commit", builder);
        builder = control(12L, (short) 4, true, 3);
        builder.appendEndTxnMarker(600L, new EndTransactionMarker(ControlRecordType.ABORT, 21));
        keep("control_abort", builder);

        builder = control(-1L, (short) -1, false, 5);
        builder.appendLeaderChangeMessage(600L, new LeaderChangeMessage().setVersion((short) 0).setLeaderId(1)
            .setVoters(List.of(new LeaderChangeMessage.Voter().setVoterId(1)))
            .setGrantingVoters(List.of()));
        keep("control_leader_change", builder);
        builder = control(-1L, (short) -1, false, 5);
        builder.appendSnapshotHeaderMessage(600L, new SnapshotHeaderRecord().setVersion((short) 0)
            .setLastContainedLogTimestamp(599L));
        keep("control_snapshot_header", builder);
        builder = control(-1L, (short) -1, false, 5);
        builder.appendSnapshotFooterMessage(600L, new SnapshotFooterRecord().setVersion((short) 0));
        keep("control_snapshot_footer", builder);
        builder = control(-1L, (short) -1, false, 5);
        builder.appendKRaftVersionMessage(600L, new KRaftVersionRecord().setVersion((short) 0)
            .setKRaftVersion((short) 1));
        builder.appendVotersMessage(600L, new VotersRecord().setVersion((short) 0).setVoters(List.of(
            new VotersRecord.Voter().setVoterId(1).setVoterDirectoryId(new Uuid(1, 2)))));
        keep("control_kraft_version_and_voters", builder);
    }

    private static List<Compression> compressions() {
        return List.of(Compression.gzip().build(), Compression.snappy().build(), Compression.lz4().build(),
            Compression.zstd().build());
    }

    private static void compressedBatches() {
        for (Compression compression : compressions()) {
            MemoryRecordsBuilder builder = data(compression, 0L, 0);
            for (int i = 0; i < 200; i++)
                builder.append((i * 7919L) % 100000L, utf8("key-" + i), utf8("v".repeat(i)));
            keep("two_hundred_" + compression.type().name, builder);
        }
        MemoryRecordsBuilder builder = data(Compression.lz4().level(17).build(), 0L, 0);
        for (int i = 0; i < 200; i++)
            builder.append((i * 7919L) % 100000L, utf8("key-" + i), utf8("v".repeat(i)));
        keep("two_hundred_lz4_17", builder);
    }

    private static void legacySets() {
        for (byte magic = 0; magic <= 1; magic++) {
            TimestampType type = magic == 0 ? TimestampType.NO_TIMESTAMP_TYPE : TimestampType.CREATE_TIME;
            List<Compression> all = new ArrayList<>(List.of(Compression.NONE));
            all.addAll(compressions().subList(0, 3));
            for (Compression compression : all) {
                MemoryRecordsBuilder builder = builder(magic, compression, type, 30L, -1L, -1L, (short) -1, -1, false,
                    false, -1, -1L);
                three(builder);
                keep("legacy_v" + magic + "_" + compression.type().name, builder);
            }
        }
        MemoryRecordsBuilder builder = builder((byte) 1, Compression.gzip().build(), TimestampType.LOG_APPEND_TIME, 30L,
            8000L, -1L, (short) -1, -1, false, false, -1, -1L);
        three(builder);
        keep("legacy_v1_gzip_log_append_time", builder);
    }

    // ---- verdicts of the log validator -----------------------------------------------------------------------

    private interface Change {
        void apply(ByteBuffer batch);
    }

    private static byte[] three(Compression compression, Change change) {
        MemoryRecordsBuilder builder = data(compression, 0L, -1);
        three(builder);
        byte[] bytes = bytesOf(builder.build());
        return changed(bytes, change);
    }

    private static byte[] changed(byte[] bytes, Change change) {
        ByteBuffer batch = ByteBuffer.wrap(bytes);
        change.apply(batch);
        long crc = Crc32C.compute(batch, 21, batch.limit() - 21);
        batch.putInt(17, (int) crc);
        return bytes;
    }

    private static byte[] withRecords(int count, int... records) {
        byte[] bytes = new byte[61 + records.length];
        System.arraycopy(three(Compression.NONE, b -> { }), 0, bytes, 0, 61);
        for (int i = 0; i < records.length; i++)
            bytes[61 + i] = (byte) records[i];
        return changed(bytes, b -> b.putInt(8, bytes.length - 12).putInt(23, count - 1).putInt(57, count));
    }

    private record Rules(String name, boolean compact, TimestampType type, long before, long after,
                         CompressionType target) {
        static Rules plain() {
            return new Rules("producer", false, TimestampType.CREATE_TIME, Long.MAX_VALUE, 3600000L, null);
        }
        Rules compacted() {
            return new Rules(name, true, type, before, after, target);
        }
        Rules stamped() {
            return new Rules(name, compact, TimestampType.LOG_APPEND_TIME, before, after, target);
        }
        Rules within(long newBefore, long newAfter) {
            return new Rules(name, compact, type, newBefore, newAfter, target);
        }
        Rules to(CompressionType codec) {
            return new Rules(codec.name, compact, type, before, after, codec);
        }
    }

    private static void verdicts() {
        Rules plain = Rules.plain();
        for (Compression compression : List.of(Compression.NONE, Compression.gzip().build())) {
            String codec = compression.type().name;
            byte[] sound = three(compression, b -> { });
            verdict("sound " + codec, sound, plain);
            verdict("sound, stamped by the leader " + codec, sound, plain.stamped());
            verdict("sound, keys required " + codec, sound, plain.compacted());
            verdict("sound, other codec " + codec, sound, plain.to(CompressionType.ZSTD));
            verdict("too old " + codec, sound, plain.within(995L, 3600000L));
            verdict("oldest allowed " + codec, sound, plain.within(1000L, 3600000L));
            verdict("early " + codec, sound, plain.within(Long.MAX_VALUE, -994L));
            verdict("earliest allowed " + codec, sound, plain.within(Long.MAX_VALUE, -993L));
            verdict("wrong maximum " + codec, three(compression, b -> b.putLong(35, 999999L)), plain);
            for (int delta : new int[] {-1, 1, 3, Integer.MIN_VALUE})
                verdict("last offset delta " + delta + " " + codec, three(compression, b -> b.putInt(23, delta)), plain);
            for (int count : new int[] {-1, 0, 2, 4})
                verdict("count " + count + " " + codec, three(compression, b -> b.putInt(57, count)), plain);
            for (int count : new int[] {1, 2, 4})
                verdict("count and delta " + count + " " + codec,
                    three(compression, b -> b.putInt(23, count - 1).putInt(57, count)), plain);
            short id = compression.type().id;
            verdict("control " + codec, three(compression, b -> b.putShort(21, (short) (id | 0x20))), plain);
            verdict("producer without sequence " + codec, three(compression, b -> b.putLong(43, 5L)), plain);
            byte[] stamped = three(compression, b -> b.putShort(21, (short) (id | 0x08)));
            verdict("stamped by the producer " + codec, stamped, plain);
            verdict("stamped by the producer and the leader " + codec, stamped, plain.stamped());
            verdict("stamped by the producer, leader and other codec " + codec, stamped,
                plain.stamped().to(CompressionType.ZSTD));
            verdict("overflowing timestamps " + codec, three(compression, b -> b.putLong(27, Long.MAX_VALUE)), plain);
        }
        // Where Moldau is stricter (docs/record-batch.md).
        for (Compression compression : List.of(Compression.NONE, Compression.gzip().build())) {
            MemoryRecordsBuilder gap = data(compression, 0L, -1);
            gap.appendWithOffset(0L, 1000L, utf8("a"), utf8("1"));
            gap.appendWithOffset(2L, 1000L, utf8("b"), utf8("2"));
            verdict("stricter: gap in the offset deltas " + compression.type().name,
                changed(bytesOf(gap.build()), b -> b.putInt(23, 1)), plain);
        }
        byte[] cut = three(Compression.gzip().build(), b -> { });
        byte[] shorter = java.util.Arrays.copyOf(cut, cut.length - 20);
        verdict("compressed stream cut off", changed(shorter, b -> b.putInt(8, shorter.length - 12)), plain);

        verdict("one record", withRecords(1, 12, 0, 0, 0, 1, 1, 0), plain);
        verdict("negative lengths are null", withRecords(1, 12, 0, 0, 0, 9, 7, 0), plain);
        verdict("one byte short", withRecords(1, 12, 0, 0, 0, 1, 1), plain);
        verdict("negative length", withRecords(1, 13, 0, 0, 0, 1, 1, 0), plain);
        verdict("longer than the batch", withRecords(1, 14, 0, 0, 0, 1, 1, 0), plain);
        verdict("shorter than its fields", withRecords(1, 10, 0, 0, 0, 1, 1, 0), plain);
        verdict("longer than its fields", withRecords(1, 14, 0, 0, 0, 1, 1, 0, 0), plain);
        verdict("key over the end", withRecords(1, 12, 0, 0, 0, 4, 1, 0), plain);
        verdict("negative number of headers", withRecords(1, 12, 0, 0, 0, 1, 1, 1), plain);
        verdict("missing header", withRecords(1, 12, 0, 0, 0, 1, 1, 2), plain);
        verdict("header with a null key", withRecords(1, 16, 0, 0, 0, 1, 1, 2, 1, 1), plain);
        verdict("header value over the end", withRecords(1, 18, 0, 0, 0, 1, 1, 2, 2, 104, 4), plain);
        verdict("bytes behind the last record", withRecords(1, 12, 0, 0, 0, 1, 1, 0, 0), plain);
        verdict("malformed after keyless", withRecords(2, 12, 0, 0, 0, 1, 1, 0, 12, 0, 0, 2, 1, 1), plain.compacted());
        verdict("four keyless", withRecords(4, 12, 0, 0, 0, 1, 1, 0, 12, 0, 0, 2, 1, 1, 0, 12, 0, 0, 4, 1, 1, 0,
            12, 0, 0, 6, 1, 1, 0), plain.compacted());
        verdict("keyless and too old", withRecords(2, 12, 0, 0, 0, 1, 1, 0, 14, 0, 0, 2, 2, 107, 1, 0),
            plain.compacted().within(10L, 10L));
    }

    private static void verdict(String name, byte[] bytes, Rules rules) {
        byte[] copy = bytes.clone();
        MemoryRecords records = MemoryRecords.readableRecords(ByteBuffer.wrap(copy));
        CompressionType source = records.batches().iterator().next().compressionType();
        CompressionType target = rules.target == null ? source : rules.target;
        LogValidator validator = new LogValidator(records, new TopicPartition("orders", 3), new MockTime(0, NOW, 0),
            source, Compression.of(target).build(), rules.compact, (byte) 2, rules.type, rules.before, rules.after, 8,
            AppendOrigin.CLIENT);
        String outcome;
        String message = "";
        String recordErrors = "";
        String result = "";
        String maximum = "";
        try {
            LogValidator.ValidationResult validated = validator.validateMessagesAndAssignOffsets(
                PrimitiveRef.ofLong(100L), new Silent(), BufferSupplier.NO_CACHING);
            outcome = "NONE";
            maximum = Long.toString(validated.maxTimestampMs());
            result = validated.messageSizeMaybeChanged() ? "rebuilt"
                : HexFormat.of().formatHex(bytesOf(validated.validatedRecords()));
        } catch (RecordValidationException e) {
            outcome = Errors.forException(e.invalidException()).name();
            message = e.invalidException().getMessage();
            StringBuilder text = new StringBuilder();
            for (RecordError error : e.recordErrors())
                text.append(error.batchIndex).append('=').append(error.message).append('|');
            recordErrors = text.toString();
        } catch (Throwable t) {
            // The broker answers with the code alone.
            outcome = Errors.forException(t).name();
        }
        VERDICTS.add(String.join("\t", name, HexFormat.of().formatHex(bytes), Boolean.toString(rules.compact),
            rules.type.name, Long.toString(rules.before), Long.toString(rules.after), rules.name, outcome, maximum,
            result, message, recordErrors));
    }

    private static final class Silent implements LogValidator.MetricsRecorder {
        @Override
        public void recordInvalidMagic() { }
        @Override
        public void recordInvalidOffset() { }
        @Override
        public void recordInvalidSequence() { }
        @Override
        public void recordInvalidChecksums() { }
        @Override
        public void recordNoKeyCompactedTopic() { }
    }
}
